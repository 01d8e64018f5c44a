"""What is out of service: a lift, or its camera, until a time."""

from __future__ import annotations

from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.domain.alarm import AlarmKind, OutOfService
from service.domain.errors import NotFoundError
from service.store.damage import readable
from service.store.tables import OutOfServiceRow

_ENTRY = TypeAdapter(OutOfService)
_FIELDS = ("lift_id", "scope", "by", "reason", "since", "until")


def put(session: Session, entry: OutOfService) -> None:
    """Store what is out of service, in place of what the lift had before."""
    remove(session, entry.lift_id)
    session.add(OutOfServiceRow(**{name: getattr(entry, name) for name in _FIELDS}))
    session.flush()


def remove(session: Session, lift_id: str) -> None:
    """Take the lift's entry away, if it has one."""
    session.execute(delete(OutOfServiceRow).where(OutOfServiceRow.lift_id == lift_id))


def listing(session: Session) -> tuple[OutOfService, ...]:
    """Return all that is out of service, by lift; a damaged entry is none: its lift's alarms are heard."""
    query = select(OutOfServiceRow).order_by(OutOfServiceRow.lift_id)
    rows = readable(session, query, OutOfServiceRow.lift_id, _entry)
    return tuple(entry for _, entry in rows if entry is not None)


def get(session: Session, lift_id: str) -> OutOfService:
    """Return the lift's entry; raises NotFoundError if it is in service."""
    for entry in listing(session):
        if entry.lift_id == lift_id:
            return entry
    raise NotFoundError(f"lift {lift_id!r} is in service", "in_service", lift_id=lift_id)


def covering(session: Session, lift_id: str | None, kind: AlarmKind, at: datetime) -> bool:
    """Say whether alarms of this kind at the lift are marked at an aware time."""
    if lift_id is None:
        return False
    query = select(OutOfServiceRow).where(OutOfServiceRow.lift_id == lift_id)
    rows = readable(session, query, OutOfServiceRow.lift_id, _entry)
    return any(entry is not None and entry.covers(kind) and entry.until > at for _, entry in rows)


def _entry(row: OutOfServiceRow) -> OutOfService:
    return _ENTRY.validate_python({name: getattr(row, name) for name in _FIELDS})
