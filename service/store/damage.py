"""Rows that cannot be read: each is reported once, holds up no other, and is never read as anything else."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import structlog
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.errors import DamagedError
from service.store.tables import MetaRow

T = TypeVar("T")
Key = TypeVar("Key")
Row = TypeVar("Row")
log = structlog.get_logger(__name__)

DAMAGE = (ValueError, TypeError, LookupError, AttributeError)
"""What reading a damaged row raises: wrong type, unknown word, invalid JSON or date, missing field."""

DAMAGED_ROWS = "damaged_rows"
"""Key in Session.info: the DamagedRows of the session's store."""

MAX_NOTED = 10_000


class DamagedRows:
    """The rows that were found damaged since the start; safe from any thread.

    Those beyond MAX_NOTED are left out: by then nobody can overlook that the database is damaged.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: set[tuple[str, str]] = set()

    def note(self, table: str, key: object, reason: str) -> None:
        """Take note of a damaged row, and log it the first time."""
        row = (table, str(key))
        with self._lock:
            if row in self._rows or len(self._rows) >= MAX_NOTED:
                return
            self._rows.add(row)
        log.error("a stored record is damaged", table=table, row=str(key), reason=reason)

    def counts(self) -> dict[str, int]:
        """Return how many rows of each table are damaged; tables without any are left out."""
        with self._lock:
            return dict(sorted(Counter(table for table, _ in self._rows).items()))


@contextmanager
def intact(session: Session, table: str, key: object, what: str) -> Iterator[None]:
    """Read a row within the block.

    Args:
        session: the caller's. table, key: which row.
        what: the row and a verb, for people: "alarm 'a1' is".

    Raises:
        DamagedError: the row cannot be read.
    """
    try:
        yield
    except DAMAGE as error:
        _note(session, table, key, error)
        raise DamagedError(f"{what} damaged in the database: {_brief(error)}") from error


def readable(
    session: Session,
    query: Select[Row],
    key: InstrumentedAttribute[Key],
    record: Callable[[Row], T],
) -> list[tuple[Key, T | None]]:
    """Return key and record of each row of `query`; None for a damaged row, which holds up no other."""
    try:
        return [(getattr(row, key.key), record(row)) for row in session.scalars(query)]
    except DAMAGE:
        keys = session.scalars(query.with_only_columns(key)).all()
    found: list[tuple[Key, T | None]] = []
    for number in keys:
        try:
            found.append((number, record(session.scalars(query.where(key == number)).one())))
        except DAMAGE as error:
            _note(session, key.class_.__tablename__, number, error)
            found.append((number, None))
    return found


class KeptNote(Generic[T]):
    """A value that the database keeps under a key in `meta`, as JSON.

    Args:
        key: its row's. kind: writes and reads it.
    """

    def __init__(self, key: str, kind: TypeAdapter[T]) -> None:
        self._key, self._kind = key, kind

    def read(self, session: Session) -> T | None:
        """Return the value; None if there is none, or if it is damaged."""
        query = select(MetaRow).where(MetaRow.key == self._key)
        found = readable(session, query, MetaRow.key, lambda row: self._kind.validate_json(row.value))
        return found[0][1] if found else None

    def write(self, session: Session, value: T) -> None:
        """Store it in place of what was."""
        session.merge(MetaRow(key=self._key, value=self._kind.dump_json(value).decode()))


def _note(session: Session, table: str, key: object, error: Exception) -> None:
    rows = session.info.get(DAMAGED_ROWS)
    if isinstance(rows, DamagedRows):
        rows.note(table, key, _brief(error))


def _brief(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
    return f"{type(error).__name__}: {error}"
