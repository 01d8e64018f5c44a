"""From scores to a report: per lift and over all, with intervals, as plain values for JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ml.evaluate.metrics import accuracy, auc, calibration_error, wilson
from ml.evaluate.scoring import Scores


def probability_open(scores: Scores, scale: float, offset: float) -> np.ndarray[Any, np.dtype[np.float64]]:
    """p(open) float64[P] = sigmoid(-(scale * margin + offset)), as the manifest's calibration says."""
    z = np.clip(scale * scores.margin.astype(np.float64) + offset, -60, 60)
    return 1 / (1 + np.exp(z))


def lift_row(scores: Scores, occupancy_threshold: float) -> dict[str, Any]:
    """One lift's figures; accuracies by the sign of the margin alone, nothing fitted."""
    passages = scores.passages() if scores.in_threes else None
    occupied = scores.occupancy > occupancy_threshold
    return {
        "lift": scores.name,
        "pictures": len(scores.margin),
        "accuracy": accuracy(scores.margin < 0, scores.is_open),
        "auc": auc(-scores.margin, scores.is_open),
        "accuracy_per_passage": None if passages is None else accuracy(passages.margin < 0, passages.is_open),
        "open_called_closed": int(((scores.margin >= 0) & scores.is_open).sum()),
        "closed_called_open": int(((scores.margin < 0) & ~scores.is_open).sum()),
        "occupancy_accuracy": accuracy(occupied, scores.occupied),
    }


def called(scores: Sequence[Scores], calibration: dict[str, Any]) -> dict[str, Any]:
    """What becomes of passages under the band: shares of them that are unknown, missed and falsely open.

    As the judge calls them, but for refused ones: closed below `unknown_low`, open above `unknown_high`.
    """
    passages = [s.passages() for s in scores]
    p = np.concatenate([probability_open(s, calibration["scale"], calibration["offset"]) for s in passages])
    truth = np.concatenate([s.is_open for s in passages])
    closed, opened = p <= calibration["unknown_low"], p >= calibration["unknown_high"]
    return {
        "passages": len(p),
        "unknown": float(np.mean(~closed & ~opened)),
        "open_called_closed": float(np.mean(closed & truth)),
        "closed_called_open": float(np.mean(opened & ~truth)),
    }


def report(scores: Sequence[Scores], calibration: dict[str, Any]) -> dict[str, Any]:
    """All lifts' rows and their averages: by picture, by lift, and per passage of three pictures.

    Args:
        scores: the lifts', one or more.
        calibration: the manifest's.
    """
    rows = [lift_row(s, calibration["occupancy_threshold"]) for s in scores]
    passages = [r["accuracy_per_passage"] for r in rows if r["accuracy_per_passage"] is not None]
    right = sum(round(r["accuracy"] * r["pictures"]) for r in rows)
    count = sum(r["pictures"] for r in rows)
    low, high = wilson(right, count)
    p = np.concatenate([probability_open(s, calibration["scale"], calibration["offset"]) for s in scores])
    truth = np.concatenate([s.is_open for s in scores])
    return {
        "lifts": rows,
        "pictures": count,
        "accuracy": right / count if count else math.nan,
        "accuracy_interval_95": [low, high],
        "accuracy_by_lift": float(np.mean([r["accuracy"] for r in rows])),
        "accuracy_per_passage": float(np.mean(passages)) if passages else None,
        "auc_by_lift": float(np.mean([r["auc"] for r in rows])),
        "calibration_error": calibration_error(p, truth),
        "occupancy_accuracy": float(np.mean([r["occupancy_accuracy"] for r in rows])),
        "called": called(scores, calibration) if passages else None,
    }
