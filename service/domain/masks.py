"""Enrolled masks and what a lift has learnt of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from lifts.decision.budgets.choosing import BudgetWish
from lifts.decision.budgets.rates import ThresholdCost
from lifts.decision.calibration import VerdictBand
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


@dataclass(frozen=True, slots=True)
class BudgetVersion:
    """One budget of a lift.

    version: counts from 1 within the lift; the band has it too.
    mask_version, model, site_version: what the lift was judged by; 0: by its masks alone.
    threshold: the margin up to which passages are called open. cost: what was to be expected of it then;
    default: the same of the model's own band. numbers: from how much (`BudgetOutcome.numbers`).
    active: whether it is the lift's; it decides only while the lift is judged by what it was found with.
    """

    lift_id: str
    version: int
    wish: BudgetWish
    mask_version: int
    model: str
    site_version: int
    band: VerdictBand
    threshold: float
    cost: ThresholdCost
    default: ThresholdCost
    numbers: Mapping[str, float]
    by: str
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class MaskVersion:
    """One enrolled pair of masks with its embeddings.

    embeddings: float32[2, B, D]: for open and close, B embeddings each (the mask and its small shifts).
    references: pictures of a carrier, uint8[200, 200, 3] RGB, by their names.
    site: the lift's own calibration, if one is active for these masks and this model.
    budget: the lift's budget, if it has one; it decides only if it was found with all of this.
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
    budget: BudgetVersion | None = None

    @property
    def site_version(self) -> int:
        """The version of the lift's own calibration, 0 if it is judged by its masks alone."""
        return 0 if self.site is None else self.site.version

    @property
    def budget_in_force(self) -> BudgetVersion | None:
        """The lift's budget, if it was found with what the lift is judged by now."""
        if self.budget is None:
            return None
        found_with = (self.budget.mask_version, self.budget.model, self.budget.site_version)
        return self.budget if found_with == (self.version, self.model, self.site_version) else None

    @property
    def judged_by(self) -> tuple[int, str, int, int]:
        """What verdicts depend on: versions of masks, model, own calibration and budget, 0 for none."""
        budget = self.budget_in_force
        return self.version, self.model, self.site_version, 0 if budget is None else budget.version

    def alone(self) -> MaskVersion:
        """Return the masks as they judge without anything that the lift has learnt."""
        return replace(self, site=None, budget=None)

    def lift_references(self) -> LiftReferences:
        """Return what the lift's pictures are judged by."""
        site = None if self.site is None else self.site.calibration
        band = None if self.budget_in_force is None else self.budget_in_force.band
        return LiftReferences(self.embeddings, site, self.version, self.model, band)

    def reference_embeddings(self) -> Float32:
        """Return what the network compares the lift's pictures with, float32[3, D]."""
        return self.lift_references().embeddings()
