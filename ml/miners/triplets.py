"""Mining within a batch: all triplets that are not easy, or the hardest of each picture.

Srinivas Murthy's thesis, section 3.2.3 (what is mined). Embeddings are taken as given; normalise them before,
where the loss does.
"""

from __future__ import annotations

import torch
from pytorch_metric_learning.distances import BaseDistance
from pytorch_metric_learning.miners import BatchHardMiner, TripletMarginMiner
from pytorch_metric_learning.utils.loss_and_miner_utils import get_all_triplets_indices
from torch import Tensor

from ml.distances.euclidean import EUCLIDEAN, SQUARED_EUCLIDEAN, squared_euclidean

Triplets = tuple[Tensor, Tensor, Tensor]
"""Rows of anchors, positives and negatives, int64[T] each."""


def batch_all(
    embeddings: Tensor, labels: Tensor, margin: float = 0.2, distance: BaseDistance = SQUARED_EUCLIDEAN
) -> Triplets:
    """Return every triplet of a batch that is not easy: d(a, n) <= d(a, p) + margin.

    By pytorch-metric-learning's `TripletMarginMiner`. P classes of K pictures have PK (K - 1)(PK - K) valid
    triplets; the thesis prints PK - 1 as the last factor, beside the right count of negatives, PK - K.

    Args:
        embeddings: float[N, D]. labels: int64[N]. margin: in the distance's unit.
    """
    found: Triplets = TripletMarginMiner(margin=margin, distance=distance)(embeddings, labels)
    return found


def batch_hard(embeddings: Tensor, labels: Tensor, distance: BaseDistance = EUCLIDEAN) -> Triplets:
    """Return each picture with its farthest positive and its nearest negative, by `BatchHardMiner`.

    Pictures without a positive or without a negative in the batch are no anchors: at most N triplets.

    Args:
        embeddings: float[N, D]. labels: int64[N].
    """
    found: Triplets = BatchHardMiner(distance=distance)(embeddings, labels)
    return found


def every_triplet(labels: Tensor) -> Triplets:
    """Return every valid triplet of a batch: anchor and positive of one class, the negative of another.

    Args:
        labels: int64[N].
    """
    found: Triplets = get_all_triplets_indices(labels)
    return found


def count_kinds(embeddings: Tensor, triplets: Triplets, margin: float = 0.2) -> Tensor:
    """Return int64[3]: how many triplets, how many are hard, and how many semi-hard (section 3.2.3).

    Hard: d(a, n) < d(a, p), squared distances. Semi-hard: not hard, but d(a, n) < d(a, p) + margin.

    Args:
        embeddings: float[N, D]. triplets: int64[T] each. margin: in squared distance.
    """
    anchors, positives, negatives = triplets
    to_positive = squared_euclidean(embeddings[anchors], embeddings[positives])
    to_negative = squared_euclidean(embeddings[anchors], embeddings[negatives])
    hard = to_negative < to_positive
    semi = ~hard & (to_negative < to_positive + margin)
    return torch.tensor([len(anchors), int(hard.sum()), int(semi.sum())])
