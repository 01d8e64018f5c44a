"""Binomial deviance over the similarities of a batch's pairs."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

ALPHA, BETA = 2.0, 0.5
"""Steepness, and the similarity at which a pair is equally likely of either kind."""


def all_pairs(labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Every pair of a batch once: int64[P] rows, int64[P] columns, bool[P] of one class; labels int64[N]."""
    rows, columns = torch.triu_indices(len(labels), len(labels), offset=1, device=labels.device)
    return rows, columns, labels[rows] == labels[columns]


def binomial_deviance(similarity: Tensor, same: Tensor, cost: float = 25.0) -> Tensor:
    """Sum over pairs of w log(1 + exp(-ALPHA (s - BETA) m)); m is 1 for a pair of one class, else -cost.

    w is one over the number of pairs of that kind, so both kinds have the same weight; a kind
    that the batch does not have adds nothing.

    Args:
        similarity: float[P], s, cosines in -1..1.
        same: bool[P], whether the pair is of one class.
        cost: C, the weight of a negative pair inside the exponential.

    Returns:
        float[], 0 or more; a differentiable zero for no pairs.
    """
    leaning = ALPHA * (similarity - BETA)
    kinds = F.softplus(-leaning[same]), F.softplus(cost * leaning[~same])  # log(1 + exp(x)), never infinite
    return torch.stack([terms.sum() / max(1, len(terms)) for terms in kinds]).sum()


def deviance_loss(embeddings: Tensor, labels: Tensor, cost: float = 25.0) -> Tensor:
    """`binomial_deviance` over the cosines of all pairs of a batch.

    Nie et al. (ABIR, ICMR 2019) name this loss in section 2.3 and give neither equation nor constants; they
    cite Ustinova and Lempitsky, "Learning Deep Embeddings with Histogram Loss" (NIPS 2016), after Yi et al.
    (2014). Form and constants are those commonly given for it, not checked against its text: alpha 2, beta
    0.5, and a cost of 25 for pictures of products and birds, which are ABIR's, or 10 for people.
    pytorch-metric-learning has no binomial deviance.

    Args:
        embeddings: float[N, D], of any length.
        labels: int64[N]. cost: as in `binomial_deviance`.

    Returns:
        float[], 0 or more; a differentiable zero for fewer than two rows.
    """
    unit = F.normalize(embeddings)
    rows, columns, same = all_pairs(labels)
    return binomial_deviance((unit[rows] * unit[columns]).sum(1), same, cost)
