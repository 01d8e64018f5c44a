"""Outputs as stored: what was set up, with sealed secrets, and how far each has come in the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete as sql_delete
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.domain.errors import ConflictError, DamagedError, NotFoundError
from service.store.audit import entries
from service.store.damage import intact, readable
from service.store.tables import AlarmEventRow, OutputCursorRow, OutputRow, SetAsideRow


@dataclass(frozen=True, slots=True, repr=False)
class StoredOutput:
    """An output as stored. filters, settings: as plain JSON. sealed: its secrets, encrypted."""

    id: str
    kind: str
    name: str
    enabled: bool
    filters: Mapping[str, Any]
    settings: Mapping[str, Any]
    sealed: bytes | None
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    changed_at: datetime = field(default_factory=lambda: datetime.now(UTC))


_STORED = TypeAdapter(StoredOutput)
_FIELDS = tuple(StoredOutput.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class OutputCursor:
    """The last seq that the receiver has, and when it got it (None: never).

    passed: up to this seq, a younger alarm may have arrived before.
    """

    seq: int
    delivered_at: datetime | None
    passed: int = 0


def create(session: Session, output: StoredOutput) -> StoredOutput:
    """Store a new one, which begins with the next alarm. Raises ConflictError: there is one of this id."""
    if session.scalar(select(OutputRow.id).where(OutputRow.id == output.id)) is not None:
        raise ConflictError(f"there is an output {output.id!r} already", "output_exists", name=output.id)
    session.add(OutputRow(**{name: getattr(output, name) for name in _FIELDS}))
    session.flush()
    session.add(OutputCursorRow(output_id=output.id, seq=_newest(session), passed=0))
    entries.record(session, "output.create", output.id, **_told(output))
    return output


def change(session: Session, output: StoredOutput) -> StoredOutput:
    """Store one anew; one that was off and is on from now on begins with the next alarm.

    Raises NotFoundError.
    """
    was = session.scalar(select(OutputRow.enabled).where(OutputRow.id == output.id))
    if was is None:
        raise _missing(output.id)
    names = ("name", "enabled", "filters", "settings", "sealed", "changed_at")
    change = update(OutputRow).where(OutputRow.id == output.id)
    session.execute(change.values({name: getattr(output, name) for name in names}))
    if output.enabled and not was:
        begin_anew = update(OutputCursorRow).where(OutputCursorRow.output_id == output.id)
        session.execute(begin_anew.values(seq=_newest(session)))
    entries.record(session, "output.change", output.id, **_told(output))
    return output


def delete(session: Session, output_id: str) -> None:
    """Delete one, damaged or not; raises NotFoundError."""
    if session.scalar(select(OutputRow.id).where(OutputRow.id == output_id)) is None:
        raise _missing(output_id)
    session.execute(sql_delete(OutputCursorRow).where(OutputCursorRow.output_id == output_id))
    session.execute(sql_delete(SetAsideRow).where(SetAsideRow.output_id == output_id))
    session.execute(sql_delete(OutputRow).where(OutputRow.id == output_id))
    entries.record(session, "output.delete", output_id)


def tested(session: Session, output_id: str, problem: str) -> None:
    """Record that somebody tested one; problem: the code, empty if it was well."""
    entries.record(session, "output.test", output_id, problem=problem)


def reseal(session: Session, output_id: str, sealed: bytes) -> None:
    """Store the same secrets, encrypted with another key."""
    session.execute(update(OutputRow).where(OutputRow.id == output_id).values(sealed=sealed))
    entries.record(session, "output.reseal", output_id)


def get(session: Session, output_id: str) -> StoredOutput:
    """Return one; raises NotFoundError, also for a damaged one."""
    for output in listing(session):
        if output.id == output_id:
            return output
    raise _missing(output_id)


def listing(session: Session) -> tuple[StoredOutput, ...]:
    """Return every output but damaged ones, by id."""
    rows = readable(session, select(OutputRow).order_by(OutputRow.id), OutputRow.id, _record)
    return tuple(found for _, found in rows if found is not None)


def cursor(session: Session, output_id: str) -> OutputCursor:
    """Return how far an output has come; the newest seq where that is not known, or lies beyond it."""
    newest, here = _newest(session), OutputCursorRow.output_id == output_id
    seq, at = session.scalar(select(OutputCursorRow.seq).where(here)), None
    if not isinstance(seq, int):
        return OutputCursor(newest, None)
    with suppress(DamagedError), intact(session, "output_cursors", output_id, f"output {output_id!r} is"):
        at = session.scalar(select(OutputCursorRow.delivered_at).where(here))
    passed = session.scalar(select(OutputCursorRow.passed).where(here))
    return OutputCursor(min(seq, newest), at, passed if isinstance(passed, int) else 0)


def move(session: Session, output_id: str, seq: int, at: datetime | None, passed: int | None = None) -> None:
    """Note that the receiver has everything up to `seq`; of an output that is gone, nothing.

    passed: up to this seq, a younger alarm may have arrived before; None: as it was.
    """
    values: dict[str, Any] = {"seq": seq, "delivered_at": at}
    if passed is not None:
        values["passed"] = passed
    moved = update(OutputCursorRow).where(OutputCursorRow.output_id == output_id)  # unread: it may be damaged
    found = session.scalars(moved.values(values).returning(OutputCursorRow.output_id)).all()
    if not found and session.scalar(select(OutputRow.id).where(OutputRow.id == output_id)) is not None:
        session.add(OutputCursorRow(output_id=output_id, **{"passed": 0, **values}))


def delivered_by_all(session: Session) -> int:
    """Return up to which seq every output that is on has delivered; the newest seq if there is none."""
    query = select(func.min(OutputCursorRow.seq)).join(OutputRow, OutputRow.id == OutputCursorRow.output_id)
    least = session.scalar(query.where(OutputRow.enabled))
    return least if isinstance(least, int) else _newest(session)


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(AlarmEventRow.seq))) or 0


def _told(output: StoredOutput) -> dict[str, Any]:
    # Without its settings: an address may be a secret in itself.
    return {name: getattr(output, name) for name in ("kind", "name", "enabled", "filters")}


def _missing(output_id: str) -> NotFoundError:
    return NotFoundError(f"no output {output_id!r}", "no_output", name=output_id)


def _record(row: OutputRow) -> StoredOutput:
    return _STORED.validate_python({name: getattr(row, name) for name in _FIELDS})
