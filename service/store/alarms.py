"""Alarms and their outbox: each new or changed alarm takes the next `seq` in the transaction of the change.

Which change is allowed is not decided here but in service.alarms.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import LargeBinary, Select, cast, delete, func, select
from sqlalchemy.orm import Session

from service.domain.alarm import CHATTERING, MOMENTS, OVER, Alarm, AlarmDraft, AlarmKind, AlarmState
from service.domain.errors import NotFoundError
from service.domain.people import SYSTEM, Origin
from service.store.audit import entries
from service.store.damage import intact, readable
from service.store.database import NEW_ALARMS
from service.store.records import OutboxEntry, Page
from service.store.tables import AlarmEventRow, AlarmRow, filters

log = structlog.get_logger(__name__)

MAX_PAGE = 500
_MOMENTS, _OVER = sorted(MOMENTS), sorted(OVER)
_JSON = TypeAdapter(Alarm)
_FIELDS = [each.name for each in fields(Alarm)]
STORED = cast(AlarmEventRow.alarm, LargeBinary)
"""Read as bytes: a single damaged row that is read as text or JSON makes the whole query fail."""


def raise_alarm(
    session: Session, draft: AlarmDraft, at: datetime | None = None, state: AlarmState = AlarmState.ACTIVE
) -> Alarm | None:
    """Store a new alarm and return it; None if the same alarm is standing already.

    The same: for bar_open an alarm of this passage; for the others one of this kind, lift and cause that is
    not cleared. Another cause is another alarm: it must be seen and heard whatever became of the first.
    One that has returned becomes active again, and one that chatters says so: each under a new seq.
    state: CLEARED for what is only to be recorded.
    """
    at = at or datetime.now(UTC)
    state_now = session.scalar(_same(draft).with_only_columns(AlarmRow.state))
    if state_now is not None:
        if state_now != AlarmState.RETURNED.value and CHATTERING not in draft.parameters:
            return None
        restore(session)  # a damaged row could be neither read nor changed
        number = session.scalar(_same(draft))
        if number is not None:
            return _raise_again(session, session.get_one(AlarmRow, number), draft, at)
    row = _new_row(draft, id=uuid.uuid4().hex, raised_at=at, state=state.value)
    return _record_event(session, row, at, action="raise", actor="system", note="")


def change(
    session: Session,
    alarm_id: str,
    state: AlarmState,
    *,
    action: str,
    actor: str,
    note: str = "",
    at: datetime | None = None,
    shelved_until: datetime | None = None,
) -> Alarm:
    """Give the alarm a new state and the next seq; `shelved_until` belongs to SHELVED only.

    Raises NotFoundError, DamagedError.
    """
    row = _row(session, alarm_id)
    shelved = state is AlarmState.SHELVED
    row.shelved_from = row.state if shelved else None
    row.shelved_until = shelved_until if shelved else None
    row.state = state.value
    return _record_event(session, row, at or datetime.now(UTC), action=action, actor=actor, note=note)


def replace_evidence(
    session: Session, passage_id: str, evidence: tuple[str, ...], note: str = "pictures could not be written"
) -> Alarm | None:
    """Change the evidence of the passage's alarm, under a new seq; return None if nothing changes."""
    row = session.scalar(select(AlarmRow).where(AlarmRow.passage_id == passage_id, filters.bar_open()))
    if row is None or tuple(row.evidence) == evidence:
        return None
    row.evidence = list(evidence)
    return _record_event(session, row, datetime.now(UTC), action="evidence", actor="system", note=note)


def find_damaged(session: Session, after: int = 0, limit: int = 200) -> tuple[tuple[int, ...], int | None]:
    """Look through the next `limit` rows that are not cleared, for `restore`.

    Returns the damaged ones and the row to go on after, None at the end. In steps, for open bars may be many.
    """
    query = select(AlarmRow).where(AlarmRow.state != AlarmState.CLEARED.value, AlarmRow.row > after)
    rows = readable(session, query.order_by(AlarmRow.row).limit(limit), AlarmRow.row, _alarm)
    last = rows[-1][0] if len(rows) == limit else None
    return tuple(number for number, alarm in rows if alarm is None), last


def restore(session: Session, numbers: Collection[int] = ()) -> None:
    """Restore damaged alarms as the outbox has them, under a new seq: `numbers`, conditions, shelved ones.

    A shelved one becomes active. One that the outbox cannot restore, or that stands again, is removed: a row
    that nobody can read must not keep the same alarm from being raised.
    """
    rows = []
    for which in (
        filters.open_health(),
        AlarmRow.state == AlarmState.SHELVED.value,
        AlarmRow.row.in_(numbers),
    ):
        rows += readable(session, select(AlarmRow).where(which), AlarmRow.row, _alarm)
    for number in sorted({number for number, alarm in rows if alarm is None}):
        alarm_id = session.scalar(select(AlarmRow.id).where(AlarmRow.row == number))
        stored = select(STORED).where(AlarmEventRow.alarm_id == alarm_id).order_by(AlarmEventRow.seq.desc())
        was = next((found for found in map(read, session.scalars(stored)) if found is not None), None)
        log.error("a damaged alarm is restored from the outbox", alarm=alarm_id, was=was)
        session.execute(delete(AlarmRow).where(AlarmRow.row == number))
        if was is None or session.scalar(_same(was)) is not None:
            continue
        state = AlarmState.ACTIVE if was.state is AlarmState.SHELVED else was.state
        row = _new_row(was, row=number, id=was.id, raised_at=was.raised_at, state=state.value)
        _record_event(session, row, datetime.now(UTC), action="restore", actor="system", note="was damaged")


def hold(session: Session, alarm_id: str, held: bool) -> bool:
    """Keep the alarm and its passage whatever their age, or no longer; return whether that changed."""
    row = _row(session, alarm_id)
    before, row.held = row.held, held
    return before is not held


def get(session: Session, alarm_id: str) -> Alarm:
    """Return the alarm as it is now; raises NotFoundError, DamagedError."""
    return _alarm(_row(session, alarm_id))


def shelved_from(session: Session, alarm_id: str) -> AlarmState | None:
    """Return the state that a shelved alarm returns to, or None; raises NotFoundError."""
    state = _row(session, alarm_id).shelved_from
    return AlarmState(state) if state in set(AlarmState) else None


def expired(session: Session, now: datetime) -> tuple[str, ...]:
    """Return the ids of the shelved alarms whose shelving is over."""
    rows = session.scalars(
        select(AlarmRow.id)
        .where(AlarmRow.state == AlarmState.SHELVED.value, AlarmRow.shelved_until <= now)
        .order_by(AlarmRow.row)
    )
    return tuple(rows)


def standing(
    session: Session, kind: AlarmKind | None = None, lift_id: str | None = None
) -> tuple[Alarm, ...]:
    """Return the alarms of conditions that are not over: all, or one kind's at one lift (None: no lift's)."""
    over = AlarmRow.kind.in_(_MOMENTS) | AlarmRow.state.in_(_OVER)
    query = select(AlarmRow).where(filters.open_health(), ~over)
    if kind is not None:
        query = query.where(AlarmRow.kind == kind.value, AlarmRow.place == (lift_id or ""))
    # Sorted, for they are few: in the order of rows all alarms would be read.
    rows = readable(session, query.order_by(filters.unindexed(AlarmRow.row)), AlarmRow.row, _alarm)
    return tuple(alarm for _, alarm in rows if alarm is not None)


def listing(
    session: Session,
    *,
    lift_id: str | None = None,
    lifts: Collection[str] | None = None,
    kind: AlarmKind | None = None,
    state: AlarmState | None = None,
    standing: bool = False,
    from_: datetime | None = None,
    to: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page[Alarm]:
    """Return a page of alarms, the last raised first; `from_` (included) and `to` are aware times of raising.

    lifts: of these only, and of none. standing: only conditions that are not over, and what nobody has
    acknowledged. before: the cursor, `next` of the page before. limit: 1..MAX_PAGE.
    """
    within, aside = filters.Within(from_, to, before), filters.unindexed
    query = within.in_order(session, select(AlarmRow), AlarmRow.row, AlarmRow.raised_at)
    if lift_id is not None:
        query = query.where((aside(AlarmRow.lift_id) if standing else AlarmRow.lift_id) == lift_id)
    other = within.timed or standing or lift_id is not None
    for column, value in ((AlarmRow.kind, kind), (AlarmRow.state, state)):
        if value is not None:
            query = query.where((aside(column) if other else column) == value.value)
    if standing:
        query = query.where(filters.attention())
    if lifts is not None:
        query = query.where(aside(AlarmRow.lift_id).in_(lifts) | AlarmRow.lift_id.is_(None))
    limit = min(max(limit, 1), MAX_PAGE)
    rows = readable(session, query.limit(limit + 1), AlarmRow.row, _alarm)
    return Page.of(rows, limit)


def last_seq(session: Session) -> int:
    """Return the newest seq, 0 if there was no alarm yet."""
    return session.scalar(select(func.max(AlarmEventRow.seq))) or 0


def outbox(session: Session, after: int, limit: int = 200) -> tuple[OutboxEntry, ...]:
    """Return the alarms as they were at each seq above `after`, oldest first, at most `limit`.

    A row that cannot be read is an entry without an alarm: it must not keep back those after it.
    """
    query = select(AlarmEventRow.seq, STORED).where(AlarmEventRow.seq > after)
    rows = session.execute(query.order_by(AlarmEventRow.seq).limit(limit))
    return tuple(OutboxEntry(seq, read(stored)) for seq, stored in rows)


def read(stored: bytes | None) -> Alarm | None:
    """Return the alarm of an entry of the outbox; None if it is damaged."""
    try:
        return _JSON.validate_json(stored or b"")
    except ValidationError:
        return None


def _record_event(
    session: Session, row: AlarmRow, at: datetime, *, action: str, actor: str, note: str
) -> Alarm:
    # The write transaction holds the database's only write lock: nobody else can take the same seq.
    row.seq = last_seq(session) + 1
    session.add(row)
    alarm = _alarm(row)
    stored = _JSON.dump_python(alarm, mode="json")
    about = {"at": at, "action": action, "actor": actor, "note": note, "alarm": stored}
    session.add(AlarmEventRow(seq=row.seq, alarm_id=row.id, **about))
    by = SYSTEM if actor == SYSTEM.name else session.info.get(entries.ORIGIN) or Origin(actor)
    what = {"state": row.state, "kind": row.kind, "lift_id": row.lift_id, "passage_id": row.passage_id}
    entries.record(session, f"alarm.{action}", row.id, by=by, change=row.seq, note=note, **what)
    session.info.setdefault(NEW_ALARMS, []).append(alarm)
    return alarm


def _raise_again(session: Session, row: AlarmRow, draft: AlarmDraft, at: datetime) -> Alarm | None:
    """Make a returned alarm active, or say of a standing one that it chatters; None if it does already."""
    returned = row.state == AlarmState.RETURNED.value
    if not returned and CHATTERING in row.parameters:
        return None
    if returned:
        row.state = AlarmState.ACTIVE.value
    row.message, row.parameters = draft.message, dict(draft.parameters)
    return _record_event(session, row, at, action="raise" if returned else "chatter", actor="system", note="")


def _new_row(alarm: Alarm | AlarmDraft, **own: Any) -> AlarmRow:
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
        **own,
    )


def _same(alarm: Alarm | AlarmDraft) -> Select[int]:
    """Return what finds the row of the same alarm, if it stands."""
    same = select(AlarmRow.row)
    if alarm.kind is AlarmKind.BAR_OPEN:
        return same.where(AlarmRow.passage_id == alarm.passage_id, filters.bar_open())
    return same.where(
        AlarmRow.kind == alarm.kind.value,
        AlarmRow.place == (alarm.lift_id or ""),
        AlarmRow.cause == alarm.cause,
        filters.open_health(),
    )


def _row(session: Session, alarm_id: str) -> AlarmRow:
    with intact(session, AlarmRow.__tablename__, alarm_id, f"alarm {alarm_id!r} is"):
        row = session.scalar(select(AlarmRow).where(AlarmRow.id == alarm_id))
        if row is not None:
            _alarm(row)
            return row
    raise NotFoundError(f"no alarm {alarm_id!r}")


def _alarm(row: AlarmRow) -> Alarm:
    return _JSON.validate_python({name: getattr(row, name) for name in _FIELDS})
