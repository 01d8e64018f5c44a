"""The lossless triplet loss, under which every triplet costs something."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

from ml.distances.euclidean import Distance, squared_euclidean
from ml.losses.reduction import Reduction, reduce
from ml.miners.triplets import Triplets

LARGEST = 4.0
"""Squared distance of two opposite unit vectors: the thesis' D (section 3.2.4)."""


def lossless_terms(
    to_positive: Tensor,
    to_negative: Tensor,
    largest: float = LARGEST,
    beta: float = LARGEST,
    epsilon: float = 1e-6,
) -> Tensor:
    """-ln(1 - p / beta + epsilon) - ln(1 - (largest - n) / beta + epsilon) for each triplet.

    Args:
        to_positive, to_negative: float[T], p and n, squared distances in 0..largest.
        largest: D, the largest squared distance that embeddings can have.
        beta: scale, at least `largest`, without which a logarithm has no value.
        epsilon: what is left of a logarithm's argument at the worst distance.

    Returns:
        float[T], above -2 epsilon.
    """
    if beta < largest:
        msg = f"expected beta to be at least the largest squared distance {largest}, got {beta}"
        raise ValueError(msg)
    # Rounding may leave a squared distance of unit vectors just outside of its range.
    pull = 1 - to_positive.clamp(0, largest) / beta + epsilon
    push = 1 - (largest - to_negative.clamp(0, largest)) / beta + epsilon
    return -pull.log() - push.log()


def lossless_triplet_loss(
    embeddings: Tensor,
    triplets: Triplets,
    beta: float = LARGEST,
    epsilon: float = 1e-6,
    distance: Distance = squared_euclidean,
    reduction: Reduction = "sum",
) -> Tensor:
    """`lossless_terms` over the squared distances of unit vectors.

    Srinivas Murthy's thesis, section 3.2.4, equation 3.6, which adds up over triplets. It gives D = 4, since
    embeddings are divided by their length, and no values for beta and epsilon. beta is D here, the least at
    which both logarithms are defined throughout, and epsilon 1e-6: at 1e-8, 1 + epsilon is 1 in single
    precision and a worst pair costs infinity. Arsenault's article, the thesis' source, has sigmoid outputs in
    place of unit vectors, with D and beta the number of dimensions: `lossless_terms` takes those too.
    pytorch-metric-learning has no such loss.

    Args:
        embeddings: float[N, D], of any length but 0.
        triplets: rows of anchors, positives and negatives, int64[T] each.
        beta, epsilon: as in `lossless_terms`.
        distance: of unit vectors, in 0..4.

    Returns:
        float[]; a differentiable zero for no triplets.
    """
    unit = F.normalize(embeddings)
    anchors, positives, negatives = triplets
    to_positive = distance(unit[anchors], unit[positives])
    to_negative = distance(unit[anchors], unit[negatives])
    return reduce(lossless_terms(to_positive, to_negative, LARGEST, beta, epsilon), reduction)
