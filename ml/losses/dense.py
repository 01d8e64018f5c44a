"""Dense supervision of the bar map: cross-entropy for calibration, Dice for the thin minority."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def coverage(bar: Tensor, grid: int) -> Tensor:
    """Soft cell targets from pixels: float[N, H, W] in 0..1 to float[N, grid, grid] in 0..1.

    A bar three pixels thick fills a 4x4 cell to three quarters at the most: half covered counts as full.
    """
    return (2.0 * F.adaptive_avg_pool2d(bar[:, None], grid)[:, 0]).clamp(max=1.0)


def dense_loss(logits: Tensor, target: Tensor, positive_weight: float = 4.0) -> Tensor:
    """Weighted cross-entropy plus Dice over float[N, g, g] logits and targets in 0..1; a scalar."""
    weight = 1.0 + (positive_weight - 1.0) * target
    entropy = F.binary_cross_entropy_with_logits(logits, target, weight=weight)
    probability = logits.sigmoid()
    overlap = (probability * target).sum((1, 2))
    total = (probability.square() + target.square()).sum((1, 2))
    dice = 1.0 - (2.0 * overlap + 1.0) / (total + 1.0)
    return entropy + 0.3 * dice.mean()
