"""From scores to a report: verdicts and margins, per lift and over all, as plain values for JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lifts.decision.calibration import Calibration
from ml.evaluate.metrics import accuracy, auc, calibration_error, wilson
from ml.evaluate.scoring import Scores
from ml.evaluate.verdicts import Counts, count_verdicts, total


def lift_row(scores: Scores, calibration: Calibration) -> dict[str, Any]:
    """One lift's figures.

    `verdicts` are the product's, of single pictures and of passages. `accuracy`, per picture and per passage,
    goes by the sign of the margin alone, as in the papers: nothing fitted, and no picture unknown.
    """
    margin = scores.margin
    passages = (scores.passage_margin() < 0) == scores.is_open[::3] if scores.in_threes else None
    return {
        "lift": scores.name,
        "pictures": len(margin),
        "verdicts": {
            "per_picture": count_verdicts(scores.judged(calibration, 1)),
            "per_passage": count_verdicts(scores.judged(calibration, 3)) if scores.in_threes else None,
        },
        "accuracy": accuracy(margin < 0, scores.is_open),
        "auc": auc(-margin, scores.is_open),
        "accuracy_per_passage": None if passages is None else float(passages.mean()),
    }


def verdicts_of(rows: Sequence[dict[str, Any]]) -> dict[str, Counts | None]:
    """Return the verdicts of several lifts' rows together, per picture and per passage."""
    per_passage = [row["verdicts"]["per_passage"] for row in rows]
    return {
        "per_picture": total(row["verdicts"]["per_picture"] for row in rows),
        "per_passage": total(per_passage) if all(per_passage) else None,
    }


def report(scores: Sequence[Scores], calibration: Calibration) -> dict[str, Any]:
    """Return all lifts' rows, their verdicts together, and averages by the margin's sign, of one or more."""
    rows = [lift_row(s, calibration) for s in scores]
    passages = [r["accuracy_per_passage"] for r in rows if r["accuracy_per_passage"] is not None]
    right = sum(round(r["accuracy"] * r["pictures"]) for r in rows)
    count = sum(r["pictures"] for r in rows)
    low, high = wilson(right, count)
    p = [calibration.probability_open(float(margin)) for s in scores for margin in s.margin]
    truth = np.concatenate([s.is_open for s in scores])
    return {
        "lifts": rows,
        "pictures": count,
        "verdicts": verdicts_of(rows),
        "accuracy": right / count if count else math.nan,
        "accuracy_interval_95": [low, high],
        "accuracy_by_lift": float(np.mean([r["accuracy"] for r in rows])),
        "accuracy_per_passage": float(np.mean(passages)) if passages else None,
        "auc_by_lift": float(np.mean([r["auc"] for r in rows])),
        "calibration_error": calibration_error(p, truth),
    }
