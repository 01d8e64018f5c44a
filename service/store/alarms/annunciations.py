"""What the key figures of alarms are made from: which called for somebody, who came, and which stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.domain.alarm import HIDDEN, LEAST_IMPORTANT, AlarmKind, AlarmState, priority_of
from service.figures.key_figures import AlarmSource, Annunciation
from service.store.reports.calls import CALLS, SEEN
from service.store.tables import AlarmEventRow, AlarmRow, filters

_SAID = "chatter"


def annunciations(
    session: Session,
    begin: datetime,
    end: datetime,
    lift_id: str | None = None,
    lifts: Collection[str] | None = None,
) -> tuple[Annunciation, ...]:
    """Return the alarms that called for somebody in [begin, end), in order; those only recorded are left out.

    lift_id: of this lift only. lifts: of these only, and of none.
    """
    within = filters.dated(AlarmEventRow.at), AlarmEventRow.at >= begin, AlarmEventRow.at < end
    called = *within, AlarmEventRow.action.in_((*CALLS, _SAID))
    state = filters.part(AlarmEventRow.alarm, "$.state")
    about = AlarmRow.kind, AlarmRow.lift_id, AlarmRow.cause
    query = select(AlarmEventRow.alarm_id, AlarmEventRow.at, AlarmEventRow.action, state, *about)
    query = query.join(AlarmRow, AlarmRow.id == AlarmEventRow.alarm_id)
    query = query.where(*called, *_mine(lift_id, lifts)).order_by(AlarmEventRow.at)
    rows = session.execute(query).all()
    raised = select(AlarmEventRow.alarm_id).where(*called)
    steps = AlarmEventRow.seq, AlarmEventRow.alarm_id, AlarmEventRow.at, AlarmEventRow.action
    answers = select(*steps).where(
        AlarmEventRow.alarm_id.in_(raised),
        AlarmEventRow.action.in_((*CALLS, SEEN)),
        filters.dated(AlarmEventRow.at),
    )
    lives: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for _, alarm_id, at, action in sorted(session.execute(answers), key=lambda row: row[0]):
        lives[alarm_id].append((at, action))
    return tuple(
        Annunciation(
            AlarmSource(_said(kind), None if lift is None else _said(lift), _said(cause)),
            _priority(kind, cause),
            at,
            None if action == _SAID else _acknowledged(lives[alarm_id], at),
            chatters=action == _SAID,
        )
        for alarm_id, at, action, now, kind, lift, cause in rows
        if now == AlarmState.ACTIVE.value
    )


def standing_since(
    session: Session, lift_id: str | None = None, lifts: Collection[str] | None = None
) -> tuple[datetime, ...]:
    """Return when each alarm that stands in sight was raised; hidden ones are counted by `hidden_counts`."""
    query = select(AlarmRow.state, AlarmRow.raised_at).where(
        filters.attention(), filters.dated(AlarmRow.raised_at)
    )
    query = query.where(*_mine(lift_id, lifts))
    return tuple(at for state, at in session.execute(query) if state not in HIDDEN)


def hidden_counts(
    session: Session, lift_id: str | None = None, lifts: Collection[str] | None = None
) -> dict[str, int]:
    """Return how many alarms are shelved, suppressed or out of service now, by state."""
    hidden = [state.value for state in HIDDEN]
    query = select(AlarmRow.state, func.count()).where(AlarmRow.state.in_(hidden), *_mine(lift_id, lifts))
    found = dict(session.execute(query.group_by(AlarmRow.state)).all())
    return {state: found.get(state, 0) for state in sorted(hidden)}


def first_at(session: Session) -> datetime | None:
    """Return when the first alarm there is was raised."""
    return session.scalar(select(func.min(AlarmEventRow.at)).where(filters.dated(AlarmEventRow.at)))


def _mine(lift_id: str | None, lifts: Collection[str] | None) -> list[ColumnElement[bool]]:
    aside = filters.unindexed(AlarmRow.lift_id)
    one = [] if lift_id is None else [aside == lift_id]
    return one if lifts is None else [*one, aside.in_(lifts) | aside.is_(None)]


def _said(text: object) -> str:
    """Return what a column says; a damaged one holds bytes or a number, and its alarm counts all the same."""
    return text if isinstance(text, str) else "unreadable"


def _priority(kind: str, cause: str) -> int:
    return priority_of(AlarmKind(kind), cause) if kind in set(AlarmKind) else LEAST_IMPORTANT


def _acknowledged(life: list[tuple[datetime, str]], called_at: datetime) -> datetime | None:
    """Return when somebody came after an alarm called at a time, and before it called again."""
    for at, action in life:
        if at > called_at and action != SEEN:
            return None
        if at >= called_at and action == SEEN:
            return at
    return None
