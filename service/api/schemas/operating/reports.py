"""Reports as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from pydantic import BaseModel, Field

from service.api.schemas.base import Shape
from service.api.schemas.operating.figures import AcknowledgingOut
from service.domain.alarm import LEAST_IMPORTANT
from service.figures.periods import ReportPeriod
from service.figures.report import ShiftReport, SightFigures
from service.figures.watching import WatchState
from service.reports.making import MadeReport, ReportOrder


class CarrierFiguresOut(Shape):
    """Carriers that were counted, by verdict and by who sat there."""

    carriers: int
    occupied: int = Field(description="Seen to be occupied, whatever the bar.")
    seat_unclear: int = Field(description="Nobody can tell whether anybody sat there.")
    unknown: int = Field(description="Nobody can tell how the bar was; in no share.")
    open_occupied: int = Field(description="The bar was open at TF, and somebody sat there.")
    closed_occupied: int
    open_share: float | None = Field(
        ge=0,
        le=1,
        description="`open_occupied` of `open_occupied` and `closed_occupied`; null where there were none.",
    )
    by: dict[str, int] = Field(description="All nine: VERDICT_SEAT.")


class SightOut(BaseModel):
    """How long lifts were watched, in seconds, added up over lifts."""

    elapsed_s: float = Field(description="Of the time asked for, what is over, times the lifts.")
    watched_s: float
    blind_s: float = Field(description="Known not to be watched; `states` says why.")
    unknown_s: float = Field(description="Nobody knows: no record was made, or it is kept no more.")
    states: dict[WatchState, float] = Field(
        description="Seconds of each state that there was; with `unknown` they add up to `elapsed_s`."
    )
    camera_s: float = Field(description="In which frames came from the camera.")
    camera_share: float | None = Field(
        ge=0, le=1, description="`camera_s` of the time that is not unknown; null where all of it is."
    )

    @classmethod
    def of(cls, found: SightFigures) -> SightOut:
        """Leave out states that there were none of."""
        return cls(
            elapsed_s=found.elapsed_s,
            watched_s=found.states[WatchState.WATCHED],
            blind_s=found.blind_s,
            unknown_s=found.states[WatchState.UNKNOWN],
            states={state: seconds for state, seconds in found.states.items() if seconds},
            camera_s=found.camera_s,
            camera_share=found.camera_share,
        )


class ReportPartOut(BaseModel):
    """An hour of a shift or day, or a day of a week or season."""

    begin: datetime
    end: datetime
    counted: bool = Field(description="Whether carriers were counted all the while; else figures may be low.")
    carriers: CarrierFiguresOut
    sight: SightOut
    alarms: int


class ReportHourOut(BaseModel):
    """An hour of the day by the resort's clock, over all days."""

    hour: int = Field(ge=0, le=23)
    carriers: CarrierFiguresOut


class ReportLiftOut(BaseModel):
    """One lift, over all of the time."""

    lift_id: str
    name: str | None = Field(description="Null of a lift that is registered no more.")
    area: str = Field(description="Empty: nobody has said it.")
    carriers: CarrierFiguresOut
    sight: SightOut
    alarms: int


class ReportKindOut(Shape):
    """Alarms of one kind and priority."""

    kind: str
    priority: int
    alarms: int
    acknowledging: AcknowledgingOut


class ReportPriorityOut(BaseModel):
    """How many alarms had a priority, 1 the most important."""

    priority: int
    alarms: int


class ReportReviewsOut(Shape):
    """What people who looked at pictures again found. Of the others nobody knows."""

    reviewed: int
    alarms: int = Field(description="Of those reviewed.")
    false_alarms: int = Field(description="Of these: the bar was closed, or nobody sat there.")
    misses: int = Field(description="Reviewed, occupied and open, and no alarm.")


class ReportOut(BaseModel):
    """A report of a shift, day, week or season."""

    period: ReportPeriod
    first_day: date
    last_day: date
    hours: str | None = Field(description="Of each day these alone, by the resort's clock.")
    time_zone: str
    from_: datetime = Field(serialization_alias="from")
    to: datetime
    now: datetime = Field(description="What comes later is not over.")
    shifts: list[str] = Field(description="The shifts that are set up (`BARWATCH_SHIFTS`).")
    carriers: CarrierFiguresOut
    sight: SightOut
    parts: list[ReportPartOut]
    by_hour: list[ReportHourOut]
    by_lift: list[ReportLiftOut]
    alarms: int = Field(description="How often an alarm called for somebody.")
    acknowledging: AcknowledgingOut
    kinds: list[ReportKindOut]
    priorities: list[ReportPriorityOut]
    reviews: ReportReviewsOut
    carriers_since: datetime | None = Field(description="From when carriers are counted; null: unknown.")
    alarms_since: datetime | None = Field(description="From when alarms are counted; null: unknown.")
    unreadable: int = Field(description="Damaged records that are in no figure.")

    @classmethod
    def of(
        cls, made: MadeReport, order: ReportOrder, days: tuple[date, date], zone: str, shifts: Sequence[str]
    ) -> ReportOut:
        """Put together what the page shows; days: the first and the last."""
        report, since = made.report, made.since
        kinds = report.kinds()
        return cls(
            period=order.period,
            first_day=days[0],
            last_day=days[1],
            hours=None if order.hours is None else str(order.hours),
            time_zone=zone,
            from_=made.begin,
            to=made.end,
            now=report.now,
            shifts=list(shifts),
            carriers=CarrierFiguresOut.model_validate(report.carriers()),
            sight=SightOut.of(report.sight()),
            parts=_parts(report, since.get("carriers")),
            by_hour=[
                ReportHourOut(hour=hour, carriers=CarrierFiguresOut.model_validate(report.carriers_at(hour)))
                for hour in range(24)
            ],
            by_lift=_lifts(report, made),
            alarms=report.alarms_in(),
            acknowledging=AcknowledgingOut.model_validate(report.acknowledging()),
            kinds=[ReportKindOut.model_validate(kind) for kind in kinds],
            priorities=[
                ReportPriorityOut(
                    priority=number, alarms=sum(kind.alarms for kind in kinds if kind.priority == number)
                )
                for number in range(1, LEAST_IMPORTANT + 1)
            ],
            reviews=ReportReviewsOut.model_validate(report.reviews()),
            carriers_since=since.get("carriers"),
            alarms_since=since.get("alarms"),
            unreadable=made.unreadable,
        )


def _parts(report: ShiftReport, since: datetime | None) -> list[ReportPartOut]:
    return [
        ReportPartOut(
            begin=part.begin,
            end=part.end,
            counted=since is not None and since <= part.begin,
            carriers=CarrierFiguresOut.model_validate(report.carriers(part=n)),
            sight=SightOut.of(report.sight(part=n)),
            alarms=report.alarms_in(part=n),
        )
        for n, part in enumerate(report.parts)
    ]


def _lifts(report: ShiftReport, made: MadeReport) -> list[ReportLiftOut]:
    return [
        ReportLiftOut(
            lift_id=lift_id,
            name=made.names.get(lift_id),
            area=made.areas.get(lift_id, ""),
            carriers=CarrierFiguresOut.model_validate(report.carriers(n)),
            sight=SightOut.of(report.sight(n)),
            alarms=report.alarms_in(n),
        )
        for n, lift_id in enumerate(report.lifts)
    ]
