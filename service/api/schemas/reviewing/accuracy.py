"""A lift's accuracy as JSON."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, Field

from service.api.schemas.base import Shape
from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.cells import ReviewOutcome
from service.figures.accuracy.drift import Drift, Trend
from service.figures.accuracy.estimating import Accuracy, BoundedShare
from service.figures.accuracy.intervals import ShareEstimate
from service.reviewing.accuracy import LiftAccuracy


class BoundedRateOut(BaseModel):
    """A rate with its 95 % interval."""

    expected: float | None = Field(ge=0, description="null where nothing was found on either side.")
    low: float = Field(ge=0)
    high: float = Field(ge=0)
    lowest: float = Field(ge=0, description="The lower end if all that nobody can tell were harmless.")
    highest: float = Field(ge=0, description="The upper end if all that nobody can tell were the worst.")

    @classmethod
    def of(cls, share: BoundedShare | None, per: float) -> BoundedRateOut | None:
        """Return it `per` so many; None of none."""
        if share is None:
            return None
        expected = None if share.expected is None else per * share.expected
        ends = (per * each for each in (share.low, share.high, share.lowest, share.highest))
        low, high, lowest, highest = ends
        return cls(expected=expected, low=low, high=high, lowest=lowest, highest=highest)


class AgreementOut(BaseModel):
    """How often two people said the same, each without the other's answer: of 100, with its 95 % interval."""

    both: int = Field(description="Passages that two people answered.")
    expected: float | None
    low: float
    high: float

    @classmethod
    def of(cls, both: int, share: ShareEstimate) -> AgreementOut:
        """Take what the API shows."""
        expected = None if share.expected is None else 100 * share.expected
        return cls(both=both, expected=expected, low=100 * share.low, high=100 * share.high)


class AccuracyOut(BaseModel):
    """A lift's accuracy in a time; a rate is null while a stratum that it needs has no review."""

    carriers: int = Field(description="Carriers that passed on the days that were drawn from.")
    unseen: int = Field(description="Further carriers without a picture: no figure covers them.")
    alarms: int = Field(description="Of the carriers, those that raised an alarm of the bar.")
    reviewed: int
    unsure: int = Field(description="Of these, those that nobody can tell, or about which people differ.")
    found: dict[ReviewOutcome, int] = Field(description="Reviewed passages by what they turned out to be.")
    uncovered: list[Stratum] = Field(description="Parts of the carriers of which nobody reviewed any.")
    misses_per_1000: BoundedRateOut | None = Field(
        description="Of 1,000 carriers with an open bar and somebody on it, those without an alarm in time."
    )
    missed_per_1000_carriers: BoundedRateOut | None
    false_per_100_alarms: BoundedRateOut | None
    false_per_1000_carriers: BoundedRateOut | None
    more_for_misses: int | None = Field(
        description="How many more reviews, at the same rates, make the interval of the misses no wider "
        "than 20 of 1,000; 0: it is; null: nobody knows yet, or more than a million."
    )
    more_for_false: int | None = Field(
        description="How many more reviews of alarms make the interval of false ones no wider than 20 of 100."
    )

    @classmethod
    def of(cls, found: Accuracy) -> AccuracyOut:
        """Take what the API shows."""
        return cls(
            carriers=found.carriers,
            unseen=found.unseen,
            alarms=found.alarms,
            reviewed=found.reviewed,
            unsure=found.unsure,
            found=dict(found.found),
            uncovered=list(found.uncovered),
            misses_per_1000=BoundedRateOut.of(found.misses, 1000),
            missed_per_1000_carriers=BoundedRateOut.of(found.missed_carriers, 1000),
            false_per_100_alarms=BoundedRateOut.of(found.false_alarms, 100),
            false_per_1000_carriers=BoundedRateOut.of(found.false_carriers, 1000),
            more_for_misses=found.more_for_misses,
            more_for_false=found.more_for_false,
        )


class DriftOut(Shape):
    """Whether something became more or less frequent over the weeks."""

    trend: Trend
    p: float | None = Field(description="How often chance alone shows a trend as strong; null of too few.")
    events: int = Field(description="How many of them were found.")

    @classmethod
    def of(cls, found: Drift) -> DriftOut:
        """Take what the API shows."""
        return cls.model_validate(found)


class WeekAccuracyOut(BaseModel):
    """A week's own accuracy; begin: its Monday."""

    begin: date
    accuracy: AccuracyOut


class LiftAccuracyOut(BaseModel):
    """A lift's accuracy on the days from `begin` to before `end`."""

    lift_id: str
    begin: date
    end: date
    accuracy: AccuracyOut
    weeks: list[WeekAccuracyOut]
    drift_of_misses: DriftOut
    drift_of_false_alarms: DriftOut
    agreement: AgreementOut | None = Field(description="null while no passage was answered by two.")
    judged_since: datetime = Field(
        description="Since when masks, view and site calibration are these: a time from before mixes both."
    )

    @classmethod
    def of(cls, lift_id: str, found: LiftAccuracy) -> LiftAccuracyOut:
        """Take what the API shows."""
        alike = found.agreement
        return cls(
            lift_id=lift_id,
            begin=found.begin,
            end=found.end,
            accuracy=AccuracyOut.of(found.whole),
            weeks=[WeekAccuracyOut(begin=week, accuracy=AccuracyOut.of(one)) for week, one in found.weeks],
            drift_of_misses=DriftOut.of(found.misses),
            drift_of_false_alarms=DriftOut.of(found.false_alarms),
            agreement=None if alike is None else AgreementOut.of(found.both, alike),
            judged_since=found.judged_since,
        )
