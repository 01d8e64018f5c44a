"""What a database is made of, as SQLite says it: tables with columns, indexes, triggers."""

from __future__ import annotations

import sqlite3
from functools import lru_cache

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from service.store.file.engine import migrate

Schema = frozenset[tuple[str, ...]]


def schema_of(connection: sqlite3.Connection) -> Schema:
    """Return every table's columns, every index with its columns and condition, and every trigger."""
    found: set[tuple[str, ...]] = set()
    objects = connection.execute("SELECT type, name, tbl_name, sql FROM main.sqlite_master").fetchall()
    for kind, name, table, statement in objects:
        if kind == "table" and not str(name).startswith("sqlite_"):
            for _, column, of, required, _, place in connection.execute(f'PRAGMA table_info("{name}")'):
                found.add(("column", str(name), str(column), str(of).upper(), str(required), str(place)))
        elif kind == "index":
            columns = [str(row[2]) for row in connection.execute(f'PRAGMA index_info("{name}")')]
            condition = " ".join(str(statement or "").partition(" WHERE ")[2].split())
            found.add(("index", str(name), str(table), *columns, condition))
        elif kind == "trigger":
            found.add(("trigger", str(name), str(table), " ".join(str(statement).split())))
    return frozenset(found)


@lru_cache(maxsize=2)
def schema_at(revision: str) -> Schema:
    """Return what the migrations up to `revision` make."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    try:
        migrate(engine, revision)
        connection = engine.raw_connection()
        driver = connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - made above
        return schema_of(driver)
    finally:
        engine.dispose()
