"""What the database keeps of the clock, and what moves with the time when a person confirms it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.alarm import AlarmState
from service.store.audit import entries
from service.store.damage import DAMAGE
from service.store.tables import AlarmEventRow, AlarmRow, MetaRow, OutOfServiceRow, PassageRow

KEY = "clock"


@dataclass(frozen=True, slots=True)
class StoredNote:
    """The believed time, the counter's reading then, and the boot that it counts within."""

    wall: AwareDatetime
    counter_s: float
    boot: str


_NOTE = TypeAdapter(StoredNote)


def keep(session: Session, wall: datetime, counter_s: float, boot: str) -> None:
    """Store the note in place of the one before."""
    session.merge(MetaRow(key=KEY, value=_NOTE.dump_json(StoredNote(wall, counter_s, boot)).decode()))


def last(session: Session) -> StoredNote | None:
    """Return the note; where there is none, the time of the newest row; None of an empty database."""
    row = session.get(MetaRow, KEY)
    if row is not None:
        try:
            return _NOTE.validate_json(row.value)
        except ValidationError:
            pass
    times = []
    for time, order in ((PassageRow.seen_at, PassageRow.row), (AlarmEventRow.at, AlarmEventRow.seq)):
        try:
            found = session.scalar(select(time).order_by(order.desc()).limit(1))
        except DAMAGE:
            continue
        if found is not None:
            times.append(found)
    return StoredNote(max(times), 0.0, "") if times else None


def confirmed(session: Session, by: timedelta) -> None:
    """Note that a person believes the time that jumped; what is shelved or out of service moves by as much.

    So nothing is back early or stays away for longer.

    Sign-ins are measured by a clock of their own (service.host.clocks.steady).
    """
    entries.record(session, "clock.confirm", jumped_by_s=round(by.total_seconds()))
    for alarm in session.scalars(select(AlarmRow).where(AlarmRow.state == AlarmState.SHELVED.value)):
        if alarm.shelved_until is not None:
            alarm.shelved_until = _moved(alarm.shelved_until, by)
            alarm.shelved_since = None if alarm.shelved_since is None else _moved(alarm.shelved_since, by)
    for entry in session.scalars(select(OutOfServiceRow)):
        entry.until = _moved(entry.until, by)


def _moved(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at
