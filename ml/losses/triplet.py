"""The triplet loss, through pytorch-metric-learning."""

from __future__ import annotations

from pytorch_metric_learning.distances import BaseDistance
from pytorch_metric_learning.losses import TripletMarginLoss
from pytorch_metric_learning.reducers import AvgNonZeroReducer, MeanReducer, SumReducer
from torch import Tensor

from ml.distances.euclidean import SQUARED_EUCLIDEAN
from ml.losses.reduction import Reduction
from ml.miners.triplets import Triplets

REDUCERS = {"sum": SumReducer, "mean": MeanReducer, "active": AvgNonZeroReducer}


def triplet_loss(
    embeddings: Tensor,
    triplets: Triplets,
    margin: float = 0.2,
    distance: BaseDistance = SQUARED_EUCLIDEAN,
    reduction: Reduction = "sum",
) -> Tensor:
    """Return max(d(a, p) - d(a, n) + margin, 0), reduced over triplets.

    Srinivas Murthy's thesis, section 3.2.1, equation 3.3, which adds up; section 3.2.3 averages batch-all
    triplets over those that are not easy (`reduction="active"`). The margin of 0.2 is that of the worked
    example at equation 3.4; the experiments' own is not given. The library's defaults are another loss: unit
    vectors, distances not squared, a margin of 0.05 and the mean of what costs anything.

    Args:
        embeddings: float[N, D], taken as they are; anchors, positives and negatives of three branches one
            below the other.
        triplets: rows of anchors, positives and negatives, int64[T] each.
        margin: in the distance's unit.
        distance: the thesis' is the squared Euclidean one.

    Returns:
        float[], 0 or more; a differentiable zero for no triplets.
    """
    loss = TripletMarginLoss(margin=margin, distance=distance, reducer=REDUCERS[reduction]())
    value: Tensor = loss(embeddings, indices_tuple=triplets)
    return value
