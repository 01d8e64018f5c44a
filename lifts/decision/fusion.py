"""Fusion of a passage's pictures: which of them count, and how their probabilities are averaged."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from lifts.arrays import Float64

DECISIVE = 0.97
"""A picture's probability, of either state, from which it may contradict its passage's other pictures."""


def mean_odds(probabilities: npt.ArrayLike) -> Float64:
    """Return the probability whose log odds are the mean of those given, over the last axis.

    A rider may be hidden in one picture and in plain sight in another. A confident picture therefore weighs
    more than in the mean of the probabilities, but does not decide alone as it would in their maximum. Of the
    statistics tried for occupancy, this one had the lowest cost on the calibration lifts. The judge's
    thresholds are calibrated for it.

    Args:
        probabilities: float[..., N] in 0..1, N at least 1.

    Returns:
        float64[...] in 0.001..0.999; NaN where one is NaN.
    """
    safe = np.clip(np.asarray(probabilities, np.float64), 1e-3, 1 - 1e-3)
    return np.asarray(1 / (1 + np.exp(-np.mean(np.log(safe / (1 - safe)), axis=-1))))


def select_decisive(chances: Sequence[float], usable: Sequence[int]) -> list[int]:
    """Return the indices of the pictures whose margins are averaged.

    These are all usable pictures, unless some are decisively open and others decisively closed. Then the bar
    moved while the carrier passed, and only the last unbroken run of decisive pictures in one state counts.

    Args:
        chances: each picture's probability that the bar is open, 0..1, in order of time.
        usable: indices of the pictures that may be judged, in order, at least one.
    """
    decisive = [i for i in usable if max(chances[i], 1.0 - chances[i]) >= DECISIVE]
    if len({chances[i] > 0.5 for i in decisive}) < 2:
        return list(usable)
    last = chances[decisive[-1]] > 0.5
    run = list(itertools.takewhile(lambda i: (chances[i] > 0.5) == last, reversed(decisive)))
    return run[::-1]
