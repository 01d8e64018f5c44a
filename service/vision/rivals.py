"""Scores over the phases of an interval, which goes round: their peak, and whether another one rivals it."""

from __future__ import annotations

import numpy as np

from service.domain.arrays import Float64
from service.vision.correlation import parabola_vertex


def highest(scores: Float64) -> float:
    """Return the phase 0..1 at which scores float64[K] peak, to a fraction of a step."""
    k, best = len(scores), int(scores.argmax())
    part = parabola_vertex(float(scores[best - 1]), float(scores[best]), float(scores[(best + 1) % k]))
    return float(((best + part) / k) % 1.0)


def alone(scores: Float64, speeds: Float64, apart: float, most: float) -> bool:
    """Say whether nothing far from the highest of scores float64[K] reaches more than a share of it.

    speeds: float64[K], progress per interval. apart: the progress from which a place is far. most: 0..1.
    """
    best = int(scores.argmax())
    rivals = scores[np.abs(distances(len(scores), best)) * speeds[best] > apart]
    return bool(scores[best] > 0.0 and rivals.max(initial=0.0) <= most * scores[best])


def near(one: int, other: int, speeds: Float64, apart: float) -> bool:
    """Say whether two phases are at most so much progress apart; speeds: float64[K], as for `alone`."""
    return bool(abs(distances(len(speeds), one)[other]) * speeds[one] <= apart)


def place_of(fits: Float64, likely: Float64, speeds: Float64, apart: float, most: float) -> tuple[int, bool]:
    """Return the phase that fits float64[K] name, and whether it is alone with and without their likelihood.

    Where carriers come towards the camera, the likelihood float64[K] by itself can outweigh all else.
    """
    both = smoothed(likely * fits), smoothed(fits)
    place, plain = (int(each.argmax()) for each in both)
    single = all(alone(each, speeds, apart, most) for each in both)
    return place, single and near(place, plain, speeds, apart)


def smoothed(scores: Float64) -> Float64:
    """Return scores float64[K], each with a quarter of both neighbours and half of itself."""
    around = np.pad(scores, 1, mode="wrap")
    return np.asarray(0.25 * around[:-2] + 0.5 * scores + 0.25 * around[2:], dtype=np.float64)


def distances(phases: int, phase: int) -> Float64:
    """Return float64[K], how far each of so many phases is from one of them, -0.5..0.5 of an interval."""
    return np.asarray(((np.arange(phases) - phase) / phases + 0.5) % 1.0 - 0.5, dtype=np.float64)
