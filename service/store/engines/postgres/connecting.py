"""Connections to a PostgreSQL database: one that writes, holding the one lock, and many that only read."""

from __future__ import annotations

import importlib.util

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

from service.domain.errors import ConfigurationError
from service.store.engines.postgres import dialect
from service.store.engines.postgres.sealing import WRITES

WRITE_LOCK = 0x6261_7277_6174_6368
"""The number of the advisory lock that every writer's transaction takes first, in whatever process.

As `BEGIN IMMEDIATE` with SQLite: seq, seals' numbers and the audit's chain are in the order of commits.
"""

TAKE_LOCK = f"SELECT pg_advisory_xact_lock({WRITE_LOCK})"

READERS, MORE_READERS = 8, 22
"""Connections that read: those kept, and others while needed. A server allows 100 in all unless told."""

_PATIENCE = {
    "connect_timeout": 5,
    # A server that is cut off is given up before the watchdog ends the process.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
KEEPALIVES = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
"""So that the server notices within 11 s that this machine is gone."""

_OF_BOTH = "-c client_encoding=UTF8 -c timezone=UTC -c standard_conforming_strings=on"
_OF_WRITERS = (
    # What a statement reads is read after the lock was taken, whatever the server's default.
    "-c default_transaction_isolation=read\\ committed"
    f" -c {WRITES}=on -c synchronous_commit=on -c lock_timeout=10s -c statement_timeout=20s"
    # Whoever hangs with the lock is cut off, also if nothing is heard of it any more.
    " -c idle_in_transaction_session_timeout=20s"
    f" {KEEPALIVES}"
)
_OF_READERS = "-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"


def address_of(url: str) -> URL:
    """Return the URL for our dialect of SQLAlchemy; raises ConfigurationError."""
    try:
        found = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError("BARWATCH_DATABASE_URL: expected postgresql://USER@HOST/DATABASE") from error
    if found.drivername not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ConfigurationError(
            f"BARWATCH_DATABASE_URL: expected postgresql://USER@HOST/DATABASE, not {found.drivername}://"
        )
    if importlib.util.find_spec("psycopg") is None:
        raise ConfigurationError("BARWATCH_DATABASE_URL needs psycopg: pip install 'barwatch[postgres]'")
    return found.set(drivername=dialect.NAME)


def shown(address: URL) -> str:
    """Return an address for people, without its password."""
    return address.set(drivername="postgresql", password=None, query={}).render_as_string()


def connect(address: URL, *, write: bool) -> Engine:
    """Make an engine. A writer's transactions wait for the lock for 10 s at most; readers may only read."""
    engine = create_engine(
        address,
        connect_args={**_PATIENCE, "options": f"{_OF_BOTH} {_OF_WRITERS if write else _OF_READERS}"},
        # A connection that a restart of the server has ended is replaced before it is used.
        pool_pre_ping=True,
        pool_size=1 if write else READERS,
        max_overflow=0 if write else MORE_READERS,
        pool_timeout=10,
    )
    if write:
        event.listen(engine, "begin", take_lock)
    return engine


def take_lock(connection: Connection) -> None:
    """Begin a transaction that writes."""
    connection.exec_driver_sql(TAKE_LOCK)
