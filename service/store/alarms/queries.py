"""Which alarms there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.alarm import LEAST_IMPORTANT, MOMENTS, OVER, Alarm, AlarmKind, AlarmState
from service.domain.reviewing.answers import EVENTS, HARMLESS, AlarmReview
from service.store.alarms.rows import alarm_of, row_of
from service.store.damage import readable
from service.store.records import Page
from service.store.tables import AlarmRow, filters

MAX_PAGE = 500
_ROWS = 10**15
"""A cursor through what stands is the urgency times this, plus the row."""

_MOMENTS, _OVER = sorted(MOMENTS), sorted(OVER)


def get(session: Session, alarm_id: str) -> Alarm:
    """Return the alarm as it is now; raises NotFoundError, DamagedError."""
    return alarm_of(row_of(session, alarm_id))


def below(session: Session, alarm_id: str) -> AlarmState:
    """Return the state that a hidden alarm comes back to, ACTIVE where that is not known.

    Raises NotFoundError, DamagedError.
    """
    state = row_of(session, alarm_id).below
    return AlarmState(state) if state in set(AlarmState) else AlarmState.ACTIVE


def shelved_since(session: Session, alarm_id: str) -> datetime | None:
    """Return when the alarm was first shelved since somebody saw it; None if it was not.

    Raises NotFoundError, DamagedError.
    """
    return row_of(session, alarm_id).shelved_since


def standing(
    session: Session, kind: AlarmKind | None = None, lift_id: str | None = None
) -> tuple[Alarm, ...]:
    """Return the alarms of conditions that are not over: all, or one kind's at one lift (None: no lift's)."""
    over = AlarmRow.kind.in_(_MOMENTS) | AlarmRow.state.in_(_OVER)
    over |= func.coalesce(AlarmRow.below, "").in_(_OVER)
    query = select(AlarmRow).where(filters.open_health(), ~over)
    if kind is not None:
        query = query.where(AlarmRow.kind == kind.value, AlarmRow.place == (lift_id or ""))
    # Sorted, for they are few: in the order of rows all alarms would be read.
    rows = readable(session, query.order_by(filters.unindexed(AlarmRow.row)), AlarmRow.row, alarm_of)
    return tuple(alarm for _, alarm in rows if alarm is not None)


def listing(
    session: Session,
    *,
    lift_id: str | None = None,
    lifts: Collection[str] | None = None,
    kind: AlarmKind | None = None,
    state: AlarmState | None = None,
    group: str | None = None,
    priority: int | None = None,
    reviewed: AlarmReview | None = None,
    standing: bool = False,
    from_: datetime | None = None,
    to: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page[Alarm]:
    """Return a page of alarms, the last raised first; `from_` (included) and `to` are aware times of raising.

    lifts: of these only, and of none. standing: only conditions that are not over, and what nobody has
    acknowledged, the most important first. reviewed: only those of the bar, by what people say of them.
    before: the cursor, `next` of the page before. limit: 1..MAX_PAGE.
    """
    if reviewed is not None and kind not in (None, AlarmKind.BAR_OPEN):
        return Page((), None)
    kind = kind if reviewed is None else AlarmKind.BAR_OPEN
    aside, limit = filters.unindexed, min(max(limit, 1), MAX_PAGE)
    query, by_index = select(AlarmRow), not standing
    if standing:
        query = _by_urgency(query, before).where(filters.attention())
        if from_ is not None:
            query = query.where(aside(AlarmRow.raised_at) >= from_)
        if to is not None:
            query = query.where(aside(AlarmRow.raised_at) < to)
    else:
        within = filters.Within(from_, to, before)
        query = within.in_order(session, query, AlarmRow.row, AlarmRow.raised_at)
        by_index = not within.timed
    by_column: dict[InstrumentedAttribute[Any], str | int | None] = {
        AlarmRow.lift_id: lift_id,
        AlarmRow.group: group,
        AlarmRow.kind: kind,
        AlarmRow.state: state,
        AlarmRow.urgency: None if priority is None else LEAST_IMPORTANT + 1 - priority,
    }
    for column, value in by_column.items():
        if value is not None:
            indexed = by_index or (column is AlarmRow.lift_id and not standing)
            query = query.where((column if indexed else aside(column)) == value)
            by_index = False
    if reviewed is not None:
        query = query.where(_said(reviewed))
    if lifts is not None:
        query = query.where(aside(AlarmRow.lift_id).in_(lifts) | AlarmRow.lift_id.is_(None))
    page = Page.of(readable(session, query.limit(limit + 1), AlarmRow.row, alarm_of), limit)
    if not standing or page.next is None:
        return page
    urgency = session.scalar(select(AlarmRow.urgency).where(AlarmRow.row == page.next)) or 0
    return replace(page, next=urgency * _ROWS + page.next)


def _said(reviewed: AlarmReview) -> ColumnElement[bool]:
    right, false = (filters.answered(AlarmRow.passage_id, *answers) for answers in (EVENTS, HARMLESS))
    if reviewed is AlarmReview.RIGHT:
        return right
    return false if reviewed is AlarmReview.FALSE else ~(right | false)


def _by_urgency(query: Select[AlarmRow], before: int | None) -> Select[AlarmRow]:
    """Return the query for a page of what stands, the most important first, of these the last raised."""
    query = query.order_by(AlarmRow.urgency.desc(), AlarmRow.row.desc())
    if before is None:
        return query
    return query.where(tuple_(AlarmRow.urgency, AlarmRow.row) < divmod(before, _ROWS))
