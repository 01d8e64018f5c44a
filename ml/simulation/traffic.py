"""When carriers come: each lift at its own even pace, all lifts together."""

from __future__ import annotations

from typing import Any

import numpy as np

Floats = np.ndarray[Any, Any]

SPREAD = 0.2
"""How much faster or slower than the mean a lift may be, evenly distributed."""

JITTER = 0.02
"""Standard deviation of a carrier's place, in intervals."""


def intervals_s(rng: np.random.Generator, lifts: int, carriers_per_hour: float) -> Floats:
    """Return each lift's interval between carriers, seconds, float64[lifts]."""
    found: Floats = 3600.0 / (carriers_per_hour * rng.uniform(1.0 - SPREAD, 1.0 + SPREAD, lifts))
    return found


def passages_s(
    rng: np.random.Generator, each_s: Floats, begin_s: float, end_s: float
) -> tuple[Floats, np.ndarray[Any, Any]]:
    """Return when carriers pass between two times, in order, and at which lift: float64[n], int64[n].

    each_s: the lifts' intervals. Phases are independent of each other.
    """
    counts = np.ceil((end_s - begin_s) / each_s).astype(np.int64) + 2
    lift = np.repeat(np.arange(len(each_s)), counts)
    number = np.arange(len(lift)) - np.repeat(np.cumsum(counts) - counts, counts)
    phase = rng.uniform(0.0, 1.0, len(each_s)) - 1.0
    places = number + phase[lift] + JITTER * rng.standard_normal(len(lift))
    at_s = begin_s + places * each_s[lift]
    inside = (at_s >= begin_s) & (at_s < end_s)
    order = np.argsort(at_s[inside], kind="stable")
    return at_s[inside][order], lift[inside][order]
