"""Which alarms change by themselves now: each query gives a step of ids, or all with when they began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.domain.alarm import MOMENTS, NEEDS_SOMEBODY, AlarmKind, AlarmState, OutOfService
from service.store.alarms.raising import suppressor
from service.store.tables import AlarmRow, filters

STEP = 50
"""So many alarms change in one transaction: the next alarm waits for no more than that."""

_MARKED = sorted({AlarmState.ACKNOWLEDGED, *NEEDS_SOMEBODY})


def expired(session: Session, now: datetime) -> tuple[str, ...]:
    """Return the shelved alarms whose shelving is over."""
    query = select(AlarmRow.id).where(
        AlarmRow.state == AlarmState.SHELVED.value, AlarmRow.shelved_until <= now
    )
    return tuple(session.scalars(query.order_by(AlarmRow.row).limit(STEP)))


def on_the_way(session: Session) -> Mapping[str, datetime]:
    """Return the alarms of the bar that have not ended, the oldest first, and when each was raised."""
    which = filters.on_the_way(), filters.dated(AlarmRow.raised_at)
    query = select(AlarmRow.id, AlarmRow.raised_at).where(*which)
    return {row.id: row.raised_at for row in session.execute(query.order_by(AlarmRow.raised_at))}


def acknowledged(session: Session) -> Sequence[tuple[str, datetime, bool]]:
    """Return the alarms of conditions that are not over and somebody has seen, when, and whether in sight.

    The oldest first. One that is shelved or out of service goes on waiting to call again.
    """
    moments = filters.unindexed(AlarmRow.kind).in_(sorted(MOMENTS))
    which = filters.open_health(), ~moments, filters.dated(AlarmRow.acknowledged_at)
    rows = session.execute(select(AlarmRow.id, AlarmRow.acknowledged_at, AlarmRow.state).where(*which))
    found = [(row.id, row.acknowledged_at, row.state == AlarmState.ACKNOWLEDGED.value) for row in rows]
    return sorted(found, key=lambda each: each[1])


def no_longer_suppressed(session: Session) -> tuple[str, ...]:
    """Return the alarms whose reason to be suppressed is over, or is no longer seen by people."""
    query = select(AlarmRow.id, AlarmRow.kind, AlarmRow.lift_id)
    rows = session.execute(query.where(AlarmRow.state == AlarmState.SUPPRESSED.value)).all()
    over = (row.id for row in rows if suppressor(session, AlarmKind(row.kind), row.lift_id) is None)
    return tuple(over)[:STEP]


def to_be_marked(session: Session, out: Sequence[OutOfService]) -> tuple[str, ...]:
    """Return the alarms that stand at what is out of service and do not say so yet."""
    found: list[str] = []
    for entry in out:
        kinds = [kind.value for kind in AlarmKind if entry.covers(kind)]
        found += _ids(
            session,
            filters.attention(),
            filters.unindexed(AlarmRow.lift_id) == entry.lift_id,
            filters.unindexed(AlarmRow.state).in_(_MARKED),
            filters.unindexed(AlarmRow.kind).in_(kinds),
        )
    return tuple(found[:STEP])


def back_in_service(session: Session, out: Sequence[OutOfService]) -> tuple[str, ...]:
    """Return the alarms that say they are out of service and no longer are."""
    covered = {(entry.lift_id, kind.value) for entry in out for kind in AlarmKind if entry.covers(kind)}
    query = select(AlarmRow.id, AlarmRow.lift_id, AlarmRow.kind)
    rows = session.execute(query.where(AlarmRow.state == AlarmState.OUT_OF_SERVICE.value)).all()
    return tuple(row.id for row in rows if (row.lift_id, row.kind) not in covered)[:STEP]


def announced_since(session: Session, since: datetime) -> int:
    """Return how many alarms have called for somebody since then, and still can be seen to."""
    hidden = filters.unindexed(AlarmRow.state).in_(
        [AlarmState.OUT_OF_SERVICE.value, AlarmState.SUPPRESSED.value]
    )
    query = select(func.count()).select_from(AlarmRow).where(AlarmRow.announced_at >= since, ~hidden)
    return session.scalar(query) or 0


def _ids(session: Session, *which: ColumnElement[bool]) -> tuple[str, ...]:
    return tuple(session.scalars(select(AlarmRow.id).where(*which).limit(STEP)))
