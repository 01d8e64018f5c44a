"""Who sits on the carrier: the judge of the seat.

The network says for each cell of a picture how likely somebody who sits on *this* carrier shows there. Riders
move with their carrier, and what is behind it does not: the mean of a passage's maps keeps the riders, while
each picture's chance finds before another backdrop fade. One child on a bench for eight is a few cells, so
the strongest cells of the mean map decide, not all of them.

A person who is overlooked on an open chair is an alarm that does not come, and costs far more than a false
one. Between the two there is `unclear`.

A lift's own seat may look a little like somebody, or its riders like nobody: that shifts the log odds of
all its passages alike. The two clusters of its passages show it, as they do for the bar
(`lifts.decision.clusters`; empty seats take the place of open bars, for theirs are the lower numbers).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from lifts.arrays import Float32, Float64
from lifts.decision.clusters import BimodalFit, ClusterPrior, Finite, fit_clusters
from lifts.decision.fusion import mean_odds, probability
from lifts.decision.verdict import Inference, Seat

STRONGEST = (3, 8, 24)
"""The means of this many of a map's strongest cells are what is weighed."""

LOG_ODDS_PER_MARGIN = 10.0
"""`lifts.decision.clusters` is made for margins of -2 to 2; the seat's log odds are ten times as wide."""


class SeatCalibration(BaseModel):
    """Rider maps to probability: p(occupied) = sigmoid(weights . strongest cells + offset).

    cells: the map's side. weights: of the means of the STRONGEST cells.
    unclear_low, unclear_high: the seat is unclear if the probability lies strictly between them.
    clusters: distribution of the clusters of empty and of occupied passages over lifts in general.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cells: Annotated[int, Field(ge=5, le=200)]
    weights: tuple[Finite, Finite, Finite]
    offset: Finite
    unclear_low: Annotated[float, Field(ge=0, le=1)]
    unclear_high: Annotated[float, Field(ge=0, le=1)]
    clusters: ClusterPrior | None = None

    @model_validator(mode="after")
    def _check_band(self) -> Self:
        if self.unclear_low > self.unclear_high:
            raise ValueError("unclear_low: above unclear_high")
        return self

    def log_odds(self, riders: npt.ArrayLike) -> Float64:
        """Return the log odds that somebody sits there, float64[...], from fused maps float[..., C, C]."""
        return np.asarray(strongest_cells(riders) @ np.array(self.weights) + self.offset)


class SeatReading(NamedTuple):
    """A judgement of the seat; probability: calibrated, that somebody sits there, 0..1."""

    seat: Seat
    probability: float


def fuse(riders: npt.ArrayLike) -> Float64:
    """Return what a passage's pictures have in common, float64[..., C, C].

    Args:
        riders: float[..., N, C, C], log odds of the N pictures that may be judged, N at least 1.
    """
    return np.asarray(np.mean(np.asarray(riders, np.float64), axis=-3))


def strongest_cells(riders: npt.ArrayLike) -> Float64:
    """Return the means of the STRONGEST cells of maps float[..., C, C], float64[..., 3]."""
    maps = np.asarray(riders, np.float64)
    cells = maps.reshape(*maps.shape[:-2], -1)
    ordered = -np.sort(-cells, axis=-1)[..., : max(STRONGEST)]
    return np.stack([ordered[..., :count].mean(-1) for count in STRONGEST], -1)


def rider_shares(riders: Float32) -> Float32:
    """Return rider maps float32[N, C, C], which are log odds as probabilities."""
    return np.asarray(1 / (1 + np.exp(-np.clip(riders, -60, 60))), np.float32)


def learn_seats(
    occupancy: npt.ArrayLike, prior: ClusterPrior, is_occupied: Sequence[bool | None] | None = None
) -> BimodalFit:
    """Find the clusters of a lift's empty and occupied passages; empty ones take the place of open ones.

    Args:
        occupancy: float[N] in 0..1, of each passage without a site calibration.
        prior: distribution of the clusters over lifts in general (`SeatCalibration.clusters`).
        is_occupied: the reviewer's label of each passage, None where there is none; all None by default.

    Raises:
        ValueError: a probability is not finite, or the numbers of labels and passages differ.
    """
    labels = None if is_occupied is None else [None if taken is None else not taken for taken in is_occupied]
    return fit_clusters(seat_margins(occupancy), prior, labels)


def seat_margins(occupancy: npt.ArrayLike) -> Float64:
    """Return probabilities float[N] as margins for `lifts.decision.clusters`, negative for empty seats."""
    safe = np.clip(np.asarray(occupancy, np.float64), 1e-6, 1 - 1e-6)
    return np.asarray(np.log(safe / (1 - safe)) / LOG_ODDS_PER_MARGIN)


def judge_seat(
    inference: Inference,
    calibration: SeatCalibration | None,
    occupancy_threshold: float,
    own: BimodalFit | None = None,
) -> SeatReading:
    """Judge who sits on the carrier of one passage.

    Args:
        inference: of the pictures that may be judged, at least one.
        calibration: the model's; None if it has no rider maps.
        occupancy_threshold: for a model without maps, whose pictures' probabilities are averaged instead;
            such a seat is never unclear.
        own: the clusters of the lift's own passages (`learn_seats`), if it is judged by them.
    """
    if calibration is None or not len(inference.riders):
        seated = float(mean_odds(inference.occupancy))
        return SeatReading(Seat.OCCUPIED if seated >= occupancy_threshold else Seat.EMPTY, seated)
    shift = 0.0 if own is None else LOG_ODDS_PER_MARGIN * own.threshold
    seated = probability(float(calibration.log_odds(fuse(inference.riders))) - shift)
    if seated >= calibration.unclear_high:
        return SeatReading(Seat.OCCUPIED, seated)
    return SeatReading(Seat.EMPTY if seated <= calibration.unclear_low else Seat.UNCLEAR, seated)
