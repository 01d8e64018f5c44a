"""Euclidean distances between rows of embeddings, and the margin between a lift's two masks."""

from __future__ import annotations

from collections.abc import Callable

import torch
from pytorch_metric_learning.distances import LpDistance
from torch import Tensor

Distance = Callable[[Tensor, Tensor], Tensor]
"""Rows float[N, D] and float[N, D] to distances float[N]."""


def between(first: Tensor, second: Tensor) -> Tensor:
    """Return the distances float[N, M] of all rows float[N, D] from all rows float[M, D].

    From differences: above 25 rows `torch.cdist` alone would take a product of matrices, whose rounding
    orders embeddings of unit length that lie within about a thousandth of each other.
    """
    return torch.cdist(first, second, compute_mode="donot_use_mm_for_euclid_dist")


class EuclideanDistance(LpDistance):  # type: ignore[misc]
    """The library's, by `between`."""

    def compute_mat(self, query_emb: Tensor, ref_emb: Tensor | None) -> Tensor:
        """Return the distances of all rows of a batch, from each other if there is no second."""
        return between(query_emb, query_emb if ref_emb is None else ref_emb)


EUCLIDEAN = EuclideanDistance(normalize_embeddings=False)
"""Between all rows of a batch, of any length, as pytorch-metric-learning's miners and losses take it."""

SQUARED_EUCLIDEAN = EuclideanDistance(normalize_embeddings=False, power=2)
"""The same, squared."""


def squared_euclidean(first: Tensor, second: Tensor) -> Tensor:
    """Return the squared distance float[N] of each pair of rows float[N, D]."""
    return (first - second).square().sum(1)


def root(squared: Tensor, epsilon: float = 1e-12) -> Tensor:
    """Return distances float[N] from squared ones, kept away from 0, where a root's gradient has no bound."""
    return (squared + epsilon).sqrt()


def euclidean(first: Tensor, second: Tensor, epsilon: float = 1e-6) -> Tensor:
    """Return the distance float[N] of each pair of rows float[N, D]; its gradient is finite at 0 too."""
    return root(squared_euclidean(first, second), epsilon)


def margins(pictures: Tensor, open_masks: Tensor, close_masks: Tensor) -> Tensor:
    """Return d(F(I), F(open mask)) - d(F(I), F(close mask)), float[N]: negative is nearer to the open mask.

    Scripted into the artefact, so the distance is no argument here.

    Args:
        pictures, open_masks, close_masks: float[N, D], rows of one picture and its lift's masks.
    """
    return euclidean(pictures, open_masks) - euclidean(pictures, close_masks)
