"""Alarms that nobody has acknowledged, and their levels of escalation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.alarm import LEAST_IMPORTANT, AlarmKind, AlarmState, priority_of
from service.domain.errors import DamagedError, NotFoundError
from service.domain.escalation.plan import EscalationCall
from service.store.alarms.rows import record_event, row_of
from service.store.tables import AlarmRow, filters

NEEDING = (AlarmState.ACTIVE.value, AlarmState.RETURNED.value)
"""States of an alarm that somebody is to acknowledge and can see."""


@dataclass(frozen=True, slots=True)
class Unacknowledged:
    """An alarm that waits. called_at: when it last called for somebody; level: since then, 0 none."""

    id: str
    lift_id: str | None
    priority: int
    called_at: datetime
    level: int

    @property
    def key(self) -> tuple[str, datetime]:
        """Which wait it is: one that calls again waits anew."""
        return self.id, self.called_at


def unacknowledged(session: Session) -> tuple[Unacknowledged, ...]:
    """Return the alarms that wait for somebody; of one group and priority only the one that waits longest.

    A group is seen as one and calls once. When that alarm alone was acknowledged somebody is there: the next
    one of the group waits from then on.
    """
    called_at = func.coalesce(AlarmRow.announced_at, AlarmRow.raised_at)
    group = func.coalesce(AlarmRow.group, AlarmRow.id), AlarmRow.urgency
    place = func.row_number().over(partition_by=group, order_by=(called_at, AlarmRow.row)).label("place")
    about = AlarmRow.id, AlarmRow.kind, AlarmRow.cause, AlarmRow.lift_id
    times = called_at.label("called_at"), AlarmRow.escalation_level, AlarmRow.escalated_for
    waits = filters.attention(), filters.unindexed(AlarmRow.state).in_(NEEDING)
    inner = select(*about, *times, place).where(*waits).subquery()
    return tuple(
        Unacknowledged(
            row.id,
            row.lift_id,
            priority_of(AlarmKind(row.kind), row.cause) if row.kind in set(AlarmKind) else LEAST_IMPORTANT,
            row.called_at,
            row.escalation_level if row.escalated_for == row.called_at else 0,
        )
        for row in session.execute(select(inner).where(inner.c.place == 1))
    )


def escalate(session: Session, calls: Sequence[EscalationCall], at: datetime | None = None) -> int:
    """Give alarms their next level, each under a new seq; return how many changed.

    One that somebody has acknowledged meanwhile, or that is damaged or gone, is left as it is.
    """
    count = 0
    for call in calls:
        try:
            row = row_of(session, call.alarm_id)
        except (NotFoundError, DamagedError):
            continue
        if row.state not in NEEDING or row.escalation >= call.level:
            continue
        row.escalation_level, row.escalated_for = call.level, row.announced_at or row.raised_at
        row.escalation_outputs, row.escalation_person = list(call.outputs), call.person
        note = "; ".join(filter(None, (f"step {call.level}", call.person, ", ".join(call.outputs))))
        record_event(session, row, at or datetime.now(UTC), action="escalate", actor="system", note=note)
        count += 1
    return count
