"""Replays as stored: their progress, so that one goes on after a restart where it was."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.domain.errors import NotFoundError
from service.domain.trials.candidate import Replay, ReplayState
from service.store import passages
from service.store.audit.entries import record
from service.store.damage import intact, readable
from service.store.records import Page, PassageRecord
from service.store.tables import PassageRow, ReplayRow

_REPLAY = TypeAdapter(Replay)
_FIELDS = [each.name for each in dataclasses.fields(Replay)]


def add(session: Session, wanted: Replay) -> Replay:
    """Store a replay under the lift's next number, with how many passages it has before it."""
    newest = select(func.max(ReplayRow.number)).where(ReplayRow.lift_id == wanted.lift_id)
    total = session.scalar(_passages(wanted).with_only_columns(func.count())) or 0
    stored = dataclasses.replace(wanted, number=(session.scalar(newest) or 0) + 1, total=total)
    session.add(ReplayRow(**{name: getattr(stored, name) for name in _FIELDS}))
    subject = f"{stored.lift_id}/{stored.number}"
    record(session, "replay.start", subject, candidate=stored.candidate, passages=total)
    return stored


def get(session: Session, lift_id: str, number: int) -> Replay:
    """Return one; raises NotFoundError, DamagedError."""
    with intact(session, ReplayRow.__tablename__, f"{lift_id} {number}", f"replay {number} is"):
        row = session.get(ReplayRow, (lift_id, number))
        if row is not None:
            return _replay(row)
    raise NotFoundError(f"lift {lift_id!r} has no replay {number}", "no_replay", number=number)


def listing(session: Session, lift_id: str) -> Page[Replay]:
    """Return a lift's replays, newest first, on one page."""
    query = select(ReplayRow).where(ReplayRow.lift_id == lift_id).order_by(ReplayRow.number.desc())
    rows = readable(session, query, ReplayRow.number, _replay)
    return Page.of(rows, len(rows))


def running(session: Session) -> list[Replay]:
    """Return those that are not over, of every lift, the oldest first."""
    query = select(ReplayRow).where(ReplayRow.state == ReplayState.RUNNING.value)
    rows = readable(session, query.order_by(ReplayRow.started_at), ReplayRow.number, _replay)
    return [one for _, one in rows if one is not None]


def save(session: Session, now: Replay) -> Replay:
    """Store how far a replay has come; one that was cancelled meanwhile stays so."""
    row = session.get(ReplayRow, (now.lift_id, now.number))
    if row is None:
        return dataclasses.replace(now, state=ReplayState.CANCELLED)
    if row.state == ReplayState.CANCELLED.value:
        now = dataclasses.replace(now, state=ReplayState.CANCELLED, ended_at=row.ended_at)
    for name in _FIELDS:
        setattr(row, name, getattr(now, name))
    if now.ended_at is not None:
        record(session, "replay.end", f"{now.lift_id}/{now.number}", state=now.state.value, done=now.done)
    return now


def cancel(session: Session, lift_id: str, number: int, at: datetime) -> Replay:
    """End one early; what it has compared stays. One that is over stays as it is. Raises NotFoundError."""
    now = get(session, lift_id, number)
    if now.state is not ReplayState.RUNNING:
        return now
    return save(session, dataclasses.replace(now, state=ReplayState.CANCELLED, ended_at=at))


def next_passages(session: Session, of: Replay, limit: int) -> list[tuple[int, PassageRecord | None]]:
    """Return the passages after the one that was reached, in order; None for one that is damaged."""
    query = _passages(of).where(PassageRow.row > of.reached).order_by(PassageRow.row).limit(limit)
    return readable(session, query, PassageRow.row, passages.record_of)


def _passages(of: Replay) -> Select[PassageRow]:
    query = select(PassageRow).where(PassageRow.lift_id == of.lift_id, PassageRow.has_files)
    if of.from_ is not None:
        query = query.where(PassageRow.seen_at >= of.from_)
    if of.to is not None:
        query = query.where(PassageRow.seen_at < of.to)
    return query


def _replay(row: ReplayRow) -> Replay:
    values: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
    return _REPLAY.validate_python(values)
