"""Enrolled masks and what a lift has learnt of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from lifts.heaps import Heaps
from lifts.prototypes import Prototypes
from lifts.schema import MaskPair
from service.domain.arrays import Float32, Image


@dataclass(frozen=True, slots=True, eq=False)
class Threshold:
    """What a lift's own passages have told: where they part into open and closed, and what they look like.

    Found with one pair of masks (`lifts.heaps`, `lifts.prototypes`).

    version: counts from 1 within the lift. model: whose margins they are.
    margins: of the passages it was found from; reviewed: how many of these somebody had labelled.
    active: whether the lift is judged by it; a threshold that was found is a proposal until then.
    always: float32[D], what shows in pictures of either state, as an embedding.
    always, prototypes: None where one state was too rare.
    watched, labelled: how many passages there were to learn from, and labels; some may not have been usable.
    """

    lift_id: str
    version: int
    mask_version: int
    model: str
    heaps: Heaps
    margins: tuple[float, ...]
    reviewed: int
    active: bool
    created_at: datetime
    always: Float32 | None = None
    prototypes: Prototypes | None = None
    watched: int = 0
    labelled: int = 0


def judged_by(drawn: Float32, always: Float32 | None = None) -> Float32:
    """Return what pictures are judged by, float32[3, D]: open mask, close mask, what always shows (or zeros).

    drawn: float32[2, D], embeddings of the two masks. always: float32[D].
    """
    return np.concatenate([drawn, np.zeros_like(drawn[:1]) if always is None else always[None]])


@dataclass(frozen=True, slots=True, eq=False)
class MaskVersion:
    """One enrolled pair of masks with its embeddings.

    embeddings: float32[2, B, D]: for open and close, B embeddings each (the mask and its small shifts).
    threshold: the lift's own, if one is active for these masks and this model.
    """

    lift_id: str
    version: int
    model: str
    masks: MaskPair
    embeddings: Float32
    separation: float
    quality: str
    warnings: tuple[str, ...]
    active: bool
    created_at: datetime
    references: dict[str, Image] = field(default_factory=dict)
    threshold: Threshold | None = None

    @property
    def drawn(self) -> Float32:
        """Embeddings of the two masks themselves, float32[2, D]: first in each bank."""
        return self.embeddings[:, 0]

    @property
    def judged_by(self) -> Float32:
        """What the lift's pictures are judged by, float32[3, D]: see the function of this name."""
        return judged_by(self.drawn, None if self.threshold is None else self.threshold.always)

    @property
    def prototypes(self) -> Prototypes | None:
        """The lift's own, if it is judged by any."""
        return None if self.threshold is None else self.threshold.prototypes
