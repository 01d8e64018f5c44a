"""Alarms that are held as evidence: neither retention nor a person may delete what belongs to them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store import alarms
from service.store.audit.entries import record
from service.store.tables import AlarmRow


def hold(session: Session, alarm_id: str, held: bool, note: str = "") -> None:
    """Hold an alarm, or hold it no longer; the audit says so if that changes. Raises NotFoundError."""
    if alarms.hold(session, alarm_id, held):
        record(session, "alarm.hold" if held else "alarm.release", alarm_id, note=note)


def is_held(session: Session, passage_id: str) -> bool:
    """Say whether an alarm of the passage is held."""
    held = select(AlarmRow.row).where(AlarmRow.passage_id == passage_id, AlarmRow.held).limit(1)
    return session.scalar(held) is not None
