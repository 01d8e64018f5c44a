"""Groups: the alarms of the bar of one lift and one run, which somebody sees and acknowledges as one.

A run is carriers that pass without a gap of RUN_GAP: a line that stops for a moment goes on with its run, one
that stood for longer, or was not seen, begins a new one. The passages say so, unknown ones included.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, String, func, select, type_coerce
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.alarm import NEEDS_SOMEBODY, Alarm, AlarmGroup, AlarmState, Severity
from service.domain.errors import NotFoundError
from service.store.alarms.rows import alarm_of
from service.store.damage import readable
from service.store.tables import AlarmRow, PassageRow, filters

RUN_GAP = timedelta(minutes=10)
"""Carriers follow each other by 6 to 20 seconds, and a stop to help somebody up takes a minute or two."""

MOST = 5_000
"""Alarms of groups that are looked at, the newest; more than that stand only where nobody looks."""

_DAY_S = 86_400.0


def group_for(session: Session, lift_id: str | None, at: datetime) -> str | None:
    """Return the group that an alarm of the bar joins if it is raised then; None: it begins its own."""
    last = select(AlarmRow.group, AlarmRow.raised_at).where(AlarmRow.lift_id == lift_id, filters.grouped())
    found = session.execute(last.order_by(AlarmRow.row.desc()).limit(1)).first()
    if (
        found is None
        or found.raised_at > at
        or _longest_gap(session, lift_id, found.raised_at, at) >= RUN_GAP
    ):
        return None
    return str(found.group)


def _longest_gap(session: Session, lift_id: str | None, since: datetime, until: datetime) -> timedelta:
    """Return the longest time without a carrier between two times."""
    if until - since < RUN_GAP:
        return timedelta()
    seen = _days(PassageRow.seen_at)
    within = (PassageRow.lift_id == lift_id, PassageRow.seen_at > since, PassageRow.seen_at < until)
    each = select(seen.label("day"), (seen - func.lag(seen).over(order_by=seen)).label("gap"))
    gaps = each.where(*within).subquery()
    gap, first, last = session.execute(
        select(func.max(gaps.c.gap), func.min(gaps.c.day), func.max(gaps.c.day))
    ).one()
    if first is None:
        return until - since
    begun, ended = session.execute(select(_day(since), _day(until))).one()
    return timedelta(days=max(gap or 0.0, first - begun, ended - last))


def _days(column: InstrumentedAttribute[datetime]) -> ColumnElement[float]:
    return func.julianday(type_coerce(column, String))


def _day(at: datetime) -> ColumnElement[float]:
    return func.julianday(at.strftime("%Y-%m-%d %H:%M:%S.%f"))


def standing_groups(session: Session, lifts: Collection[str] | None = None) -> tuple[AlarmGroup, ...]:
    """Return the groups of which something stands, the most important and the newest first.

    lifts: of these only; None: all.
    """
    query = select(AlarmRow).where(filters.attention(), filters.unindexed(AlarmRow.group).is_not(None))
    if lifts is not None:
        query = query.where(filters.unindexed(AlarmRow.lift_id).in_(lifts))
    query = query.order_by(AlarmRow.urgency.desc(), AlarmRow.row.desc()).limit(MOST)
    by_id: dict[str, list[Alarm]] = {}
    for _, alarm in readable(session, query, AlarmRow.row, alarm_of):
        if alarm is not None and alarm.group is not None:
            by_id.setdefault(alarm.group, []).append(alarm)
    return tuple(_group(name, members) for name, members in by_id.items())


def members(session: Session, group: str) -> tuple[Alarm, ...]:
    """Return the group's readable alarms, the newest first, at most MOST; raises NotFoundError for none."""
    query = select(AlarmRow).where(AlarmRow.group == group).order_by(AlarmRow.row.desc()).limit(MOST)
    rows = readable(session, query, AlarmRow.row, alarm_of)
    found = tuple(alarm for _, alarm in rows if alarm is not None)
    if not found:
        raise NotFoundError(f"no group {group!r}", "no_group")
    return found


def get_group(session: Session, group: str) -> AlarmGroup:
    """Return the group, of all its alarms whether or not they stand; raises NotFoundError."""
    return _group(group, members(session, group))


def _group(name: str, alarms: Iterable[Alarm]) -> AlarmGroup:
    found = sorted(alarms, key=lambda alarm: alarm.raised_at)
    newest = found[-1]
    states = [alarm.state for alarm in found]
    worst = next((s for s in (AlarmState.ACTIVE, AlarmState.RETURNED) if s in states), newest.state)
    critical = any(alarm.severity is Severity.CRITICAL for alarm in found)
    return AlarmGroup(
        id=name,
        lift_id=newest.lift_id,
        kind=newest.kind,
        severity=Severity.CRITICAL if critical else Severity.WARNING,
        priority=min(alarm.priority for alarm in found),
        state=worst,
        alarms=len(found),
        unacknowledged=sum(state in NEEDS_SOMEBODY for state in states),
        first_raised_at=found[0].raised_at,
        last_raised_at=newest.raised_at,
        seq=max(alarm.seq for alarm in found),
    )
