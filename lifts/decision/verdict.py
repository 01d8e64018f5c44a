"""What the network infers from pictures, and the judgement that follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from lifts.decision.reasons import Reason

Float32 = npt.NDArray[np.float32]


class Verdict(StrEnum):
    """The state of the bar; `unknown` whenever it cannot be told."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class Inference(NamedTuple):
    """What the network infers from N pictures.

    embeddings: float32[N, D]. occupancy: float32[N] in 0..1.
    matches: float32[N, 2]: by the references that were sent along, the margin, and the chance in 0..1 that
        the picture shows a carrier of their lift; NaN from a model that knows distances only.
    """

    embeddings: Float32
    occupancy: Float32
    matches: Float32


class PictureQuality(Protocol):
    """What is known of a picture before the network sees it.

    quality: how certain its registration is, 0..1. problem: why it must not be judged, None if it may.
    """

    @property
    def quality(self) -> float:
        """0..1."""

    @property
    def problem(self) -> Reason | None:
        """None if nothing speaks against it."""


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

    margin: mean of d(picture, open mask) - d(picture, close mask): negative means nearer to open.
    confidence: calibrated probability of the verdict, 0..1; for `unknown` that of the likelier state.
    mask_version, model: of the masks that it was judged by, 0 and empty if by none.
    reasons: why the verdict is unknown, each once; empty if it is not.
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
