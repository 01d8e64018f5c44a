"""One state of a PostgreSQL database as a file of SQLite: both are checked and backed up the same way."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table

from service.domain.errors import ConfigurationError
from service.store.engines.postgres import claims, sealing
from service.store.file.engine import make_engine, migrate, revisions
from service.store.tables import Base

CHUNK = 1000
"""Rows that are on their way at once."""


def copy_to_file(reader: Engine, path: Path, where: str) -> None:
    """Write the database as it is at this moment into a new file, row by row, holding up no writer.

    where: the database, for people.

    Raises:
        ConfigurationError: it is of another version, or there is too little room.
        SQLAlchemyError, sqlite3.Error, OSError: it cannot be read, or the file not written.
    """
    with reader.connect() as connection:  # one transaction that reads: one state
        size = int(connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar() or 0)
        if shutil.disk_usage(path.parent).free < 2 * size:
            raise ConfigurationError(f"{path.parent}: too little room for a copy of {size / 1e6:.0f} MB")
        revision = MigrationContext.configure(connection).get_current_revision()
        if revision != revisions()[0]:
            raise ConfigurationError(f"{where}: the database is of another version: start the service once")
        made = make_engine(path, write=True)
        migrate(made)
        made.dispose()
        with closing(sqlite3.connect(path, isolation_level=None)) as file:
            file.execute("PRAGMA synchronous=OFF")  # whoever keeps it syncs it
            file.execute("BEGIN")
            for name in sealing.missing(connection):  # said by what checks the file
                file.execute(f"DROP TRIGGER IF EXISTS {name}")
            for table in Base.metadata.sorted_tables:  # each behind those that it refers to
                _copy(connection, table, file)
            _go_on_counting(connection, file)
            file.execute("DELETE FROM meta WHERE key = ?", (claims.KEY,))  # nobody leads with a file
            file.execute("COMMIT")
            file.execute("PRAGMA journal_mode=DELETE")


def _copy(connection: Connection, table: Table, file: sqlite3.Connection) -> None:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    if table.name == "meta":
        file.execute("DELETE FROM meta")  # what the migrations note in a new file
    insert = f'INSERT INTO "{table.name}" ({columns}) VALUES ({", ".join("?" * len(table.columns))})'  # noqa: S608 - our own tables
    for rows in _read(connection, f'SELECT {columns} FROM "{table.name}"'):  # noqa: S608
        file.executemany(insert, rows)


def _read(connection: Connection, query: str) -> Iterator[Sequence[Sequence[Any]]]:
    found = connection.execution_options(stream_results=True, max_row_buffer=CHUNK).exec_driver_sql(query)
    for rows in found.partitions(CHUNK):
        yield [tuple(row) for row in rows]


def _go_on_counting(connection: Connection, file: sqlite3.Connection) -> None:
    """Let numbers that were given stay given, also where the newest rows were deleted."""
    for (table,) in file.execute("SELECT name FROM sqlite_sequence").fetchall():
        number = connection.exec_driver_sql(
            f'SELECT last_value FROM "{table}_row_seq" WHERE is_called'  # noqa: S608
        ).scalar()
        if number is not None:
            file.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, table))
