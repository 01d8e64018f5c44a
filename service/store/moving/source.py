"""The SQLite file that a move reads, while a service may write to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Table

from service.domain.errors import ConfigurationError
from service.store.file.engine import revisions

Row = tuple[Any, ...]


class MovedFile:
    """Reads rows as they are stored. Each `state` is one moment of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def state(self) -> Iterator[sqlite3.Connection]:
        """Give a connection that sees one moment; it holds up nobody, but the log grows meanwhile."""
        address = f"file:{quote(str(self.path.absolute()))}?mode=ro"
        try:
            with closing(sqlite3.connect(address, uri=True, timeout=10, isolation_level=None)) as file:
                file.execute("BEGIN")
                yield file
        except sqlite3.Error as error:
            raise ConfigurationError(f"{self.path}: cannot be read: {error}") from error

    def check(self) -> str:
        """Return its history's epoch. Raises ConfigurationError: there is none, or of another version."""
        if not self.path.is_file():
            raise ConfigurationError(f"{self.path}: there is no such database")
        with self.state() as file:
            version = file.execute("SELECT version_num FROM alembic_version").fetchone()
            if version is None or version[0] != revisions()[0]:
                raise ConfigurationError(f"{self.path}: it is of another version: start the service once")
            epoch = file.execute("SELECT value FROM meta WHERE key = 'epoch'").fetchone()
        if epoch is None:
            raise ConfigurationError(f"{self.path}: no service ever ran with it: there is nothing to move")
        return str(epoch[0])


def columns_of(table: Table) -> str:
    """Return a table's columns, as both databases name them."""
    return ", ".join(f'"{column.name}"' for column in table.columns)


def count(file: sqlite3.Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return int(file.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0])  # noqa: S608 - our own tables


def chunk(file: sqlite3.Connection, table: Table, after: int, until: int, limit: int) -> Sequence[Row]:
    """Return the next rows after a number of SQLite's, up to another, each with its number first."""
    query = f'SELECT rowid, {columns_of(table)} FROM "{table.name}"'  # noqa: S608 - our own tables
    query += " WHERE rowid > ? AND rowid <= ? ORDER BY rowid LIMIT ?"
    return file.execute(query, (after, until, limit)).fetchall()


def by_key(file: sqlite3.Connection, table: Table, key: Sequence[str], values: Sequence[Any]) -> Row | None:
    """Return the row with this key; None if there is none."""
    where = " AND ".join(f'"{name}" = ?' for name in key)
    query = f'SELECT {columns_of(table)} FROM "{table.name}" WHERE {where}'  # noqa: S608
    found = file.execute(query, tuple(values)).fetchone()
    return None if found is None else tuple(found)
