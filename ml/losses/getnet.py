"""GetNet's contrastive loss."""

from __future__ import annotations

from torch import Tensor


def getnet_loss(first: Tensor, second: Tensor, same: Tensor, margin: float = 1.0) -> Tensor:
    """Half the mean over pairs of y d^2 + (1 - y) max(margin - d, 0)^2, d the pair's Euclidean distance.

    Yu et al., "GetNet: Get Target Area for Image Pairing", section III.B, equations 8 and 9. Equation 8 is
    printed without brackets round its summands; both belong to the sum. The margin is "a given threshold"
    that the paper gives no value for.

    Equation 1 of Alqasir et al. (`ml.losses.contrastive`) has the same squares, no half and a margin of 1: at
    a margin of 1 this loss is half of that one, so a learning rate found for one is not that of the other.
    pytorch-metric-learning's `ContrastiveLoss` is another: distances of unit vectors, not squared, positive
    and negative pairs averaged apart and only where they cost anything.

    Args:
        first, second: float[N, D], embeddings of any length; row i of both is a pair.
        same: bool[N], y = 1 where both pictures are of one category.
        margin: distance, 0 or more, from which a pair of two categories costs nothing.

    Returns:
        float[], 0 or more; a differentiable zero for an empty batch.
    """
    squared = (first - second).square().sum(1)
    distance = (squared + 1e-12).sqrt()  # the root's gradient has no bound at 0
    terms = squared.where(same, (margin - distance).clamp(min=0).square())
    return terms.sum() / (2 * max(1, len(terms)))
