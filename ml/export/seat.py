"""Calibration of the seat: how rider maps say who sits there (`lifts.decision.seat`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression

from lifts.arrays import Bool, Float64
from lifts.decision.clusters import ClusterPrior, fit_prior
from lifts.decision.seat import LOG_ODDS_PER_MARGIN, SeatCalibration, fuse, strongest_cells
from ml.data.rendered import RenderedLift
from ml.evaluate.scoring import PictureFeatures, check_pictures
from ml.evaluate.seat.photographed import visible

OVERLOOKED_COST, FALSE_ALARM_COST, UNCLEAR_COST = 20.0, 3.0, 1.0
"""Costs of somebody on an open chair who is overlooked, of an empty chair taken for occupied, and of an alarm
of lower priority because it is unclear whether anybody sits there.

An overlooked person is an alarm that never comes. The band's limits are the probabilities at which a call
costs as much as `unclear`.
"""

RIDGE = 1.0
"""Strength of the ridge, in passages: keeps the fit of perfectly separated seats finite."""


class SeatSample(NamedTuple):
    """P labelled passages. strongest: float64[P, 3] of the fused rider maps. occupied: bool[P]."""

    strongest: Float64
    occupied: Bool

    @staticmethod
    def joined(parts: Sequence[SeatSample]) -> SeatSample:
        """Return the passages of several lifts as one sample."""
        return SeatSample(*(np.concatenate(part) for part in zip(*parts, strict=True)))


def seat_sample(lift: RenderedLift, seen: PictureFeatures) -> SeatSample:
    """Return a lift's passages that show who sits there, by the pictures that the judge would use.

    Passages whose riders are hidden from view teach nothing.
    """
    usable = np.array([picture.problem is None for picture in check_pictures(lift.images)]).reshape(-1, 3)
    taught = visible(lift) & usable.any(1)
    found = [
        strongest_cells(fuse(seen.riders[3 * at : 3 * at + 3][usable[at]])) for at in np.flatnonzero(taught)
    ]
    return SeatSample(np.array(found).reshape(-1, 3), lift.occupied[::3][taught])


def calibrate_seat(samples: Sequence[SeatSample], cells: int) -> SeatCalibration:
    """Fit p(occupied) on lifts that were not used in training.

    Args:
        samples: one for each kind of lift, e.g. plain and textured. Kinds weigh the same, and so do occupied
            and empty within a kind: the probability is that before anything is known of how many sit.
        cells: side of the rider maps.

    Raises:
        ValueError: all are occupied, or none is.
    """
    x, occupied = SeatSample.joined(samples)
    weight = np.concatenate([_balanced(sample.occupied) for sample in samples]) * len(x) / len(samples)
    scale = np.maximum(x.std(0), 1e-6)
    fit = LogisticRegression(C=1 / RIDGE, max_iter=1000).fit(x / scale, occupied, sample_weight=weight)
    return SeatCalibration(
        cells=cells,
        weights=tuple((fit.coef_[0] / scale).tolist()),
        offset=float(fit.intercept_[0]),
        unclear_low=UNCLEAR_COST / OVERLOOKED_COST,
        unclear_high=1 - UNCLEAR_COST / FALSE_ALARM_COST,
    )


def seat_prior(lifts: Sequence[SeatSample], calibration: SeatCalibration) -> ClusterPrior | None:
    """Return how the clusters of empty and of occupied passages lie over lifts; None of fewer than three.

    Lifts that show a state once or never say little of its cluster, and are left out.
    """
    both = [lift for lift in lifts if min(lift.occupied.sum(), (~lift.occupied).sum()) > 1]
    if len(both) < _FEWEST_LIFTS:
        return None
    weights = np.array(calibration.weights)
    margins = [(lift.strongest @ weights + calibration.offset) / LOG_ODDS_PER_MARGIN for lift in both]
    return fit_prior([(found, ~lift.occupied) for found, lift in zip(margins, both, strict=True)])


_FEWEST_LIFTS = 3


def _balanced(occupied: Bool) -> Float64:
    """Return weights float64[P] with a sum of 1, the same for both states together."""
    count = np.maximum([(~occupied).sum(), occupied.sum()], 1)
    return np.asarray(0.5 / count[occupied.astype(int)])
