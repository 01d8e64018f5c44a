"""Raising alarms: a new one, or the same one again."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.domain.alarm import (
    CHATTERING,
    CONSEQUENCES,
    OVER,
    Alarm,
    AlarmDraft,
    AlarmKind,
    AlarmState,
)
from service.store.alarms.groups import group_for
from service.store.alarms.out_of_service import covering
from service.store.alarms.restoring import restore
from service.store.alarms.rows import new_row, record_event, same
from service.store.tables import AlarmRow, filters

_SEEN = (AlarmState.ACTIVE.value, AlarmState.ACKNOWLEDGED.value)


def raise_alarm(
    session: Session, draft: AlarmDraft, at: datetime | None = None, state: AlarmState = AlarmState.ACTIVE
) -> Alarm | None:
    """Store a new alarm and return it; None if the same alarm is standing already.

    The same: for bar_open an alarm of this passage; for the others one of this kind, lift and cause that is
    not cleared. Another cause is another alarm: it must be seen and heard whatever became of the first.
    One that has returned becomes active again, and one that chatters says so: each under a new seq.
    An alarm of what is out of service, or that only follows from another, is marked as such.
    state: CLEARED for what is only to be recorded.
    """
    at = at or datetime.now(UTC)
    known = session.execute(same(draft).with_only_columns(AlarmRow.state, AlarmRow.below)).first()
    if known is not None:
        if not set(known) & OVER and CHATTERING not in draft.parameters:
            return None
        restore(session)  # a damaged row could be neither read nor changed
        number = session.scalar(same(draft))
        if number is not None:
            return _raise_again(session, session.get_one(AlarmRow, number), draft, at)
    row = new_row(draft, id=uuid.uuid4().hex, raised_at=at, state=state.value)
    if state is AlarmState.ACTIVE:
        row.announced_at = at
        if draft.kind is AlarmKind.BAR_OPEN:
            row.group = group_for(session, draft.lift_id, at) or row.id
        cause = None
        if covering(session, draft.lift_id, draft.kind, at):
            row.state = AlarmState.OUT_OF_SERVICE.value
        elif (cause := suppressor(session, draft.kind, draft.lift_id)) is not None:
            row.state, row.suppressed_by = AlarmState.SUPPRESSED.value, cause.value
        row.below = None if row.state == state.value else state.value
    return record_event(session, row, at, action="raise", actor="system", note="")


def suppressor(session: Session, kind: AlarmKind, lift_id: str | None) -> AlarmKind | None:
    """Return the kind of a standing alarm, which people see, that one of this kind follows from, or None."""
    causes = CONSEQUENCES.get(kind)
    if causes is None:
        return None
    found = session.scalar(
        select(AlarmRow.kind).where(
            filters.open_health(),
            AlarmRow.kind.in_(sorted(causes)),
            or_(AlarmRow.place == (lift_id or ""), AlarmRow.place == ""),
            filters.unindexed(AlarmRow.state).in_(_SEEN),
        )
    )
    return None if found is None else AlarmKind(found)


def _raise_again(session: Session, row: AlarmRow, draft: AlarmDraft, at: datetime) -> Alarm | None:
    """Make a returned alarm active, or say of a standing one that it chatters; None if it does already."""
    returned = AlarmState.RETURNED.value in (row.state, row.below)
    if not returned and CHATTERING in row.parameters:
        return None
    if returned:
        if row.below is not None or covering(session, draft.lift_id, draft.kind, at):
            row.state, row.below = AlarmState.OUT_OF_SERVICE.value, AlarmState.ACTIVE.value
        else:
            row.state = AlarmState.ACTIVE.value
        row.announced_at, row.ended_at = at, None
    row.message, row.parameters = draft.message, dict(draft.parameters)
    return record_event(session, row, at, action="raise" if returned else "chatter", actor="system", note="")
