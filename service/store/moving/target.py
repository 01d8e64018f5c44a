"""The PostgreSQL database that is filled: empty at first, refused by the service until all of it is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg
from sqlalchemy import Connection, Engine, Table

from service.domain.errors import ConfigurationError
from service.store.engines.postgres.connecting import address_of, connect, shown
from service.store.engines.postgres.engine import patiently, prepare
from service.store.engines.postgres.sealing import columns_of as tables_there
from service.store.file.engine import brief
from service.store.moving.source import Row, columns_of
from service.store.sql.portable import without_nul
from service.store.tables import Base

SOURCE, SEALS, INDEXED = "source", "seals", "indexed"
"""Notes: which history is moved; up to which seal; whether the indexes are there."""

_LATER = """
SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
  AND indexname NOT IN (SELECT conname FROM pg_constraint)
UNION ALL SELECT 'reference', conrelid::regclass || '.' || conname,
  'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT "' || conname || '" ' || pg_get_constraintdef(oid)
  FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""


class FilledDatabase:
    """The target of a move. Every method is a transaction of its own, or takes part in the caller's."""

    def __init__(self, url: str) -> None:
        address = address_of(url)
        self.where = shown(address)
        self.engine: Engine = connect(address, write=True)

    def begin(self, source: str) -> bool:
        """Make the tables in an empty database; return False if this move began earlier.

        Raises ConfigurationError: the database is not empty, or another move's.
        """
        with self.engine.begin() as connection:
            there = set(tables_there(connection))
            if there and "moving" not in there:
                raise ConfigurationError(f"{self.where}: the database is not empty ({min(there)})")
            known = None if not there else notes(connection).get(SOURCE)
            if known not in (None, source):
                raise ConfigurationError(f"{self.where}: the move of another database into it has not ended")
            if known is not None:
                return False
            if not there:
                connection.exec_driver_sql("CREATE TABLE moving (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        prepare(self.engine, None)
        with self.engine.begin() as connection:
            patiently(connection)
            # References and indexes come once the rows fit together: they are copied moment by moment.
            for kind, name, made in connection.exec_driver_sql(_LATER).all():
                if kind == "index":
                    connection.exec_driver_sql(f'DROP INDEX "{name}"')
                else:
                    table, _, constraint = name.partition(".")
                    connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
                note(connection, f"{kind}:{name}", made)
            connection.exec_driver_sql("DELETE FROM meta")
            note(connection, SOURCE, source)
        return True

    def put_back(self, connection: Connection, kind: str) -> None:
        """Make what `begin` took away again: indexes or references."""
        for name, made in sorted(notes(connection).items()):
            if name.startswith(f"{kind}:"):
                connection.exec_driver_sql(made.replace("%", "%%"))

    def insert(self, connection: Connection, table: Table, rows: Iterable[Row]) -> None:
        """Insert rows; one whose key is there already is left as it is: what changed comes later.

        Raises ConfigurationError: names a row that PostgreSQL cannot hold.
        """
        places = ", ".join(["%s"] * len(table.columns))
        into = f'"{table.name}" ({columns_of(table)})'
        insert = f"INSERT INTO {into} VALUES ({places}) ON CONFLICT DO NOTHING"  # noqa: S608 - our own tables
        made = [tuple(map(without_nul, row)) for row in rows]
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(insert, made)
        except (psycopg.DataError, UnicodeError) as error:
            raise ConfigurationError(
                f"{table.name}: a damaged row cannot be moved ({brief(error)}): `barwatch verify` names it"
            ) from error

    def delete(
        self, connection: Connection, table: Table, key: Sequence[str], values: Sequence[object]
    ) -> None:
        """Delete the row with this key, if it is there."""
        where = " AND ".join(f'"{name}" = %s' for name in key)
        connection.exec_driver_sql(f'DELETE FROM "{table.name}" WHERE {where}', tuple(values))  # noqa: S608

    def count(self, connection: Connection, table: Table) -> int:
        """Return how many rows a table has."""
        return int(connection.exec_driver_sql(f'SELECT count(*) FROM "{table.name}"').scalar() or 0)  # noqa: S608

    def close(self) -> None:
        """Close the connection."""
        self.engine.dispose()


def notes(connection: Connection) -> dict[str, str]:
    """Return what is noted of the move."""
    found = connection.exec_driver_sql("SELECT name, value FROM moving")
    return {str(name): str(value) for name, value in found}


def note(connection: Connection, name: str, value: str) -> None:
    """Note something, with the transaction."""
    connection.exec_driver_sql(
        "INSERT INTO moving VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def tables() -> dict[str, Table]:
    """Return all tables by name, each behind those that it refers to."""
    return {table.name: table for table in Base.metadata.sorted_tables}
