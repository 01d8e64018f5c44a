"""The contrastive loss of the paper."""

from __future__ import annotations

from torch import Tensor


def contrastive_loss(pictures: Tensor, masks: Tensor, same: Tensor) -> Tensor:
    """Mean over pairs of a d^2 + (1 - a) max(1 - d, 0)^2, d the Euclidean distance of the pair.

    Alqasir, Muselet and Ducottet (VISAPP 2020), equation 1, after Hadsell, Chopra and LeCun (CVPR 2006).

    Args:
        pictures, masks: float[N, D], embeddings; row i of both is a pair.
        same: bool[N], a = 1 where picture and mask are of the same class.

    Returns:
        float[].
    """
    squared = (pictures - masks).square().sum(1)
    distance = (squared + 1e-12).sqrt()  # the root's gradient has no bound at 0
    return squared.where(same, (1 - distance).clamp(min=0).square()).mean()
