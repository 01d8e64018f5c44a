"""Enrolled masks and what a lift has learnt of itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from lifts.decision.references import LiftReferences
from lifts.decision.site import SiteCalibration
from lifts.schema import MaskPair
from service.domain.arrays import Float32, Image


@dataclass(frozen=True, slots=True, eq=False)
class SiteCalibrationVersion:
    """One site calibration of a lift, found with one pair of masks.

    version: counts from 1 within the lift. model: whose margins they are.
    margins: of the passages it was found from; reviewed: how many of these had a label.
    active: whether the lift is judged by it; until then it is a proposal.
    watched, labelled: how many passages there were to learn from, and labels; some may not have been usable.
    shadow: whether it judges the lift's passages beside the active one, for comparison alone.
    """

    lift_id: str
    version: int
    mask_version: int
    model: str
    calibration: SiteCalibration
    margins: tuple[float, ...]
    reviewed: int
    active: bool
    created_at: datetime
    watched: int = 0
    labelled: int = 0
    shadow: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class MaskVersion:
    """One enrolled pair of masks with its embeddings.

    embeddings: float32[2, B, D]: for open and close, B embeddings each (the mask and its small shifts).
    references: pictures of a carrier, uint8[200, 200, 3] RGB, by their names.
    site: the lift's own calibration, if one is active for these masks and this model.
    shadow: another of its calibrations, if one is compared with what the lift is judged by.
    """

    lift_id: str
    version: int
    model: str
    masks: MaskPair
    embeddings: Float32
    separation: float
    warnings: tuple[str, ...]
    active: bool
    created_at: datetime
    references: dict[str, Image] = field(default_factory=dict)
    site: SiteCalibrationVersion | None = None
    shadow: SiteCalibrationVersion | None = None

    def lift_references(self) -> LiftReferences:
        """Return what the lift's pictures are judged by."""
        site = None if self.site is None else self.site.calibration
        return LiftReferences(self.embeddings, site, self.version, self.model)

    def shadow_references(self) -> LiftReferences | None:
        """Return what the lift's pictures are judged by in shadow, if anything."""
        return None if self.shadow is None else replace(self, site=self.shadow).lift_references()

    def reference_embeddings(self) -> Float32:
        """Return what the network compares the lift's pictures with, float32[3, D]."""
        return self.lift_references().embeddings()
