"""Reports: of a shift, a day, a week or a season, as JSON and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from service.api.deps import SOMEWHERE, Caller, RuntimeDep, TableWords, check_sight
from service.api.problems import responses
from service.api.schemas.operating.reports import ReportOut
from service.figures.carriers import NAMES
from service.figures.periods import HOURS_PATTERN, ReportPeriod, ResortCalendar, ShiftHours
from service.figures.spreadsheet import Cell, csv_lines
from service.figures.watching import STATES
from service.replicas.answering import from_database
from service.reports.making import MadeReport, ReportOrder, make
from service.words.catalogue import Words

router = APIRouter(tags=["reports"])

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)
"""Whole quarters of an hour are whole quarters by every clock since then."""


@dataclass(frozen=True)
class AskedReport:
    """What a request asks for, checked against who asks."""

    order: ReportOrder
    calendar: ResortCalendar
    now: datetime


def asked(
    runtime: RuntimeDep,
    principal: Caller,
    period: ReportPeriod = ReportPeriod.DAY,
    day: Annotated[
        date | None,
        Query(
            alias="date",
            ge=EARLIEST,
            le=LATEST,
            description="A day of the period, by the resort's clock; today if not given.",
        ),
    ] = None,
    hours: Annotated[
        str | None,
        Query(
            pattern=HOURS_PATTERN,
            description="Of each day these hours alone, by the quarter, such as 08:30-16:30; past midnight "
            "as well. Of a shift the first that is set up if not given.",
        ),
    ] = None,
    lift_id: Annotated[
        list[Annotated[str, Query(max_length=64)]] | None,
        Query(max_length=200, description="Of these lifts only; of all that the caller sees if not given."),
    ] = None,
) -> AskedReport:
    """Return what a report is asked of."""
    for lift in lift_id or ():
        check_sight(principal, lift)
    settings, now = runtime.settings, runtime.clock.now()
    calendar = settings.calendar()
    shown = ShiftHours.read(hours) if hours is not None else None
    if shown is None and period is ReportPeriod.SHIFT:
        shown = settings.shift_hours()[0]
    today = min(max(calendar.date_of(now), EARLIEST), LATEST)
    lifts = None if lift_id is None else tuple(dict.fromkeys(lift_id))
    return AskedReport(ReportOrder(period, day or today, shown, lifts, principal.lifts), calendar, now)


Asked = Annotated[AskedReport, Depends(asked)]


@router.get(
    "/reports",
    summary="A report",
    dependencies=SOMEWHERE,
    responses=responses(401, 403, 422, 503),
)
@from_database
def report(runtime: RuntimeDep, ask: Asked) -> ReportOut:
    """Say what passed, how often the bar was open, for how long nobody could see it, and who came to alarms.

    Figures are kept when passages and alarms are gone. What nobody can know is said to be unknown.
    """
    with runtime.store.reading() as session:
        made = make(session, ask.calendar, ask.order, ask.now)
    first, after = ask.calendar.days(ask.order.period, ask.order.day)
    return ReportOut.of(
        made,
        ask.order,
        (first, after - timedelta(days=1)),
        ask.calendar.zone.key,
        [str(shift) for shift in runtime.settings.shift_hours()],
    )


@router.get(
    "/reports.csv",
    summary="A report as CSV",
    dependencies=SOMEWHERE,
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {}}, "description": "A row for each lift and hour, or day."},
        **responses(401, 403, 422, 503),
    },
)
@from_database
def as_csv(runtime: RuntimeDep, ask: Asked, words: TableWords) -> StreamingResponse:
    """Give the same figures for a spreadsheet: of each lift by hours, or by days of a week or season."""
    with runtime.store.reading() as session:
        made = make(session, ask.calendar, ask.order, ask.now)
    first, _ = ask.calendar.days(ask.order.period, ask.order.day)
    name = f"barwatch-{ask.order.period.value}-{first}.csv"
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    header = _HEADER if words is None else [_head(name, words) for name in _HEADER]
    lines = csv_lines(header, _rows(made, ask.calendar), words)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8; header=present", headers=named)


_HEADER = (
    *("lift_id", "lift", "begin", "end", "begin_utc", "carriers", "occupied", "seat_unclear", "unknown"),
    *("open_share", *NAMES, "alarms", "elapsed_s", "camera_s", *(f"{state.value}_s" for state in STATES)),
)


def _head(name: str, words: Words) -> str:
    """Return the head of a column in a language."""
    texts = words["tables"]
    if name in NAMES:
        verdict, seat = name.split("_")
        return words.fill(
            texts["counted"], {"verdict": words["verdicts"][verdict], "seat": words["seats"][seat]}
        )
    what = texts["reports"].get(name) or words["watchStates"][name.removesuffix("_s")]
    return words.fill(texts["seconds"], {"what": what}) if name.endswith("_s") else str(what)


def _rows(made: MadeReport, calendar: ResortCalendar) -> Iterator[tuple[Cell, ...]]:
    report, zone = made.report, calendar.zone
    for lift, lift_id in enumerate(report.lifts):
        for n, part in enumerate(report.parts):
            if part.begin >= report.now:
                break
            carriers, sight = report.carriers(lift, n), report.sight(lift, n)
            yield (
                lift_id,
                made.names.get(lift_id),
                f"{part.begin.astimezone(zone):%Y-%m-%d %H:%M}",
                f"{part.end.astimezone(zone):%Y-%m-%d %H:%M}",
                f"{part.begin.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                *(carriers.carriers, carriers.occupied, carriers.seat_unclear, carriers.unknown),
                carriers.open_share,
                *(carriers.by[name] for name in NAMES),
                report.alarms_in(lift, n),
                *(sight.elapsed_s, sight.camera_s),
                *(sight.states[state] for state in STATES),
            )
