"""Alarms whose row is damaged: found, and restored as the outbox has them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.domain.alarm import HIDDEN, AlarmState
from service.store.alarms.rows import STORED, alarm_of, new_row, read, record_event, same
from service.store.damage import readable
from service.store.tables import AlarmEventRow, AlarmRow, filters

log = structlog.get_logger(__name__)


def find_damaged(session: Session, after: int = 0, limit: int = 200) -> tuple[tuple[int, ...], int | None]:
    """Look through the next `limit` rows that are not cleared, for `restore`.

    Returns the damaged ones and the row to go on after, None at the end. In steps, for open bars may be many.
    """
    query = select(AlarmRow).where(AlarmRow.state != AlarmState.CLEARED.value, AlarmRow.row > after)
    rows = readable(session, query.order_by(AlarmRow.row).limit(limit), AlarmRow.row, alarm_of)
    last = rows[-1][0] if len(rows) == limit else None
    return tuple(number for number, alarm in rows if alarm is None), last


def restore(session: Session, numbers: Collection[int] = ()) -> None:
    """Restore damaged alarms as the outbox has them, under a new seq: `numbers`, conditions, shelved ones.

    A hidden one becomes active. One that the outbox cannot restore, or that stands again, is removed: a row
    that nobody can read must not keep the same alarm from being raised.
    """
    rows = []
    for which in (
        filters.open_health(),
        AlarmRow.state == AlarmState.SHELVED.value,
        AlarmRow.row.in_(numbers),
    ):
        rows += readable(session, select(AlarmRow).where(which), AlarmRow.row, alarm_of)
    for number in sorted({number for number, alarm in rows if alarm is None}):
        alarm_id = session.scalar(select(AlarmRow.id).where(AlarmRow.row == number))
        stored = select(STORED).where(AlarmEventRow.alarm_id == alarm_id).order_by(AlarmEventRow.seq.desc())
        was = next((found for found in map(read, session.scalars(stored)) if found is not None), None)
        log.error("a damaged alarm is restored from the outbox", alarm=alarm_id, was=was)
        session.execute(delete(AlarmRow).where(AlarmRow.row == number))
        if was is None or session.scalar(same(was)) is not None:
            continue
        state = AlarmState.ACTIVE if was.state in HIDDEN else was.state
        row = new_row(was, row=number, id=was.id, raised_at=was.raised_at, state=state.value)
        row.announced_at, row.group, row.ended_at = was.raised_at, was.group, was.ended_at
        row.acknowledged_at, row.acknowledged_by = was.acknowledged_at, was.acknowledged_by
        record_event(session, row, datetime.now(UTC), action="restore", actor="system", note="was damaged")
