"""Alarms as they called for somebody, and when somebody came: kept when the alarms are gone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.alarm import LEAST_IMPORTANT, AlarmState
from service.figures.key_figures import AlarmSource, Annunciation
from service.store.damage import DAMAGE, readable
from service.store.tables import AlarmRow, CallRow

CALLS = ("raise", "realarm", "unsuppress")
"""Actions after which an alarm that is active calls for somebody."""

SEEN = "acknowledge"

_COLUMNS = TypeAdapter(tuple[str, str | None, int, AwareDatetime, AwareDatetime | None])


def note(session: Session, row: AlarmRow, at: datetime, action: str) -> None:
    """Note that an alarm calls, or that somebody came to what it called for last."""
    if action in CALLS and row.state == AlarmState.ACTIVE.value:
        about = {"lift_id": row.lift_id, "kind": row.kind, "priority": LEAST_IMPORTANT + 1 - row.urgency}
        session.add(CallRow(seq=row.seq, alarm_id=row.id, at=at, **about))
    elif action == SEEN:
        mine = select(CallRow).where(CallRow.alarm_id == row.id).order_by(CallRow.seq.desc()).limit(1)
        try:
            last = session.scalar(mine)
        except DAMAGE:  # an alarm must be acknowledged whatever became of the report's row
            return
        if last is not None and last.acknowledged_at is None:
            last.acknowledged_at = at


def within(
    session: Session, lifts: Collection[str], begin: datetime, end: datetime, *, service: bool
) -> tuple[list[Annunciation], int]:
    """Return the calls of these lifts in [begin, end), in order, and how many rows are damaged.

    service: those about the service itself, which are of no lift, as well.
    """
    query = select(CallRow).where(CallRow.at >= begin, CallRow.at < end).order_by(CallRow.at)
    calls = [call for _, call in readable(session, query, CallRow.seq, _call)]
    wanted = {*lifts, None} if service else set(lifts)
    found = [call for call in calls if call is not None and call.source.lift_id in wanted]
    return found, sum(call is None for call in calls)


def _call(row: CallRow) -> Annunciation:
    stored = row.kind, row.lift_id, row.priority, row.at, row.acknowledged_at
    kind, lift_id, priority, at, seen_at = _COLUMNS.validate_python(stored, strict=True)
    return Annunciation(AlarmSource(kind, lift_id, ""), priority, at, seen_at)
