"""What a lift's threshold costs: false alarms a day and misses, estimated from its own passages. Pure.

Every passage counts by its probability of being open: a reviewed one fully towards its label, another one by
its membership in the two clusters of the lift's margins, as in `lifts.decision.clusters`. That module limits
the weight of the passages, for it places a threshold from few. Here are many, and what counts is how the
flanks of the clusters overlap: their centres, shares and common spread are found anew, by expectation
maximisation over all passages (Dempster, Laird and Rubin 1977) from the lift's clusters as the start. With a
common spread the membership rises steadily as the margin falls.

Only carriers that may be occupied count: an empty one raises no alarm and is no miss. Intervals are Wilson's
at 95 %. What no cluster shows, and nobody has reviewed, is not known here either: an open bar that looks
closed through and through counts only once it is labelled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from lifts.arrays import Float64
from lifts.decision.clusters import ClusterPrior, fit_clusters

_Z = 1.959964  # of 95 %
_ROUNDS, _STARTED_FROM = 100, 500
_HALF = 0.5  # half a passage more: what was never seen is rare, not impossible


@dataclass(frozen=True, slots=True)
class RateEstimate:
    """An expected value with its 95 % interval."""

    expected: float
    low: float
    high: float

    def times(self, factor: float) -> RateEstimate:
        """Return it in another unit."""
        return RateEstimate(factor * self.expected, factor * self.low, factor * self.high)


def rate_estimate(count: float, total: float) -> RateEstimate:
    """Return the share of `count` in `total`, which need not be whole numbers; total is above 0."""
    share, weight = min(count / total, 1.0), _Z**2 / total
    middle = (share + weight / 2) / (1 + weight)
    reach = _Z * math.sqrt(share * (1 - share) / total + weight / (4 * total)) / (1 + weight)
    # At the ends rounding alone would leave the interval.
    low, high = max(0.0, middle - reach) if count > 0 else 0.0, min(1.0, middle + reach)
    return RateEstimate((count + _HALF) / (total + 2 * _HALF), low, high)


@dataclass(frozen=True, slots=True, eq=False)
class LiftEvidence:
    """N passages of a lift whose carriers may be occupied.

    margins: float64[N]. openness: float64[N], the probability 0..1 that each is open.
    reviewed: how many of them a person labelled. carriers_a_day: such carriers on a day of operation.
    """

    margins: Float64
    openness: Float64
    reviewed: int
    carriers_a_day: float

    @property
    def opened(self) -> float:
        """How many are open, by what is known."""
        return float(self.openness.sum())


@dataclass(frozen=True, slots=True)
class ThresholdCost:
    """What it costs to call open what lies below a margin, and closed what lies above another.

    false_alarms_a_day: closed carriers that are called open. misses_per_1000: of 1,000 open carriers, those
    that raise no alarm, called closed or unknown. closed_per_1000: those of them that are called closed.
    unclear_per_1000: of 1,000 carriers, those that are called neither.
    """

    false_alarms_a_day: RateEstimate
    misses_per_1000: RateEstimate
    closed_per_1000: RateEstimate
    unclear_per_1000: RateEstimate


def gather(
    margins: npt.ArrayLike,
    is_open: Sequence[bool | None],
    carriers_a_day: float,
    prior: ClusterPrior,
) -> LiftEvidence:
    """Weigh a lift's passages.

    Args:
        margins: float[N] of passages that were seen well enough, and whose carriers may be occupied.
        is_open: the reviewer's label of each, None where there is none.
        carriers_a_day: such carriers on a day of operation.
        prior: distribution of the clusters over lifts in general.

    Raises:
        ValueError: a margin is not finite, or the numbers of labels and margins differ.
    """
    x = np.asarray(margins, np.float64).reshape(-1)
    known = np.array([label is not None for label in is_open], bool)
    label = np.array([bool(value) for value in is_open], np.float64)
    every = max(len(x) // _STARTED_FROM, 1)
    start = fit_clusters(x[::every], prior, list(is_open)[::every])
    openness = np.where(known, label, 0.5)
    opened, closed, spread, share = start.open_mean, start.closed_mean, start.spread, start.open_share
    for _ in range(_ROUNDS if len(x) else 0):
        odds = (closed - opened) * ((opened + closed) / 2 - x) / spread**2 + math.log(share / (1 - share))
        found = np.where(known, label, 1 / (1 + np.exp(-np.clip(odds, -60, 60))))
        settled, openness = bool(np.abs(found - openness).max() < 1e-6), found
        if settled:
            break
        of_open, of_closed = openness.sum(), (1 - openness).sum()
        share = float((of_open + _HALF) / (len(x) + 2 * _HALF))
        # One passage of the start on either side: a state that was never seen stays where it started.
        opened = float((openness @ x + start.open_mean) / (of_open + 1))
        closed = float(((1 - openness) @ x + start.closed_mean) / (of_closed + 1))
        square = openness @ (x - opened) ** 2 + (1 - openness) @ (x - closed) ** 2
        spread = math.sqrt(float((square + prior.strength * start.spread**2) / (len(x) + prior.strength)))
    return LiftEvidence(x, openness, int(known.sum()), carriers_a_day)


def cost_of(evidence: LiftEvidence, open_below: float, closed_above: float) -> ThresholdCost:
    """Return what it costs to call open at or below one margin, closed at or above the other.

    Raises ValueError without any passage.
    """
    if not len(evidence.margins):
        raise ValueError("expected a passage")
    total, opened = float(len(evidence.margins)), evidence.opened
    called_open, called_closed = evidence.margins <= open_below, evidence.margins >= closed_above
    called_closed &= ~called_open
    false_alarms = float((1 - evidence.openness)[called_open].sum())
    missed = float(evidence.openness[~called_open].sum())
    as_closed = float(evidence.openness[called_closed].sum())
    unclear = float((~called_open & ~called_closed).sum())
    among = max(opened, _HALF)
    return ThresholdCost(
        rate_estimate(false_alarms, total).times(evidence.carriers_a_day),
        rate_estimate(missed, among).times(1000),
        rate_estimate(as_closed, among).times(1000),
        rate_estimate(unclear, total).times(1000),
    )
