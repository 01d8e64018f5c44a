"""Logistic loss on the margin between a picture's distances to its lift's two masks."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


def margin_loss(margin: Tensor, is_open: Tensor, scale: float, smoothing: float = 0.02) -> Tensor:
    """Mean logistic loss of the margin as a classifier.

    Args:
        margin: float[N].
        is_open: float[N], 1 where the bar is open.
        scale: logits per unit of margin; unit embeddings keep margins within +-2.
        smoothing: subtracted from both labels, so that the gradient of easy pictures vanishes.

    Returns:
        float[], a differentiable zero for an empty batch.
    """
    if margin.numel() == 0:
        return margin.sum()
    target = is_open * (1 - 2 * smoothing) + smoothing
    return F.binary_cross_entropy_with_logits(-scale * margin, target)


def balanced_margin_loss(margin: Tensor, is_open: Tensor, scale: float) -> Tensor:
    """Mean of the two classes' `margin_loss`, whichever of them the batch holds more of."""
    parts = [margin_loss(margin[is_open == c], is_open[is_open == c], scale) for c in (0.0, 1.0)]
    return torch.stack(parts).sum() / max(1, len({float(v) for v in is_open.tolist()}))
