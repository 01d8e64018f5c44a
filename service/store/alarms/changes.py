"""Changes of an alarm that is there. Which of them is allowed is not decided here but in service.alarms."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.alarm import Alarm, AlarmState, Parameters
from service.store.alarms.rows import record_event, row_of
from service.store.tables import AlarmRow, filters


class AlarmColumns(TypedDict, total=False):
    """What can change with an alarm's state; what is not named stays."""

    below: AlarmState | None
    announced_at: datetime | None
    ended_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    shelved_since: datetime | None
    shelved_until: datetime | None
    shelved_by: str | None
    shelved_reason: str | None
    suppressed_by: None
    message: str
    parameters: Parameters


def change(
    session: Session,
    alarm_id: str,
    state: AlarmState,
    *,
    action: str,
    actor: str,
    note: str = "",
    at: datetime | None = None,
    **columns: Unpack[AlarmColumns],
) -> Alarm:
    """Give the alarm a new state and the next seq. Raises NotFoundError, DamagedError."""
    row = row_of(session, alarm_id)
    row.state = state.value
    for name, value in columns.items():
        setattr(row, name, value.value if isinstance(value, AlarmState) else value)
    return record_event(session, row, at or datetime.now(UTC), action=action, actor=actor, note=note)


def replace_evidence(
    session: Session, passage_id: str, evidence: tuple[str, ...], note: str = "pictures could not be written"
) -> Alarm | None:
    """Change the evidence of the passage's alarm, under a new seq; return None if nothing changes."""
    row = session.scalar(select(AlarmRow).where(AlarmRow.passage_id == passage_id, filters.bar_open()))
    if row is None:
        return None
    clip = [url for url in row.evidence if url == clip_url(row.id)]
    return _set_evidence(session, row, [*evidence, *clip], note)


def clip_url(alarm_id: str) -> str:
    """Return the address of an alarm's clip."""
    return f"/alarms/{alarm_id}/clip.mp4"


def show_clip(session: Session, alarm_id: str, shown: bool, note: str) -> Alarm | None:
    """Name the alarm's clip in its evidence, or no longer, under a new seq; None if nothing changes.

    Raises NotFoundError, DamagedError.
    """
    row = row_of(session, alarm_id)
    others = [url for url in row.evidence if url != clip_url(alarm_id)]
    return _set_evidence(session, row, [*others, clip_url(alarm_id)] if shown else others, note)


def _set_evidence(session: Session, row: AlarmRow, evidence: list[str], note: str) -> Alarm | None:
    if row.evidence == evidence:
        return None
    row.evidence = evidence
    return record_event(session, row, datetime.now(UTC), action="evidence", actor="system", note=note)


def hold(session: Session, alarm_id: str, held: bool) -> bool:
    """Keep the alarm and its passage whatever their age, or no longer; return whether that changed."""
    row = row_of(session, alarm_id)
    before, row.held = row.held, held
    return before is not held
