"""An alarm's row and its entry in the outbox: each change takes the next `seq` as it is stored."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Select, String, func, select, type_coerce
from sqlalchemy.orm import Session

from service.domain.alarm import LEAST_IMPORTANT, Alarm, AlarmDraft, AlarmKind, priority_of
from service.domain.errors import NotFoundError
from service.domain.people import SYSTEM, Origin
from service.store.audit import entries
from service.store.damage import intact
from service.store.database import NEW_ALARMS
from service.store.reports import calls
from service.store.sql.portable import BytesOfText
from service.store.tables import AlarmEventRow, AlarmRow, filters

_JSON = TypeAdapter(Alarm)
_FIELDS = [each.name for each in fields(Alarm)]
STORED: ColumnElement[bytes] = BytesOfText(type_coerce(AlarmEventRow.alarm, String))
"""Read as bytes: a single damaged row that is read as text or JSON makes the whole query fail."""


def last_seq(session: Session) -> int:
    """Return the newest seq, 0 if there was no alarm yet."""
    return session.scalar(select(func.max(AlarmEventRow.seq))) or 0


def read(stored: bytes | None) -> Alarm | None:
    """Return the alarm of an entry of the outbox; None if it is damaged."""
    try:
        return _JSON.validate_json(stored or b"")
    except ValidationError:
        return None


def record_event(
    session: Session, row: AlarmRow, at: datetime, *, action: str, actor: str, note: str
) -> Alarm:
    """Store the row as it is now under the next seq, with its entry of outbox and audit; return the alarm."""
    # The write transaction holds the database's only write lock: nobody else can take the same seq.
    row.seq = last_seq(session) + 1
    session.add(row)
    alarm = alarm_of(row)
    stored = _JSON.dump_python(alarm, mode="json")
    about = {"at": at, "action": action, "actor": actor, "note": note, "alarm": stored}
    session.add(AlarmEventRow(seq=row.seq, alarm_id=row.id, **about))
    calls.note(session, row, at, action)
    by = SYSTEM if actor == SYSTEM.name else session.info.get(entries.ORIGIN) or Origin(actor)
    what = {"state": row.state, "kind": row.kind, "lift_id": row.lift_id, "passage_id": row.passage_id}
    entries.record(session, f"alarm.{action}", row.id, by=by, change=row.seq, note=note, **what)
    session.info.setdefault(NEW_ALARMS, []).append(alarm)
    return alarm


def new_row(alarm: Alarm | AlarmDraft, **own: Any) -> AlarmRow:
    """Return a row of the alarm, without a seq yet; own: the columns that the alarm itself does not say."""
    return AlarmRow(
        seq=0,
        kind=alarm.kind.value,
        severity=alarm.severity.value,
        lift_id=alarm.lift_id,
        place=alarm.lift_id or "",
        cause=alarm.cause,
        passage_id=alarm.passage_id,
        verdict=None if alarm.verdict is None else alarm.verdict.value,
        evidence=list(alarm.evidence),
        message=alarm.message,
        left_at=alarm.left_at,
        parameters=dict(alarm.parameters),
        urgency=LEAST_IMPORTANT + 1 - priority_of(alarm.kind, alarm.cause),
        **own,
    )


def same(alarm: Alarm | AlarmDraft) -> Select[int]:
    """Return what finds the row of the same alarm, if it stands."""
    query = select(AlarmRow.row)
    if alarm.kind is AlarmKind.BAR_OPEN:
        return query.where(AlarmRow.passage_id == alarm.passage_id, filters.bar_open())
    return query.where(
        AlarmRow.kind == alarm.kind.value,
        AlarmRow.place == (alarm.lift_id or ""),
        AlarmRow.cause == alarm.cause,
        filters.open_health(),
    )


def row_of(session: Session, alarm_id: str) -> AlarmRow:
    """Return the row of an alarm; raises NotFoundError, DamagedError."""
    with intact(session, AlarmRow.__tablename__, alarm_id, f"alarm {alarm_id!r} is"):
        row = session.scalar(select(AlarmRow).where(AlarmRow.id == alarm_id))
        if row is not None:
            alarm_of(row)
            return row
    raise NotFoundError(f"no alarm {alarm_id!r}")


def alarm_of(row: AlarmRow) -> Alarm:
    """Return the alarm of a row; raises what service.store.damage.DAMAGE lists of a damaged one."""
    return _JSON.validate_python({name: getattr(row, name) for name in _FIELDS})
