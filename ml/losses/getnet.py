"""GetNet's contrastive loss."""

from __future__ import annotations

from torch import Tensor

from ml.losses.contrastive import contrastive_loss


def getnet_loss(first: Tensor, second: Tensor, same: Tensor, margin: float = 1.0) -> Tensor:
    """Return half of `contrastive_loss`: the mean over pairs of y d^2 + (1 - y) max(margin - d, 0)^2, halved.

    Yu et al., "GetNet: Get Target Area for Image Pairing", section III.B, equations 8 and 9. Equation 8 is
    printed without brackets round its summands; both belong to the sum. The margin is "a given threshold"
    that the paper gives no value for. Because of the half, a learning rate found for equation 1 of Alqasir et
    al. is not one for this loss.

    Args:
        first, second: float[N, D], embeddings of any length; row i of both is a pair.
        same: bool[N], y = 1 where both pictures are of one category.
        margin: distance, 0 or more, from which a pair of two categories costs nothing.

    Returns:
        float[], 0 or more; a differentiable zero for an empty batch.
    """
    return contrastive_loss(first, second, same, margin) / 2
