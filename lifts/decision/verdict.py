"""Verdicts, the network's output that they are based on, and the resulting judgements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import numpy as np

from lifts.arrays import Float32
from lifts.decision.reasons import Reason


class Verdict(StrEnum):
    """The state of the bar; `unknown` if it cannot be determined."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Seat(StrEnum):
    """Who sits on the carrier: somebody, nobody, or `unclear` if that cannot be determined."""

    OCCUPIED = "occupied"
    EMPTY = "empty"
    UNCLEAR = "unclear"


NO_RIDERS: Float32 = np.zeros((0, 0, 0), np.float32)
"""The rider maps of a model that has none."""


class Inference(NamedTuple):
    """What the network infers from N pictures.

    embeddings: float32[N, D]. occupancy: float32[N] in 0..1.
    matches: float32[N, 2], by comparison with the lift's references: the margin, and the probability 0..1
        that the picture shows a carrier of that lift; NaN from a model that only gives distances.
    riders: float32[N, C, C], log odds that a cell shows somebody on the carrier; NO_RIDERS from a model
        without such maps.
    """

    embeddings: Float32
    occupancy: Float32
    matches: Float32
    riders: Float32 = NO_RIDERS

    def take(self, rows: Any) -> Inference:
        """Return what was inferred from some of the pictures; rows: anything that indexes an array."""
        riders = self.riders[rows] if len(self.riders) else self.riders
        return Inference(self.embeddings[rows], self.occupancy[rows], self.matches[rows], riders)


class PictureQuality(Protocol):
    """What is known about a picture before the network sees it.

    quality: confidence of its registration, 0..1. problem: why it must not be judged, or None.
    """

    @property
    def quality(self) -> float:
        """Confidence of the registration, 0..1."""

    @property
    def problem(self) -> Reason | None:
        """Why the picture must not be judged, or None."""


@dataclass(frozen=True, slots=True)
class ImageJudgement:
    """One picture of a judgement: distances to the masks' embeddings, occupancy in 0..1, own verdict."""

    distance_open: float
    distance_closed: float
    occupancy: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """The judgement of one passage, over its pictures.

    margin: of d(picture, open mask) - d(picture, close mask), the mean of the pictures that count: a negative
        margin means nearer to open.
    confidence: calibrated probability of the verdict, 0..1; for `unknown`, that of the likelier state.
    occupied: somebody sits on the carrier. occupancy: the calibrated probability of that, 0..1.
    seat_unclear: nobody can tell whether anybody does; `occupied` is False then.
    mask_version, model: what it was judged by; 0 and empty if there were no masks.
    reasons: why the verdict is unknown, without repeats; empty for any other verdict.
    budget: the version of the lift's budget whose band made the verdict; 0: the model's own band did.
    """

    verdict: Verdict
    confidence: float
    margin: float
    occupied: bool
    occupancy: float
    images: tuple[ImageJudgement, ...]
    mask_version: int
    model: str
    reasons: tuple[Reason, ...] = ()
    seat_unclear: bool = False
    budget: int = 0

    @property
    def seat(self) -> Seat:
        """Who sits on the carrier."""
        if self.occupied:
            return Seat.OCCUPIED
        return Seat.UNCLEAR if self.seat_unclear else Seat.EMPTY
