"""A report, from what is kept: of some lifts or all, of a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from service.figures.periods import ReportPeriod, ResortCalendar, ShiftHours
from service.figures.report import ShiftReport, make_report
from service.store import lifts
from service.store.counting import carriers
from service.store.overview import places
from service.store.reports import calls, history, spans


@dataclass(frozen=True, slots=True)
class ReportOrder:
    """What a report is asked of: the period that holds a day, and of each day these hours only.

    lifts: of these; None: of all. visible: those that the caller may see; None: all.
    """

    period: ReportPeriod
    day: date
    hours: ShiftHours | None
    lifts: Sequence[str] | None = None
    visible: Collection[str] | None = None


@dataclass(frozen=True, eq=False)
class MadeReport:
    """A report, and what has to be said with it.

    begin, end: of its time. names, areas: of the lifts that are registered. since: from when `carriers` and
    `alarms` are counted. unreadable: damaged rows that are in no figure.
    """

    report: ShiftReport
    begin: datetime
    end: datetime
    names: dict[str, str]
    areas: dict[str, str]
    since: dict[str, datetime]
    unreadable: int


def make(session: Session, calendar: ResortCalendar, order: ReportOrder, now: datetime) -> MadeReport:
    """Return the report, as it is at an aware time."""
    stretches = calendar.stretches(order.period, order.day, order.hours)
    parts = calendar.parts(order.period, stretches)
    chosen = tuple(order.lifts) if order.lifts is not None else _visible(session, order)
    begin, end = parts[0].begin, parts[-1].end
    counted, bad_counts = carriers.within(session, chosen, begin, end)
    watched, bad_spans = spans.within(session, chosen, begin, end)
    called, bad_calls = calls.within(session, chosen, begin, end, service=order.lifts is None)
    seen, bad_reviews = history.reviewed(session, chosen, begin, end)
    report = make_report(
        calendar, chosen, parts, now, counted=counted, spans=watched, calls=called, reviewed=seen
    )
    names = {lift.id: lift.name for lift in lifts.listing(session)}
    unreadable = bad_counts + bad_spans + bad_calls + bad_reviews
    areas = {lift_id: place.area for lift_id, place in places.by_lift(session).items()}
    return MadeReport(report, begin, end, names, areas, history.since(session), unreadable)


def _visible(session: Session, order: ReportOrder) -> tuple[str, ...]:
    found = history.lifts(session)
    return found if order.visible is None else tuple(one for one in found if one in order.visible)
