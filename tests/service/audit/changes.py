"""Single changes to a data folder, as somebody makes them who can write there: rows, pictures, clips."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from service.store.audit.guard import FLEETING, UNGUARDED
from service.store.tables import Base

Change = tuple[str, Callable[[Path], None]]

OWN = ("audit", "seals")


def all_changes(data: Path, seed: int) -> list[Change]:
    """Return every kind of change to every row and picture, in an order that the seed decides."""
    found = [*_of_rows(data), *_of_pictures(data)]
    random.Random(seed).shuffle(found)
    return found


def _of_rows(data: Path) -> Iterator[Change]:
    tables = [*sorted(Base.metadata.tables.keys() - UNGUARDED), *OWN]
    with closing(sqlite3.connect(data / "barwatch.db")) as database:
        for table in tables:
            fleeting = FLEETING.get(table, frozenset())
            every = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            columns = [column for column in every if column not in fleeting]
            rows = [row for (row,) in database.execute(f"SELECT rowid FROM {table}")]
            for place, row in enumerate(rows):
                for column in columns:
                    value, kind = database.execute(
                        f"SELECT {column}, typeof({column}) FROM {table} WHERE rowid = ?", (row,)
                    ).fetchone()
                    yield f"{table} {row} {column}", _setting(table, row, column, _other(value, kind))
                yield f"{table} {row} deleted", _running(f"DELETE FROM {table} WHERE rowid = {row}")
                if place and table not in OWN:
                    column = columns[-1]
                    yield f"{table} {row} swapped", _swapping(table, columns, rows[place - 1], row)
                if table == "passages":
                    others = [name for name in columns if name not in ("row", "id")]
                    listed = ", ".join(others)
                    yield (
                        f"{table} {row} copied",
                        _running(
                            f"INSERT INTO {table} (id, {listed}) SELECT id || 'x', {listed}"
                            f" FROM {table} WHERE rowid = {row}"
                        ),
                    )


def _of_pictures(data: Path) -> Iterator[Change]:
    folders = ("pictures", "clips")
    files = sorted(path.relative_to(data) for each in folders for path in (data / each).rglob("*.*"))
    for place, file in enumerate(files):
        yield f"{file} removed", lambda data, file=file: (data / file).unlink()  # type: ignore[misc]
        other = files[place - 1]
        yield (
            f"{file} exchanged",
            lambda data, file=file, other=other: shutil.copy(data / other, data / file),  # type: ignore[misc]
        )
        for at in range(0, (data / file).stat().st_size, 97):
            yield f"{file} byte {at}", _flipping(file, at)


def _other(value: Any, kind: str) -> Any:
    if kind in ("integer", "real"):
        return value + 1000  # far from any other key
    if kind == "null":
        return 1
    if kind == "blob":
        return bytes([value[0] ^ 1]) + value[1:] if value else b"x"
    return value[:-1] + "~"


def _setting(table: str, row: int, column: str, value: Any) -> Callable[[Path], None]:
    return _running(f"UPDATE {table} SET {column} = ? WHERE rowid = {row}", value)


def _swapping(table: str, columns: list[str], first: int, second: int) -> Callable[[Path], None]:
    """Exchange what two rows hold, all but their keys."""
    keys = {"row", "id", "seq", "lift_id", "version", "name"}
    others = [column for column in columns if column not in keys]
    sets = ", ".join(
        f"{c} = (SELECT {c} FROM {table} AS o WHERE o.rowid = {first} + {second} - {table}.rowid)"
        for c in others
    )
    return _running(f"UPDATE {table} SET {sets} WHERE rowid IN ({first}, {second})")


def _running(statement: str, *values: Any) -> Callable[[Path], None]:
    def change(data: Path) -> None:
        with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
            # Whoever forges takes the guards away first, and puts them back.
            guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            indices = database.execute(
                "SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE UNIQUE INDEX%'"
            ).fetchall()
            for name, _ in guards:
                database.execute(f"DROP TRIGGER {name}")
            for name, _ in indices:
                database.execute(f"DROP INDEX {name}")
            database.execute(statement, values)
            for _, sql in guards:
                database.execute(sql)

    return change


def _flipping(file: Path, at: int) -> Callable[[Path], None]:
    def change(data: Path) -> None:
        content = bytearray((data / file).read_bytes())
        content[at] ^= 1
        (data / file).write_bytes(bytes(content))

    return change
