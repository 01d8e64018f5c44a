"""Seals every row that the service writes: its digest goes into `seals`, in the transaction of the change.

Triggers do it, so that no write can be forgotten; they belong to the writer's connection and are not in the
file. So a change that somebody makes with another tool leaves no seal, and `barwatch verify` finds it.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from service.domain.people import SYSTEM
from service.store.audit.entries import Head, has, record
from service.store.tables import Base

log = structlog.get_logger(__name__)

HINT = 2
"""Bytes of each column's own digest that are kept behind the row's: they tell which column differs."""

UNGUARDED = frozenset(
    {
        "audit",
        "seals",
        "meta",
        "setup_jobs",
        "output_cursors",
        "comparisons",
        "replays",
        "fresh_counts",
        "camera_leases",
    }
)
"""The chain itself; notes that are rewritten every few seconds; work in progress, and what it can be
made from again: the counts of the last hour are of passages that are there. Leases are past in minutes."""

FLEETING = {"tokens": frozenset({"used_at"}), "sessions": frozenset({"used_at"})}
"""Columns that change with use and say nothing about what happened: no seal covers them."""

BY_NAME = {"passages": ("id",), "alarms": ("id",)}
"""Rows that people know by another name than their number."""

FORM = "audit.form"
"""The action of the entries that say which columns seals cover from then on."""


@dataclass(frozen=True, slots=True)
class Form:
    """Which columns of a table a seal covers, and which of them name the row."""

    number: int
    key: tuple[str, ...]
    columns: tuple[str, ...]

    def name_of(self, row: str) -> str:
        """Return the SQL for the row's name, a JSON list; `row`: NEW, OLD or a table."""
        return f"json_array({', '.join(f'{row}.{_quoted(name)}' for name in self.key)})"

    def seal_of(self, table: str, row: str) -> str:
        """Return the SQL for the row's digest, which `row_seal` computes."""
        return f"row_seal('{table}', {self.name_of(row)}, {self.values_of(row)})"

    def values_of(self, row: str) -> str:
        """Return the SQL for kind and content of each column."""
        # As bytes: text need not be UTF-8. Its kind as well, or the text '1' would be the number 1.
        values = [
            f"typeof({row}.{_quoted(name)}), CASE typeof({row}.{_quoted(name)})"
            f" WHEN 'text' THEN CAST({row}.{_quoted(name)} AS BLOB) ELSE {row}.{_quoted(name)} END"
            for name in self.columns
        ]
        return ", ".join(values)


CUT = "audit.cut"
"""The action of an entry that says: the chain had gone further than what was found at a start."""


@dataclass(frozen=True, slots=True)
class SealSql:
    """How a database says it.

    columns: of each table, with the place in its key (0: none). key: SQL for the name of a row of a form;
    values: for kind and content of its columns; seal: for the digest of a table's row.
    """

    columns: Callable[[Connection], Mapping[str, Sequence[tuple[str, int]]]]
    key: Callable[[Form, str], str]
    values: Callable[[Form, str], str]
    seal: Callable[[Form, str, str], str]


def _columns(connection: Connection) -> dict[str, list[tuple[str, int]]]:
    return {
        name: [(row.name, row.pk) for row in connection.exec_driver_sql(f"PRAGMA table_info({name})")]
        for name in Base.metadata.tables
    }


SEAL_SQL = {"sqlite": SealSql(_columns, Form.name_of, Form.values_of, Form.seal_of)}
"""By the name of a dialect; another kind of database adds its own."""


def sql_of(session: Session) -> SealSql:
    """Return how the session's database says it."""
    return SEAL_SQL[session.connection().dialect.name]


def begin(
    engine: Engine,
    kept: Head | None = None,
    before: Callable[[Connection], object] | None = None,
) -> None:
    """Prepare a database that has the newest schema: rows of tables that had no seals so far get theirs.

    Tables that lost a column get theirs anew; new columns are covered as rows are written again. The chain
    says so, as it does if it no longer holds the head that was `kept` beside it.

    before: what is first done on the connection.
    """
    with Session(engine) as session, session.begin():
        if before is not None:
            before(session.connection())
        forms, number = read_forms(session)
        if kept is not None and not has(session, kept):
            log.error("the end of the audit is missing, or was rewritten", entry=kept.seq, hash=kept.hash)
            record(session, CUT, str(kept.seq), by=SYSTEM, hash=kept.hash)
        how = sql_of(session)
        present = _tables(how.columns(session.connection()))
        if {name: (form.key, form.columns) for name, form in forms.items()} == present:
            return
        made = {name: Form(number + 1, *found) for name, found in present.items()}
        fresh = [name for name in made if name not in forms or _lost_columns(forms[name], made[name])]
        for name in fresh:
            form = made[name]
            values = f"'{name}', {how.key(form, name)}, {form.number}, {how.seal(form, name, name)}"
            insert = f"INSERT INTO seals (tbl, key, form, digest) SELECT {values} FROM {name}"  # noqa: S608 - our own tables
            session.connection().exec_driver_sql(insert)
        record(
            session,
            FORM,
            str(number + 1),
            by=SYSTEM,
            tables={name: {"key": form.key, "columns": form.columns} for name, form in made.items()},
            sealed=fresh,
        )


def read_forms(session: Session) -> tuple[dict[str, Form], int]:
    """Return the form of each table that is sealed, and the newest form's number; nothing and 0 at first."""
    found = session.execute(
        text("SELECT subject, details FROM audit WHERE action = :form ORDER BY seq DESC LIMIT 1"),
        {"form": FORM},
    ).first()
    return ({}, 0) if found is None else (forms_of(int(found.subject), found.details), int(found.subject))


def form_at(session: Session, number: int) -> dict[str, Form]:
    """Return the forms that an earlier entry stated."""
    details = session.execute(
        text("SELECT details FROM audit WHERE action = :form AND subject = :number"),
        {"form": FORM, "number": str(number)},
    ).scalar_one()
    return forms_of(number, details)


def forms_of(number: int, details: str) -> dict[str, Form]:
    """Return the forms that an entry states."""
    tables = json.loads(details)["tables"]
    return {name: Form(number, tuple(one["key"]), tuple(one["columns"])) for name, one in tables.items()}


def watch(connection: sqlite3.Connection) -> None:
    """Seal what this connection writes from now on; nothing in a file without seals."""
    add_function(connection)
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'seals'").fetchone():
        return
    newest = "SELECT subject, details FROM audit WHERE action = ? ORDER BY seq DESC LIMIT 1"
    for subject, details in connection.execute(newest, (FORM,)).fetchall():
        for name, form in forms_of(int(subject), details).items():
            for change, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                digest = "NULL" if change == "DELETE" else form.seal_of(name, row)
                values = f"'{name}', {form.name_of(row)}, {form.number}, {digest}"
                seal = f"INSERT INTO seals (tbl, key, form, digest) VALUES ({values})"  # noqa: S608 - our own tables
                what = f"UPDATE OF {', '.join(map(_quoted, form.columns))}" if change == "UPDATE" else change
                trigger = f"seal_{name}_{change.lower()} AFTER {what} ON main.{name} BEGIN {seal}; END"
                connection.execute(f"CREATE TEMP TRIGGER {trigger}")


def add_function(connection: sqlite3.Connection) -> None:
    """Teach the connection `row_seal`."""
    connection.create_function("row_seal", -1, row_seal, deterministic=True)


def row_seal(table: str, key: str, *values: str | float | bytes | None) -> bytes:
    """Return a row's digest, 32 bytes, and HINT bytes of each column's own digest.

    values: kind (SQLite's typeof) and content of each column; text as bytes.
    """
    columns = [
        hashlib.sha256(str(kind).encode() + b"\0" + _bytes(content)).digest()
        for kind, content in zip(values[::2], values[1::2], strict=True)
    ]
    row = hashlib.sha256(json.dumps([table, key]).encode() + b"".join(columns)).digest()
    return row + b"".join(column[:HINT] for column in columns)


def _bytes(content: str | float | bytes | None) -> bytes:
    return content if isinstance(content, bytes) else repr(content).encode()


def _tables(
    there: Mapping[str, Sequence[tuple[str, int]]],
) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the key and the columns of each table that is guarded, as the database has them."""
    found = {}
    for name in sorted(Base.metadata.tables.keys() - UNGUARDED):
        columns = there[name]
        key = tuple(column for column, place in sorted(columns, key=lambda one: one[1]) if place)
        covered = {column for column, _ in columns} - FLEETING.get(name, frozenset())
        found[name] = BY_NAME.get(name, key), tuple(sorted(covered))
    return found


def _lost_columns(before: Form, now: Form) -> bool:
    return not set(before.columns) <= set(now.columns) or before.key != now.key


def _quoted(name: str) -> str:
    return f'"{name}"'
