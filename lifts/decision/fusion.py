"""Fusion of a passage's pictures: which of them count, whether the bar moves, how chances are averaged."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from lifts.arrays import Float64
from lifts.decision.verdict import Verdict

DECISIVE = 0.97
"""Probability, of either state, from which a picture or a run of pictures may contradict the others."""

FEW = 3
"""Up to so many pictures show no movement: each is taken by itself."""

TAIL = 0.25
"""Share of a passage's pictures, its last ones, that the state at the end is checked by."""


class MarginScale(Protocol):
    """What fusion asks of a calibration (`lifts.decision.calibration.Calibration`)."""

    @property
    def unknown_low(self) -> float:
        """Probability of open up to which a bar is closed."""

    @property
    def unknown_high(self) -> float:
        """Probability of open from which a bar is open."""

    def probability_open(self, margin: float) -> float:
        """Return the probability that the bar is open, 0..1."""

    def verdict_of(self, p_open: float) -> Verdict:
        """Return the verdict for a probability of open."""


class Fusion(NamedTuple):
    """A passage's margin, and whether the bar moves so that its state at the end cannot be said."""

    margin: float
    moving: bool


def fuse(margins: Sequence[float], calibration: MarginScale) -> Fusion:
    """Fuse the margins of a passage's pictures, at least one, in order of time.

    A bar that stays where it is: the mean over all pictures. A dozen pictures of one passage share what
    hides the bar, so they count no more than three: the margin's scale is the same.

    More than `FEW` pictures show a movement. They are split into two runs where these differ most. If one
    run is decisively open and the other decisively closed, the bar was moved, and the second run counts.
    The state must hold at the end, by the last pictures: `closed` needs that their mean is closed, that the
    last one does not look open, and after a movement that the second run covers them; `open` needs that
    they are not decisively closed. Else the bar is moving. The rules were chosen on 68 lifts with bars that
    move (`ml.data.moving`, seeds from 60000), by the costs that the manifest weighs errors with.
    """
    values = np.asarray(margins, np.float64)
    count = len(values)
    if count <= FEW:
        chances = [calibration.probability_open(margin) for margin in margins]
        return Fusion(float(np.mean([margins[k] for k in select_decisive(chances)])), False)
    at = _split(values)
    before, after = (calibration.probability_open(float(run.mean())) for run in (values[:at], values[at:]))
    moved = min(before, after) <= 1.0 - DECISIVE and max(before, after) >= DECISIVE
    margin = float(values[at:].mean() if moved else values.mean())
    tail = round(TAIL * count)
    p_last = calibration.probability_open(float(values[-1]))
    p_tail = calibration.probability_open(float(values[-tail:].mean()))
    holds = True
    match calibration.verdict_of(calibration.probability_open(margin)):
        case Verdict.CLOSED:
            holds = p_last < calibration.unknown_high and p_tail <= calibration.unknown_low
            holds = holds and not (moved and count - at < tail)
        case Verdict.OPEN:
            holds = p_tail > 1.0 - DECISIVE
    return Fusion(margin, not holds)


def _split(values: Float64) -> int:
    """Return where to split values float64[N] in two runs, each as even in itself as can be: 1..N - 1."""
    sums, at = np.cumsum(values), np.arange(1, len(values))
    between = sums[:-1] ** 2 / at + (sums[-1] - sums[:-1]) ** 2 / (len(values) - at)
    return 1 + int(np.argmax(between))


def select_decisive(chances: Sequence[float]) -> list[int]:
    """Return the indices of the pictures whose margins are averaged, of a few.

    These are all pictures, unless some are decisively open and others decisively closed. Then the bar
    moved while the carrier passed, and only the last unbroken run of decisive pictures in one state counts.

    Args:
        chances: each picture's probability that the bar is open, 0..1, in order of time, at least one.
    """
    decisive = [i for i, chance in enumerate(chances) if max(chance, 1.0 - chance) >= DECISIVE]
    if len({chances[i] > 0.5 for i in decisive}) < 2:
        return list(range(len(chances)))
    last = chances[decisive[-1]] > 0.5
    run = list(itertools.takewhile(lambda i: (chances[i] > 0.5) == last, reversed(decisive)))
    return run[::-1]


def probability(log_odds: float) -> float:
    """Return the probability 0..1 whose log odds these are."""
    # The two forms are equal; each is used where its exponential cannot overflow.
    if log_odds >= 0:
        return 1.0 / (1.0 + math.exp(-log_odds))
    return math.exp(log_odds) / (1.0 + math.exp(log_odds))


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
