"""Raising alarms: a new one, or the same one again."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from service.domain.alarm import CHATTERING, Alarm, AlarmDraft, AlarmState
from service.store.alarms.restoring import restore
from service.store.alarms.rows import new_row, record_event, same
from service.store.tables import AlarmRow


def raise_alarm(
    session: Session, draft: AlarmDraft, at: datetime | None = None, state: AlarmState = AlarmState.ACTIVE
) -> Alarm | None:
    """Store a new alarm and return it; None if the same alarm is standing already.

    The same: for bar_open an alarm of this passage; for the others one of this kind, lift and cause that is
    not cleared. Another cause is another alarm: it must be seen and heard whatever became of the first.
    One that has returned becomes active again, and one that chatters says so: each under a new seq.
    state: CLEARED for what is only to be recorded.
    """
    at = at or datetime.now(UTC)
    state_now = session.scalar(same(draft).with_only_columns(AlarmRow.state))
    if state_now is not None:
        if state_now != AlarmState.RETURNED.value and CHATTERING not in draft.parameters:
            return None
        restore(session)  # a damaged row could be neither read nor changed
        number = session.scalar(same(draft))
        if number is not None:
            return _raise_again(session, session.get_one(AlarmRow, number), draft, at)
    announced_at = at if state is AlarmState.ACTIVE else None
    row = new_row(draft, id=uuid.uuid4().hex, raised_at=at, state=state.value, announced_at=announced_at)
    return record_event(session, row, at, action="raise", actor="system", note="")


def _raise_again(session: Session, row: AlarmRow, draft: AlarmDraft, at: datetime) -> Alarm | None:
    """Make a returned alarm active, or say of a standing one that it chatters; None if it does already."""
    returned = row.state == AlarmState.RETURNED.value
    if not returned and CHATTERING in row.parameters:
        return None
    if returned:
        row.state, row.announced_at = AlarmState.ACTIVE.value, at
    row.message, row.parameters = draft.message, dict(draft.parameters)
    return record_event(session, row, at, action="raise" if returned else "chatter", actor="system", note="")
