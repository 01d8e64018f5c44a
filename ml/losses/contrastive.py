"""The contrastive loss over pairs of embeddings."""

from __future__ import annotations

from torch import Tensor

from ml.distances.euclidean import Distance, root, squared_euclidean
from ml.losses.reduction import Reduction, reduce


def contrastive_loss(
    first: Tensor,
    second: Tensor,
    same: Tensor,
    margin: float = 1.0,
    squared: Distance = squared_euclidean,
    reduction: Reduction = "mean",
) -> Tensor:
    """Return a d^2 + (1 - a) max(margin - d, 0)^2, reduced over pairs; d is a pair's distance.

    Alqasir, Muselet and Ducottet (VISAPP 2020), equation 1, after Hadsell, Chopra and LeCun (CVPR 2006): the
    mean, with a margin of 1. pytorch-metric-learning's `ContrastiveLoss` is another: distances of unit
    vectors, not squared, positive and negative pairs averaged apart and only where they cost anything.

    Args:
        first, second: float[N, D], embeddings of any length; row i of both is a pair.
        same: bool[N], a = 1 where both are of the same class.
        margin: distance, 0 or more, from which a pair of two classes costs nothing.
        squared: the squared distance of rows.

    Returns:
        float[], 0 or more; a differentiable zero for an empty batch.
    """
    squares = squared(first, second)
    return reduce(squares.where(same, (margin - root(squares)).clamp(min=0).square()), reduction)
