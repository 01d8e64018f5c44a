"""Budgets as JSON: the wish, the band that follows from it, and what either side pays."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from lifts.decision.budgets.choosing import BudgetKind, BudgetWish
from lifts.decision.budgets.rates import ThresholdCost
from lifts.decision.budgets.renewing import RenewalState
from service.api.schemas.base import Body, Shape
from service.domain.masks import BudgetVersion, MaskVersion
from service.site.renewing import accepted_misses

ALARMS_MAX, MISSES_MAX = 1000.0, 200.0


class BudgetIn(Body):
    """One of the two: at most so many false alarms a day, or so many missed of 1,000 open carriers."""

    false_alarms_per_day: Annotated[float, Field(gt=0, le=ALARMS_MAX, allow_inf_nan=False)] | None = Field(
        default=None, examples=[2.0]
    )
    misses_per_1000: Annotated[float, Field(gt=0, le=MISSES_MAX, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        if (self.false_alarms_per_day is None) == (self.misses_per_1000 is None):
            raise ValueError("expected one of false_alarms_per_day and misses_per_1000")
        return self

    def wish(self) -> BudgetWish:
        """Return what was asked for."""
        if self.false_alarms_per_day is not None:
            return BudgetWish(BudgetKind.FALSE_ALARMS_PER_DAY, self.false_alarms_per_day)
        return BudgetWish(BudgetKind.MISSES_PER_1000, self.misses_per_1000 or 0.0)


class RateOut(Shape):
    """An expected value with its 95 % interval."""

    expected: float = Field(ge=0)
    low: float = Field(ge=0)
    high: float = Field(ge=0)


class CostOut(Shape):
    """What a band costs, at the lift's carriers a day."""

    false_alarms_a_day: RateOut = Field(description="Closed carriers that are called open.")
    misses_per_1000: RateOut = Field(description="Of 1,000 open carriers, those that raise no alarm.")
    closed_per_1000: RateOut = Field(description="Of 1,000 open carriers, those that are called closed.")
    unclear_per_1000: RateOut = Field(description="Of 1,000 carriers, those that are called neither.")

    @classmethod
    def of(cls, cost: ThresholdCost) -> CostOut:
        """Take what the API shows."""
        return cls.model_validate(cost)


class BudgetOut(BaseModel):
    """A budget and what follows from it."""

    version: int = Field(description="0 of a preview.")
    false_alarms_per_day: float | None
    misses_per_1000: float | None
    open_from: float = Field(gt=0, lt=1, description="Called open from this probability of open on.")
    closed_to: float = Field(gt=0, lt=1, description="Called closed up to this probability of open.")
    threshold: float = Field(description="The margin up to which carriers are called open.")
    cost: CostOut
    default: CostOut = Field(description="The same of the model's own band, without a budget.")
    misses_more: bool = Field(description="More open carriers are missed than without a budget.")
    passages: int = Field(ge=0, description="Carriers that this follows from.")
    opened: float = Field(ge=0, description="Open ones among them, by reviews and clusters.")
    reviewed: int = Field(ge=0)
    carriers_a_day: float = Field(ge=0, description="That may be occupied.")
    by: str = Field(description="Who chose the budget.")
    chosen: int = Field(description="The version that they chose; others follow from it by themselves.")
    accepted_misses_per_1000: float = Field(
        description="What they accepted, at the upper end: no renewal misses more than that and the model."
    )
    created_at: datetime
    active: bool
    in_force: bool = Field(
        description="False of an active one too once masks, model or site calibration are others than those "
        "it was found with: the model's own band decides then."
    )

    @classmethod
    def of(cls, budget: BudgetVersion, masks: MaskVersion | None) -> BudgetOut:
        """Take what the API shows; masks: what the lift is judged by now."""
        kind, numbers = budget.wish.kind, budget.numbers
        in_force = None if masks is None else masks.budget_in_force
        return cls(
            version=budget.version,
            false_alarms_per_day=budget.wish.value if kind is BudgetKind.FALSE_ALARMS_PER_DAY else None,
            misses_per_1000=budget.wish.value if kind is BudgetKind.MISSES_PER_1000 else None,
            open_from=budget.band.high,
            closed_to=budget.band.low,
            threshold=budget.threshold,
            cost=CostOut.of(budget.cost),
            default=CostOut.of(budget.default),
            misses_more=budget.cost.misses_per_1000.expected > budget.default.misses_per_1000.expected,
            passages=int(numbers["passages"]),
            opened=numbers["opened"],
            reviewed=int(numbers["reviewed"]),
            carriers_a_day=numbers["carriers_a_day"],
            by=budget.by,
            chosen=int(numbers.get("chosen", budget.version)),
            accepted_misses_per_1000=accepted_misses(budget),
            created_at=budget.created_at,
            active=budget.active,
            in_force=budget.active and in_force is not None and in_force.version == budget.version,
        )


class BudgetRenewalOut(Shape):
    """What the last look at a lift's budget came to."""

    at: datetime
    state: RenewalState
    code: str = Field(description="Why no threshold follows now; empty if one does.")
    message: str = Field(description="The same as an English sentence.")
    parameters: dict[str, float]


class BudgetsOut(BaseModel):
    """A lift's budget, and those before it, newest first."""

    renewal: BudgetRenewalOut | None = Field(
        description="The last look at whether the threshold is still right; null before the first one."
    )

    budget: BudgetOut | None = Field(description="The lift's; null: the model's own band decides.")
    history: list[BudgetOut]
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")
