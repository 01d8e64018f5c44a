"""Figures of carriers that are found again: tables 1 to 3 of paper 003 and 4.1 to 4.3 of paper 004."""

from __future__ import annotations

from typing import Any

import numpy as np

from lifts.arrays import Float64
from ml.evaluate.metrics import pack_flags, pack_shares, paired_difference
from ml.retrieval.identities import Identities
from ml.retrieval.protocol import found_again, query_rows
from ml.retrieval.ranks import Embeddings, approximate

RANKS = (1, 2, 4, 5, 8, 10, 16, 20, 30, 32, 40, 50, 100, 1000)
"""Those of 003's four data sets, and the thesis' Rank-5."""

CURVE = 50
"""Longest rank of the cumulative matching characteristic."""


def reidentification_figures(embeddings: Embeddings, data: Identities) -> dict[str, Any]:
    """Return Recall@K, which is Rank-k, mean average precision and the curve of ranks, plain values.

    Intervals are 95 % bootstrap intervals over identities, whose queries go together. rank_1_approximate is
    by an index in place of comparing with all, as the thesis does it (section 3.3.2).

    Args:
        embeddings: float[N, D]. data: N pictures of identities that were not learnt.
    """
    found = found_again(embeddings, data)
    queries, gallery = query_rows(data)
    identity = data.identity.numpy()[queries]
    by_index = found_again(embeddings, data, approximate, 1)

    def interval(values: Float64) -> list[float]:
        return list(paired_difference(values, np.zeros_like(values), identity[found.answerable])[1:])

    return {
        "queries": len(queries),
        "gallery": len(gallery),
        "identities": len(np.unique(identity)),
        "queries_by_lift": np.bincount(data.lift.numpy()[queries], minlength=len(data.names)).tolist(),
        "recall_at": {str(k): found.recall(k) for k in RANKS},
        "rank_1": found.recall(1),
        "rank_1_interval_95": interval(found.hits(1)),
        "rank_1_approximate": by_index.recall(1),
        "mean_average_precision": found.mean_average_precision(),
        "mean_average_precision_interval_95": interval(found.precision[found.answerable]),
        "curve": found.curve(CURVE).tolist(),
        "first": pack_flags(found.hits(1) > 0),
        "average_precision": pack_shares(found.precision[found.answerable]),
    }
