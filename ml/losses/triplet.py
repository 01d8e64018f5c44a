"""The triplet loss, through pytorch-metric-learning."""

from __future__ import annotations

from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import TripletMarginLoss
from pytorch_metric_learning.reducers import AvgNonZeroReducer, MeanReducer, SumReducer
from torch import Tensor

from ml.data.mining import Triplets
from ml.losses.reduction import Reduction

REDUCERS = {"sum": SumReducer, "mean": MeanReducer, "active": AvgNonZeroReducer}


def triplet_loss(
    embeddings: Tensor, triplets: Triplets, margin: float = 0.2, reduction: Reduction = "sum"
) -> Tensor:
    """max(|a - p|^2 - |a - n|^2 + margin, 0) over triplets, in squared Euclidean distances.

    Srinivas Murthy's thesis, section 3.2.1, equation 3.3, which adds up; section 3.2.3 averages batch-all
    triplets over those that are not easy (`reduction="active"`). The margin of 0.2 is that of the worked
    example at equation 3.4; the experiments' own is not given. The library's defaults are another loss: unit
    vectors, distances not squared, a margin of 0.05 and the mean of what costs anything.

    Args:
        embeddings: float[N, D], taken as they are; anchors, positives and negatives of three branches one
            below the other.
        triplets: rows of anchors, positives and negatives, int64[T] each.
        margin: in squared distance.

    Returns:
        float[], 0 or more; a differentiable zero for no triplets.
    """
    loss = TripletMarginLoss(
        margin=margin, distance=LpDistance(normalize_embeddings=False, power=2), reducer=REDUCERS[reduction]()
    )
    value: Tensor = loss(embeddings, indices_tuple=triplets)
    return value
