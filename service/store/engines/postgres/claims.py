"""The claim to lead, as it stands in the database: a number that grows, and where the leader is reached.

A claim is made in a transaction that takes the writers' lock, and each of a leader's transactions looks at it
once it has that lock. So the claims and what leaders write are in one order: nothing of an old leader comes
after a new one's claim, however long the old one was stopped.
"""

from __future__ import annotations

import secrets
from typing import Any

import psycopg
from pydantic import TypeAdapter
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from service.domain.errors import StoreError, SupersededError
from service.domain.leading.leader import Leader
from service.store.engines.postgres.connecting import TAKE_LOCK, WRITE_LOCK

KEY = "leader"
"""The row of `meta`. Not sealed: it says nothing of history."""

_LEADER = TypeAdapter(Leader)
_READ = f"SELECT value FROM meta WHERE key = '{KEY}'"  # noqa: S608 - a constant


def take(connection: psycopg.Connection[Any], address: str) -> Leader:
    """Claim: from the commit on, no transaction of an earlier leader comes through. Raises psycopg.Error."""
    with connection.transaction():
        # Somebody who hangs with the lock is cut off after 20 s.
        connection.execute("SET LOCAL lock_timeout = '25s'")
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (WRITE_LOCK,))
        before = connection.execute(_READ).fetchone()
        leader = Leader(_next(before), address, secrets.token_urlsafe(24))
        connection.execute(
            "INSERT INTO meta (key, value) VALUES (%s, %s)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (KEY, _LEADER.dump_json(leader).decode()),
        )
    return leader


def stands(connection: psycopg.Connection[Any], mine: Leader) -> bool:
    """Say whether nobody has claimed since. Raises psycopg.Error."""
    found = connection.execute(_READ).fetchone()
    return found is not None and _parsed(found[0]) == mine


def take_lock_and_look(connection: Connection) -> None:
    """Begin a transaction that writes, and note the claim as it is once the lock is held: in one round trip.

    The second statement sees what was committed while the first one waited.
    """
    found = connection.exec_driver_sql(f"{TAKE_LOCK}; {_READ}")
    assert found.cursor is not None  # noqa: S101 - it has rows
    found.cursor.nextset()
    row = found.cursor.fetchone()
    found.close()
    connection.info[KEY] = None if row is None else row[0]


def check(session: Session, mine: Leader) -> None:
    """Raise SupersededError, in a transaction begun by `take_lock_and_look`, if somebody claimed since."""
    value = session.connection().info[KEY]
    now = None if value is None else _parsed(value)
    if now != mine:
        raise SupersededError(
            f"another service leads (claim {0 if now is None else now.fence}, this one had {mine.fence})"
        )


def read(session: Session) -> Leader | None:
    """Return the newest claim; None if there was none yet."""
    found = session.execute(text(_READ)).scalar()
    return None if found is None else _parsed(found)


def _next(before: tuple[Any, ...] | None) -> int:
    if before is None:
        return 1
    try:
        return _parsed(before[0]).fence + 1
    except StoreError:
        return 1  # a claim is known by its secret as well


def _parsed(value: str) -> Leader:
    try:
        return _LEADER.validate_json(value)
    except ValueError as error:
        raise StoreError("what is stored of the service that leads is damaged") from error
