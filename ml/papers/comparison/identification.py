"""Identification of lifts: tables 4.1 to 4.3 of paper 004 and ABIR's Recall@K, for lifts instead of people
and products.

The same distances also answer whether a camera shows the lift that it is assigned to: that lift's nearest
known picture must be near enough.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch

from lifts.arrays import Float32, Float64, Int64
from ml.data.pictures import PictureSet
from ml.evaluate.metrics import pack_flags
from ml.evaluate.retrieval import Retrieval, approximate, exact, retrieve
from ml.systems.base import System

LOOKED_AT = 200
"""Length of each ranking by the approximate index; a lift of the benchmark has 100 known pictures."""


def identification_figures(system: System[Any], known: PictureSet, asked: PictureSet) -> dict[str, Any]:
    """Return Rank-1, Rank-5 and mean average precision of queries among known pictures, and claims' errors.

    Rank-k is Recall@k. Rankings come from an approximate index (`ml.evaluate.retrieval.approximate`); `exact`
    has the same figures by exhaustive comparison.
    """
    gallery, queries = (system.all_outputs(data.images).numpy() for data in (known, asked))
    labels, wanted = known.lift.numpy(), asked.lift.numpy()
    found = retrieve(queries, wanted, gallery, labels, search=approximate, count=LOOKED_AT)
    by_all = retrieve(queries, wanted, gallery, labels, search=exact, count=LOOKED_AT)
    return {
        "queries": len(queries),
        "queries_by_lift": np.bincount(wanted, minlength=len(asked.names)).tolist(),
        "gallery": len(gallery),
        **_ranks(found),
        "first": pack_flags(found.hits(1) > 0),
        "exact": _ranks(by_all),
        "claims": claims(queries, wanted, gallery, labels),
    }


def _ranks(found: Retrieval) -> dict[str, Any]:
    return {
        "recall_at": {str(k): found.recall(k) for k in (1, 2, 4, 8)},  # as ABIR's tables have it
        "rank_1": found.recall(1),
        "rank_1_interval_95": found.recall_interval(1),
        "rank_5": found.recall(5),
        "rank_5_interval_95": found.recall_interval(5),
        "mean_average_precision": found.mean_average_precision(),
        "mean_average_precision_interval_95": found.precision_interval(),
    }


def claims(
    queries: Float32,
    own: Int64,
    gallery: Float32,
    labels: Int64,
) -> dict[str, float]:
    """Return how well the distance to the claimed lift separates true claims from false ones.

    Every query claims each lift once, and one claim is true. With a single lift no claim is false, and both
    figures are NaN. Args as in `ml.evaluate.retrieval.retrieve`.

    Returns:
        equal_error: 0..1, the error where equal shares of true claims are refused and of false ones accepted;
        refused_at_1_percent: share of true claims refused where 1 % of the false ones are accepted.
    """
    a, b = torch.from_numpy(queries), torch.from_numpy(gallery)
    lifts = np.unique(labels)
    nearest = np.stack(
        [torch.cdist(a, b[torch.from_numpy(labels == lift)]).amin(1).numpy() for lift in lifts], 1
    )
    right = own[:, None] == lifts[None]  # [Q, L]
    if right.all():
        return {"equal_error": math.nan, "refused_at_1_percent": math.nan}
    return {
        "equal_error": equal_error(nearest[right], nearest[~right]),
        "refused_at_1_percent": float((nearest[right] > np.quantile(nearest[~right], 0.01)).mean()),
    }


def equal_error(right: Float32 | Float64, wrong: Float32 | Float64) -> float:
    """Return the equal error rate 0..1 of accepting the distances up to a limit.

    Args:
        right: float[M], distances that should be accepted. wrong: float[K], those that should not.
    """
    limits = np.unique(np.concatenate([right, wrong]))
    refused = 1 - np.searchsorted(np.sort(right), limits, side="right") / len(right)
    let_through = np.searchsorted(np.sort(wrong), limits, side="right") / len(wrong)
    at = int(np.argmin(np.abs(refused - let_through)))
    return float((refused[at] + let_through[at]) / 2)
