"""Verdicts, the network's output that they are based on, and the resulting judgements."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from lifts.arrays import Float32
from lifts.decision.reasons import Reason


class Verdict(StrEnum):
    """The state of the bar; `unknown` if it cannot be determined."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Inference(NamedTuple):
    """What the network infers from N pictures.

    embeddings: float32[N, D]. occupancy: float32[N] in 0..1.
    matches: float32[N, 2], by comparison with the lift's references: the margin, and the probability 0..1
        that the picture shows a carrier of that lift; NaN from a model that only gives distances.
    """

    embeddings: Float32
    occupancy: Float32
    matches: Float32


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
    """The judgement of one passage, over its one to three pictures.

    margin: mean of d(picture, open mask) - d(picture, close mask): a negative margin means nearer to open.
    confidence: calibrated probability of the verdict, 0..1; for `unknown`, that of the likelier state.
    mask_version, model: what it was judged by; 0 and empty if there were no masks.
    reasons: why the verdict is unknown, without repeats; empty for any other verdict.
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
