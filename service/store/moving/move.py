"""Moves a database from SQLite to PostgreSQL, while the service runs; it stops for the last step alone.

    rows       each table, chunk by chunk, however long it takes; what changes meanwhile leaves a seal
    changes    what new seals name is copied anew, round by round, until few are left
    the end    the service has stopped: the last changes, what has no seals, references, the check

Seals and the audit are copied as they are, so the chain goes on. After an interruption the move goes on from
its notes, which are in the target and part of each step's transaction. Until the end the service refuses the
target; from then on it refuses the file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Table
from sqlalchemy.orm import Session

from service.domain.errors import ConfigurationError
from service.store.audit import entries, guard, newest
from service.store.engines.postgres.engine import patiently
from service.store.engines.postgres.sealing import seal_of
from service.store.file.moved import note_moved
from service.store.moving import source, target
from service.store.moving.source import MovedFile
from service.store.moving.target import INDEXED, SEALS, FilledDatabase, note, notes

CHUNK = 2000
"""Rows that are copied in one transaction."""

APPENDED = ("audit", "seals")
WHOLE = guard.UNGUARDED - set(APPENDED) | set(guard.FLEETING)
"""Tables whose changes leave no seals, or not all: copied as a whole at the end."""


@dataclass(frozen=True, slots=True)
class MoveCheck:
    """What was compared at the end. rows: by table. entries: of the audit, each of which follows."""

    rows: dict[str, int]
    entries: int
    head: str


class DatabaseMove:
    """One move. data: the folder with the file. url: of the empty PostgreSQL database."""

    def __init__(self, data: Path, url: str) -> None:
        self._data = data
        self._file, self._to = MovedFile(data / "barwatch.db"), FilledDatabase(url)

    def begin(self) -> bool:
        """Look at both sides; return False if an earlier move goes on. Raises ConfigurationError."""
        return self._to.begin(self._file.check())

    def close(self) -> None:
        """Let go of the target."""
        self._to.close()

    def copy_rows(self, said: Callable[[str, int], object]) -> None:
        """Copy every table as it is at some moment; said: is called with a table and how many rows came."""
        with self._file.state() as file, self._to.engine.begin() as connection:
            if SEALS not in notes(connection):
                note(connection, SEALS, str(_last(file, "seals", "id")))
        for name, table in target.tables().items():
            if name in WHOLE:
                continue
            while (came := self._copy_chunk(table)) > 0:
                said(name, came)

    def _copy_chunk(self, table: Table) -> int:
        with self._to.engine.begin() as connection:
            known = notes(connection)
            after = int(known.get(f"rows:{table.name}", "-1"))
            with self._file.state() as file:
                # What is added from now on belongs to the rounds: a table that grows must come to an end.
                until = int(known.get(f"until:{table.name}", _last(file, table.name, "rowid")))
                rows = source.chunk(file, table, after, until, CHUNK)
            if rows:
                self._to.insert(connection, table, (row[1:] for row in rows))
                note(connection, f"rows:{table.name}", str(rows[-1][0]))
                note(connection, f"until:{table.name}", str(until))
        return len(rows)

    def copy_changes(self) -> int:
        """Copy what has changed up to this moment, in one transaction; return how many rows had."""
        with self._file.state() as file, self._to.engine.begin() as connection:
            patiently(connection)
            changed = self._copy_changes(file, connection)
            if INDEXED not in notes(connection):  # all is of one moment for the first time
                self._to.put_back(connection, "index")
                note(connection, INDEXED, "yes")
        return changed

    def _copy_changes(self, file: sqlite3.Connection, connection: Connection) -> int:
        done, last = int(notes(connection)[SEALS]), _last(file, "seals", "id")
        tables = target.tables()
        named = file.execute(
            "SELECT DISTINCT tbl, key, form FROM seals WHERE id > ? AND id <= ?", (done, last)
        )
        forms: dict[int, dict[str, guard.Form]] = {}
        changed: dict[tuple[str, tuple[str, ...], str], None] = {}
        for name, key, form in named.fetchall():
            if form not in forms:
                forms[form] = _form(file, form)
            changed[name, forms[form][name].key, key] = None
        # All go before any comes: two versions of a lift's masks are never active at once.
        for name, columns, key in changed:
            self._to.delete(connection, tables[name], columns, json.loads(key))
        for name, columns, key in changed:
            row = source.by_key(file, tables[name], columns, json.loads(key))
            if row is not None:
                self._to.insert(connection, tables[name], [row])
        self._append(file, connection, last)
        note(connection, SEALS, str(last))
        return len(changed)

    def _append(self, file: sqlite3.Connection, connection: Connection, last: int) -> None:
        """Copy new entries and seals; let go of the seals that the chain let go of."""
        tables = target.tables()
        for name, column in zip(APPENDED, ("seq", "id"), strict=True):
            there = connection.exec_driver_sql(f"SELECT coalesce(max({column}), 0) FROM {name}").scalar()  # noqa: S608
            columns = source.columns_of(tables[name])
            query = f"SELECT {columns} FROM {name} WHERE {column} > ? ORDER BY {column}"  # noqa: S608
            self._to.insert(connection, tables[name], file.execute(query, (there,)))
        oldest = file.execute("SELECT min(id) FROM seals").fetchone()[0]
        connection.exec_driver_sql(
            "DELETE FROM seals WHERE id < %s", (oldest if oldest is not None else last,)
        )

    def differing(self) -> list[str]:
        """Return the rows in the target that are not as their newest seal says, if damaged before too."""
        found: list[str] = []
        with self._to.engine.begin() as connection, Session(connection) as session:
            patiently(connection)
            latest = guard.read_forms(session)[0]
            connection.exec_driver_sql(
                "CREATE TEMP TABLE latest ON COMMIT DROP AS"
                " SELECT DISTINCT ON (tbl, key) tbl, key, form, digest FROM seals ORDER BY tbl, key, id DESC"
            )
            connection.exec_driver_sql("CREATE INDEX ON latest (tbl, key)")
            for name in latest:
                used = connection.exec_driver_sql("SELECT DISTINCT form FROM latest WHERE tbl = %s", (name,))
                for number in used.scalars().all():
                    form = guard.form_at(session, number)[name]
                    key = guard.sql_of(session).key(form, "r")
                    rows = connection.exec_driver_sql(
                        f"SELECT latest.key FROM \"{name}\" r JOIN latest ON latest.tbl = '{name}'"  # noqa: S608
                        f" AND latest.key = {key} AND latest.form = {number}"
                        f" WHERE latest.digest IS DISTINCT FROM {seal_of(form, name, 'r')}"
                    )
                    found += [f"{name} {key}" for key in rows.scalars()]
        return sorted(found)

    def finish(self) -> MoveCheck:
        """Copy the rest, compare both sides, and change over. The service must have stopped.

        Raises:
            ConfigurationError: both sides differ; the file stays what the service uses.
        """
        with self._file.state() as file, self._to.engine.begin() as connection:
            patiently(connection)
            self._copy_changes(file, connection)
            for name, table in target.tables().items():
                if name in WHOLE:
                    connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608
                    query = f'SELECT {source.columns_of(table)} FROM "{name}"'  # noqa: S608
                    self._to.insert(connection, table, file.execute(query))
            self._to.put_back(connection, "reference")
            _go_on_counting(file, connection)
            check = self._compare(file, connection)
            connection.exec_driver_sql("DROP TABLE moving")
            # Before the commit: between both neither is used, and beginning again ends it.
            note_moved(self._data, self._to.where)
        return check

    def _compare(self, file: sqlite3.Connection, connection: Connection) -> MoveCheck:
        rows: dict[str, int] = {}
        for name, table in target.tables().items():
            here, there = source.count(file, table), self._to.count(connection, table)
            if here != there:
                raise ConfigurationError(f"{name}: {here} rows in the file, {there} in {self._to.where}")
            rows[name] = there
        with Session(connection) as session:
            head = entries.head(session)
            state = newest.state_of(session, head.seq)
        if not state.ok:
            raise ConfigurationError(f"the audit's entry {state.broken} does not follow in {self._to.where}")
        known = file.execute("SELECT hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        if known is None or known[0] != head.hash:
            raise ConfigurationError("the audit's newest entry is another in the file")
        return MoveCheck(rows, state.checked, head.hash)


def _last(file: sqlite3.Connection, table: str, column: str) -> int:
    return int(file.execute(f'SELECT coalesce(max({column}), 0) FROM "{table}"').fetchone()[0])  # noqa: S608


def _form(file: sqlite3.Connection, number: int) -> dict[str, guard.Form]:
    query = "SELECT details FROM audit WHERE action = ? AND subject = ?"
    return guard.forms_of(number, file.execute(query, (guard.FORM, str(number))).fetchone()[0])


def _go_on_counting(file: sqlite3.Connection, connection: Connection) -> None:
    """Let the numbers of rows go on where they are, also where the newest were deleted."""
    given = dict(file.execute("SELECT name, seq FROM sqlite_sequence"))
    counted = connection.exec_driver_sql(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND column_default LIKE 'nextval%%'"
    ).all()
    for table, column in counted:
        highest = connection.exec_driver_sql(f'SELECT coalesce(max("{column}"), 0) FROM "{table}"').scalar()  # noqa: S608
        after = max(int(highest or 0), int(given.get(table, 0)))
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s, true)", (table, column, max(after, 1))
        )
