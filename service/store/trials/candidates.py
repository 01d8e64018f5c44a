"""Candidates as stored: proposed, in shadow, promoted, rolled back, dropped. Each step is in the audit."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.domain.errors import ConflictError, NotFoundError
from service.domain.trials.candidate import Candidate, CandidateSpec, CandidateState
from service.store import lifts
from service.store.audit.entries import record
from service.store.damage import intact, readable
from service.store.records import Page
from service.store.tables import CandidateRow

_CANDIDATE = TypeAdapter(Candidate)
_FIELDS = [each.name for each in dataclasses.fields(Candidate)]


def add(session: Session, found: Candidate) -> Candidate:
    """Store a candidate under the lift's next number; raises NotFoundError: no such lift."""
    if not lifts.exists(session, found.lift_id):
        raise NotFoundError(f"no lift {found.lift_id!r}", "no_lift", lift_id=found.lift_id)
    newest = select(func.max(CandidateRow.number)).where(CandidateRow.lift_id == found.lift_id)
    stored = dataclasses.replace(found, number=(session.scalar(newest) or 0) + 1)
    session.add(
        CandidateRow(
            lift_id=stored.lift_id,
            number=stored.number,
            kind=stored.kind.value,
            spec=dataclasses.asdict(stored.spec),
            shadow=stored.shadow,
            state=stored.state.value,
            by=stored.by,
            created_at=stored.created_at,
            replaced=None,
        )
    )
    subject = f"{stored.lift_id}/{stored.number}"
    record(session, "candidate.propose", subject, what=stored.name, shadow=stored.shadow)
    return stored


def get(session: Session, lift_id: str, number: int) -> Candidate:
    """Return one; raises NotFoundError, DamagedError."""
    return _found(session, lift_id, number)[1]


def listing(session: Session, lift_id: str) -> Page[Candidate]:
    """Return a lift's candidates, newest first, on one page."""
    query = select(CandidateRow).where(CandidateRow.lift_id == lift_id)
    rows = readable(session, query.order_by(CandidateRow.number.desc()), CandidateRow.number, _candidate)
    return Page.of(rows, len(rows))


def in_shadow(session: Session) -> list[Candidate]:
    """Return those of every lift that judge live passages; damaged ones are left out."""
    found: list[Candidate] = []
    lift_ids = session.scalars(select(CandidateRow.lift_id).where(CandidateRow.shadow).distinct())
    for lift_id in lift_ids.all():
        found += [one for one in listing(session, lift_id).items if one.shadow]
    return found


def at_work(session: Session) -> list[Candidate]:
    """Return those of every lift that judge live passages, along or alone; damaged ones are left out."""
    wanted = or_(CandidateRow.shadow, CandidateRow.state == CandidateState.PROMOTED)
    found: list[Candidate] = []
    for lift_id in session.scalars(select(CandidateRow.lift_id).where(wanted).distinct()).all():
        listed = listing(session, lift_id).items
        found += [one for one in listed if one.shadow or one.state is CandidateState.PROMOTED]
    return found


def put_in_shadow(session: Session, lift_id: str, number: int, shadow: bool) -> Candidate:
    """Let one judge live passages, or no longer; raises NotFoundError, DamagedError, ConflictError."""
    row, found = _found(session, lift_id, number)
    if shadow and found.state in (CandidateState.DROPPED, CandidateState.PROMOTED):
        raise ConflictError(f"candidate {number} is {found.state.value}", "candidate_over", state=found.state)
    row.shadow = shadow
    record(session, "candidate.shadow" if shadow else "candidate.end_shadow", f"{lift_id}/{number}")
    return dataclasses.replace(found, shadow=shadow)


def change(
    session: Session,
    lift_id: str,
    number: int,
    state: CandidateState,
    *,
    replaced: CandidateSpec | None = None,
    details: Mapping[str, str | float] = MappingProxyType({}),
) -> Candidate:
    """Give one another state, which ends its shadow; raises NotFoundError, DamagedError.

    replaced: what a promotion takes the place of. details: for the audit.
    """
    row, found = _found(session, lift_id, number)
    row.state, row.shadow = state.value, False
    if replaced is not None:
        row.replaced = dataclasses.asdict(replaced)
    action = {
        CandidateState.PROMOTED: "candidate.promote",
        CandidateState.DROPPED: "candidate.drop",
        CandidateState.ROLLED_BACK: "candidate.roll_back",
    }
    subject, about = f"{lift_id}/{number}", json.dumps(dict(details), sort_keys=True)
    record(session, action[state], subject, what=found.name, about=about)
    return dataclasses.replace(found, state=state, shadow=False, replaced=replaced or found.replaced)


def _found(session: Session, lift_id: str, number: int) -> tuple[CandidateRow, Candidate]:
    with intact(session, CandidateRow.__tablename__, f"{lift_id} {number}", f"candidate {number} is"):
        row = session.get(CandidateRow, (lift_id, number))
        if row is not None:
            return row, _candidate(row)
    raise NotFoundError(f"lift {lift_id!r} has no candidate {number}", "no_candidate", number=number)


def _candidate(row: CandidateRow) -> Candidate:
    values: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
    return _CANDIDATE.validate_python(values)
