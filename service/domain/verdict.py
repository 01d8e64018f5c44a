"""What is said of a passage, and what it was said from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from service.domain.arrays import Float32


class Verdict(StrEnum):
    """What is said of the bar; `unknown` whenever it cannot be told."""

    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"


NOT_THIS_LIFT = "does not look like a carrier of this lift"
"""Why a passage is unknown that shows something else than the masks' lift."""


TOO_CLOSE = "too close to call"
"""Why a passage that was seen well enough is unknown all the same: its margin says neither."""


class Inference(NamedTuple):
    """What the network says of N pictures.

    embeddings: float32[N, D]. occupancy: float32[N] in 0..1.
    matches: float32[N, 2]: by what was sent along (`judged_by`), the margin, and the chance in 0..1 that it
        is a carrier of their lift; NaN from a model that knows distances only.
    """

    embeddings: Float32
    occupancy: Float32
    matches: Float32


@dataclass(frozen=True, slots=True)
class ImageJudgement:
    """What one picture says: distances to the two masks' embeddings, occupancy in 0..1, its own verdict."""

    distance_open: float
    distance_closed: float
    occupancy: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one passage says, over its one to three pictures.

    margin: mean of d(picture, open mask) - d(picture, close mask): negative means nearer to open.
    confidence: calibrated probability of the verdict, 0..1; for `unknown` that of the likelier state.
    reason: why the verdict is unknown, else empty.
    """

    verdict: Verdict
    confidence: float
    margin: float
    occupied: bool
    occupancy: float
    images: tuple[ImageJudgement, ...]
    mask_version: int
    model: str
    reason: str = ""
