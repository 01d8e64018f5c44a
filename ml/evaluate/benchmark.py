"""The benchmark's tables: one system's scores of a split, per lift and over all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lifts.arrays import Bool, Float64, Int64, UInt8
from ml.evaluate.baselines import Score
from ml.evaluate.factors import cost_of_factors
from ml.evaluate.metrics import accuracy, auc, bootstrap, fitted_calibration_error, roc


def table(
    score: npt.ArrayLike,
    is_open: Bool,
    lift: Int64,
    names: Sequence[str],
    factors: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """Every figure of one system on one split.

    Args:
        score: float[N], positive for open.
        is_open: bool[N]. lift: int64[N], index into names.
        factors: N records of circumstances, for the costs of each; none for lifts without.

    Returns:
        plain values for JSON; accuracies in 0..1, averages by picture (as the paper's) and by lift, with
        bootstrap intervals over pictures.
    """
    scores = np.asarray(score, np.float64)
    right = (scores > 0) == is_open
    rows = []
    for index, name in enumerate(names):
        of = lift == index
        rows.append(
            {
                "lift": name,
                "pictures": int(of.sum()),
                "accuracy": accuracy(scores[of] > 0, is_open[of]),
                "auc": auc(scores[of], is_open[of]),
                **confusion(scores[of] > 0, is_open[of]),
            }
        )
    false_positive, true_positive = roc(scores, is_open)
    low, high = bootstrap(right)
    return {
        "pictures": len(scores),
        "accuracy": float(right.mean()),
        "accuracy_interval_95": [low, high],
        "accuracy_by_lift": float(np.mean([row["accuracy"] for row in rows])),
        "auc": auc(scores, is_open),
        "calibration_error": fitted_calibration_error(scores, is_open),
        **confusion(scores > 0, is_open),
        "lifts": rows,
        "roc": {
            "false_positive_rate": [round(float(v), 5) for v in false_positive],
            "true_positive_rate": [round(float(v), 5) for v in true_positive],
        },
        "factors": cost_of_factors(right, factors) if factors else [],
    }


def confusion(predicted_open: Bool, is_open: Bool) -> dict[str, int]:
    """Counts of the four outcomes of bool[N] against bool[N]."""
    return {
        "open_called_open": int((predicted_open & is_open).sum()),
        "open_called_closed": int((~predicted_open & is_open).sum()),
        "closed_called_open": int((predicted_open & ~is_open).sum()),
        "closed_called_closed": int((~predicted_open & ~is_open).sum()),
    }


def baseline_scores(
    score: Score,
    images: UInt8,
    lift: Int64,
    masks: UInt8,
) -> Float64:
    """Scores float64[N] of a baseline; masks uint8[L, 2, 200, 200] are (close, open) of each lift."""
    out = np.zeros(len(images))
    for index in np.unique(lift):
        of = lift == index
        out[of] = score(images[of], masks[index, 1], masks[index, 0])
    return out
