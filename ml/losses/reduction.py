"""Reductions: one number from the cost of each triplet or pair."""

from __future__ import annotations

from typing import Literal

from torch import Tensor

Reduction = Literal["sum", "mean", "active"]
"""Added up; averaged; averaged over what costs anything. Each a differentiable zero for no triplets."""


def reduce(terms: Tensor, reduction: Reduction) -> Tensor:
    """One number float[] of the costs float[T]."""
    if reduction == "sum":
        return terms.sum()
    count = len(terms) if reduction == "mean" else int((terms > 0).sum())
    return terms.sum() / max(1, count)
