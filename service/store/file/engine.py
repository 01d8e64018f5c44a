"""Connections to the database's file, and its migrations."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from urllib.parse import quote

import stamina
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.pool import ConnectionPoolEntry

from service.host.disk import LOG_BYTES
from service.store.audit import guard

BUSY_TIMEOUT_S = 10.0

MOST_LOG_PAGES = LOG_BYTES // 4096
"""The log's length from which on a commit moves it into the file itself, if nobody else did. By default that
is every thousandth page, and the verdict that is committed then waits for two more flushes."""


def make_engine(path: Path, *, write: bool) -> Engine:
    """Make an engine on `path`; `write` ones begin IMMEDIATE, the others may only read.

    A writer's file is made here if it is missing, and never later: a file that is deleted while the service
    runs must not come back empty. Raises OSError.
    """
    if write:
        path.touch(mode=0o600)
    engine = create_engine(
        URL.create("sqlite", database=f"file:{quote(str(path))}", query={"mode": "rw", "uri": "true"}),
        connect_args={"timeout": BUSY_TIMEOUT_S},
        pool_size=1 if write else 8,
        max_overflow=0 if write else 56,  # above all threads that may read: none waits for another's
    )

    def connect(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver begins transactions late and DEFERRED, so its handling is switched off and done here.
        connection.isolation_level = None
        # Text that is no UTF-8 must not make a query of many rows fail; it shows when its row is read.
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        if write:
            # Decided before the first table is made: the room of deleted rows can then be given back.
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        # Turning a new file to WAL locks it, and SQLite does not wait for another process that does the same.
        for retry in stamina.retry_context(on=_is_busy, attempts=None, timeout=BUSY_TIMEOUT_S, wait_max=0.5):
            with retry:
                connection.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if write:
            connection.execute(f"PRAGMA wal_autocheckpoint={MOST_LOG_PAGES}")
            # A long reader, a backup perhaps, lets the log grow: that room is given back after it.
            connection.execute(f"PRAGMA journal_size_limit={LOG_BYTES}")
        guard.add_function(connection)
        if not write:
            connection.execute("PRAGMA query_only=ON")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine


def migrate(
    engine: Engine, revision: str = "head", before: Callable[[Connection], object] | None = None
) -> None:
    """Bring the database to the newest schema, in one transaction; an empty one is built from nothing.

    An earlier revision than "head" is for tests of what an older installation left behind. before: what is
    first done on the connection.
    """
    with engine.begin() as connection:
        if before is not None:
            before(connection)
        if (
            revision == "head"
            and MigrationContext.configure(connection).get_current_revision() == revisions()[0]
        ):
            return
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@cache
def revisions() -> tuple[str, ...]:
    """Return every revision that this version knows, the newest first."""
    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    folder = Path(__file__).parent.parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    return config


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def brief(error: Exception) -> str:
    """Return what an error says, without SQLAlchemy's additions."""
    return " ".join(str(error.orig if hasattr(error, "orig") else error).split())
