"""The reference embeddings that a lift's pictures are compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lifts.arrays import Float32
from lifts.decision.calibration import VerdictBand
from lifts.decision.site import SiteCalibration


def reference_embeddings(masks: Float32, background_embedding: Float32 | None = None) -> Float32:
    """Return what the network compares pictures with, float32[3, D]: open mask, close mask, background.

    Args:
        masks: float32[2, D], embeddings of the open and the close mask.
        background_embedding: float32[D], what the lift's pictures show in either state; replaced by zeros
            if it is not known.
    """
    background = np.zeros_like(masks[:1]) if background_embedding is None else background_embedding[None]
    return np.concatenate([masks, background])


@dataclass(frozen=True, slots=True, eq=False)
class LiftReferences:
    """A lift's masks as a model embeds them, its site calibration and its own band of `unknown`.

    bank: float32[2, B, D], B embeddings each for open and close: the mask itself first, then its shifts.
    site: the site calibration, if the lift is judged by one; learnt with these masks and this model.
    mask_version, model: version of the masks, and the model that embedded them; for the record.
    band: from which probabilities on it is called open and closed, in place of the model's; None: as these.
    """

    bank: Float32
    site: SiteCalibration | None = None
    mask_version: int = 0
    model: str = ""
    band: VerdictBand | None = None

    def embeddings(self) -> Float32:
        """Return what the network compares this lift's pictures with, float32[3, D]."""
        known = None if self.site is None else self.site.background_embedding
        return reference_embeddings(self.bank[:, 0], known)
