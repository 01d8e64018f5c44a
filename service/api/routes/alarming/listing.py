"""The history of alarms: in pages, and as a table for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, TypedDict

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from service.api.deps import SOMEWHERE, Caller, Cursor, Limit, RuntimeDep, TableWords, check_sight
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.alarms import AlarmOut, AlarmsOut, ListedAlarmOut
from service.api.schemas.base import Moment
from service.api.threads import vital
from service.domain.alarm import LEAST_IMPORTANT, Alarm, AlarmKind, AlarmState
from service.domain.people import Principal
from service.domain.reviewing.answers import AlarmReview
from service.domain.telling.alarms import kind_of, message_of
from service.figures.spreadsheet import Cell, csv_lines
from service.replicas.answering import from_database
from service.store import alarms
from service.store.audit import entries
from service.store.records import Page
from service.store.reviewing.alarmed import rights
from service.words.catalogue import Words

router = APIRouter(prefix="/alarms", tags=["alarms"])

EXPORTED_AT_ONCE = 200
COLUMNS = (
    *("id", "raised_at", "lift_id", "kind", "cause", "priority", "severity", "state", "message"),
    *("left_at", "late", "ended_at", "acknowledged_at", "acknowledged_by"),
    *("shelved_until", "shelved_by", "shelved_reason", "group", "passage_id", "alarm_right"),
)


class AlarmFilter(TypedDict):
    """Which alarms are asked for, by the names that the store has."""

    lift_id: str | None
    kind: AlarmKind | None
    state: AlarmState | None
    group: str | None
    priority: int | None
    reviewed: AlarmReview | None
    standing: bool
    from_: datetime | None
    to: datetime | None


def _filter(
    lift_id: Annotated[str | None, Query(max_length=64, description="Of this lift only.")] = None,
    kind: Annotated[AlarmKind | None, Query(description="Of this kind only.")] = None,
    state: Annotated[AlarmState | None, Query(description="In this state only.")] = None,
    group: Annotated[str | None, Query(max_length=64, description="Of this group only.")] = None,
    priority: Annotated[
        int | None, Query(ge=1, le=LEAST_IMPORTANT, description="Of this priority only, 1 is the highest.")
    ] = None,
    reviewed: Annotated[
        AlarmReview | None,
        Query(description="Of the bar only: by what the reviews of the carrier say of the alarm."),
    ] = None,
    standing: Annotated[
        bool,
        Query(
            description="Only conditions that are not over, and what nobody has acknowledged; the most "
            "important first."
        ),
    ] = False,
    from_: Annotated[
        Moment | None, Query(alias="from", description="Raised at or after this time (with its zone).")
    ] = None,
    to: Annotated[Moment | None, Query(description="Raised before this time (with its zone).")] = None,
) -> AlarmFilter:
    return AlarmFilter(
        lift_id=lift_id,
        kind=kind,
        state=state,
        group=group,
        priority=priority,
        reviewed=reviewed,
        standing=standing,
        from_=from_,
        to=to,
    )


Filter = Annotated[AlarmFilter, Depends(_filter)]


@router.get(
    "", summary="The history of alarms", dependencies=SOMEWHERE, responses=responses(401, 403, 422, 503)
)
@from_database
@vital
def list_alarms(
    runtime: RuntimeDep, principal: Caller, wanted: Filter, cursor: Cursor = None, limit: Limit = 50
) -> AlarmsOut:
    """Give a page of alarms, the last raised first. The same path answers WebSockets with the live feed.

    A cursor names an alarm: what comes meanwhile neither moves the following pages nor repeats in them.
    """
    check_sight(principal, wanted["lift_id"])
    before = None if cursor is None else int(cursor)
    with runtime.store.reading() as session:
        page = alarms.listing(session, **wanted, lifts=principal.lifts, before=before, limit=limit)
        right = _rights(session, page)
    items = [
        ListedAlarmOut(
            **AlarmOut.of(alarm, runtime.settings.root_path).model_dump(),
            alarm_right=right.get(alarm.passage_id or ""),
        )
        for alarm in page.items
    ]
    return AlarmsOut(
        items=items,
        next=None if page.next is None else str(page.next),
        unreadable=page.unreadable,
        flood=runtime.hub.status.flood is not None,
    )


@router.get(
    "/export.csv",
    summary="The history as a table",
    dependencies=SOMEWHERE,
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {}}, "description": "A line for each alarm, in the order of the list."},
        **responses(401, 403, 422, 503),
    },
)
@from_database
def export_alarms(
    runtime: RuntimeDep, principal: Caller, wanted: Filter, words: TableWords
) -> StreamingResponse:
    """Give every alarm that the filters leave, made while it is sent; the export is in the audit.

    Times are UTC, but for a table in a language. A text that a spreadsheet would take for a formula begins
    with an apostrophe.
    """
    check_sight(principal, wanted["lift_id"])
    said: dict[str, entries.Plain] = {
        key: str(value) for key, value in wanted.items() if value not in (None, False)
    }

    def note(session: Session) -> object:
        return entries.record(session, "alarm.export", wanted["lift_id"] or "", filters=said)

    runtime.store.write(note).result()
    header = COLUMNS if words is None else [words["tables"]["alarms"][name] for name in COLUMNS]
    lines = csv_lines(header, _rows(runtime, principal, wanted, words), words)
    named = {"Content-Disposition": 'attachment; filename="alarms.csv"'}
    return StreamingResponse(lines, media_type="text/csv", headers=named)


def _rows(
    runtime: Runtime, principal: Principal, wanted: AlarmFilter, words: Words | None
) -> Iterator[tuple[Cell, ...]]:
    before: int | None = None
    while True:
        with runtime.store.reading() as session:  # for each page: a slow client must not hold it open
            page = alarms.listing(
                session, **wanted, lifts=principal.lifts, before=before, limit=EXPORTED_AT_ONCE
            )
            right = _rights(session, page)
        for alarm in page.items:
            yield _row(alarm, right.get(alarm.passage_id or ""), words)
        if page.next is None:
            return
        before = page.next


def _row(alarm: Alarm, right: bool | None, words: Words | None) -> tuple[Cell, ...]:
    kind, severity, state, message = alarm.kind.value, alarm.severity.value, alarm.state.value, alarm.message
    if words is not None:
        kind, message = kind_of(alarm, words), message_of(alarm, words)
        severity, state = words["severities"][severity], words["alarmStates"][state]
    return (
        *(alarm.id, alarm.raised_at, alarm.lift_id, kind, alarm.cause, alarm.priority),
        *(severity, state, message),
        *(alarm.left_at, alarm.late, alarm.ended_at),
        *(alarm.acknowledged_at, alarm.acknowledged_by),
        *(alarm.shelved_until, alarm.shelved_by, alarm.shelved_reason),
        *(alarm.group, alarm.passage_id, right),
    )


def _rights(session: Session, page: Page[Alarm]) -> dict[str, bool | None]:
    return rights(session, [one.passage_id for one in page.items if one.passage_id is not None])
