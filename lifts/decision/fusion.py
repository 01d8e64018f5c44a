"""From the pictures of a passage to one number: which of them count, and how probabilities are averaged."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

DECISIVE = 0.97
"""A picture's probability, of either state, from which it may contradict its passage's other pictures."""


def mean_odds(probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the probability whose log odds are the mean of those given, over the last axis.

    Somebody may be hidden in one picture and plain in another: a confident picture weighs more than in the
    mean of probabilities, without deciding alone as in their maximum. Of the statistics tried for occupancy
    it had the least cost on the calibration lifts. The judge's thresholds are calibrated for the same one.

    Args:
        probabilities: float[..., N] in 0..1, N one or more.

    Returns:
        float64[...] in 0.001..0.999; NaN where one is NaN.
    """
    safe = np.clip(np.asarray(probabilities, np.float64), 1e-3, 1 - 1e-3)
    return np.asarray(1 / (1 + np.exp(-np.mean(np.log(safe / (1 - safe)), axis=-1))))


def deciding(chances: Sequence[float], usable: Sequence[int]) -> list[int]:
    """Return the indices of the pictures whose margins are averaged.

    All usable ones, unless some are decisively open and others decisively closed: then the bar moved while
    the carrier passed, and the unbroken last run of decisive pictures of the last state counts.

    Args:
        chances: each picture's probability that the bar is open, 0..1, in the order of time.
        usable: indices of the pictures that may be judged, in order, at least one.
    """
    decisive = [i for i in usable if max(chances[i], 1.0 - chances[i]) >= DECISIVE]
    if len({chances[i] > 0.5 for i in decisive}) < 2:
        return list(usable)
    last = chances[decisive[-1]] > 0.5
    run = list(itertools.takewhile(lambda i: (chances[i] > 0.5) == last, reversed(decisive)))
    return run[::-1]
