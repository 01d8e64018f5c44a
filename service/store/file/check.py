"""Checks the database's file before anything of it is changed.

Header and schema, the small tables, the newest alarms, and as many other pages as BUDGET_S allows: a start
with a million passages must not take longer than one with ten thousand. The rest is checked while the service
runs (service.store.upkeep.later).
"""

from __future__ import annotations

import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import stamina
from sqlalchemy.exc import SQLAlchemyError

from service.domain.errors import BackupError, DatabaseDamagedError
from service.store.file.archive import age_of, listing, verify
from service.store.file.engine import BUSY_TIMEOUT_S, revisions
from service.store.file.schema import schema_at, schema_of

BUDGET_S = 0.03
"""For tables that grow with time: little beside the rest of a start, which must not grow with them."""

WHOLE_BYTES = 16_000_000
"""A file up to this is checked whole, its indexes as well."""

IN_COMPOSE = "docker compose run --rm -T --no-deps"
"""Before a command that needs the data of a service that is stopped; the service has the command's name."""

NEWEST = 20
MAGIC = b"SQLite format 3\0"
BIG = (
    *("passages", "alarms", "alarm_events", "alarm_comments", "clips", "seals", "audit"),
    *("carrier_counts", "fresh_counts", "alarm_calls", "watch_spans"),
    *("self_tests", "self_test_passages", "comparisons", "review_draws", "review_tasks", "review_answers"),
)
"""Tables that grow with time."""


_NOT_DAMAGED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL)


class _DamageError(Exception):
    """What is wrong with the file."""


def check_file(path: Path, backups: Path) -> bool:
    """Check the database before it is opened; return whether all of it was. A missing or empty one is new.

    Raises:
        DatabaseDamagedError: it is damaged, or missing where there are backups.
    """
    try:
        if not path.exists() or path.stat().st_size == 0:
            if listing(backups):
                raise _DamageError("it is missing, although there are backups of it")
            return True
        # Another process may be making it: what is damaged stays so.
        for attempt in stamina.retry_context(on=_DamageError, attempts=3, wait_initial=0.2, wait_max=0.5):
            with attempt:
                return inspect(path)
        raise _DamageError("it cannot be read")
    except _DamageError as error:
        raise DatabaseDamagedError(f"{path}: {_sentence(str(error), path.parent, backups)}") from None


def recheck(path: Path) -> None:
    """Check all of a database, which may be open, however long it takes; raises DatabaseDamagedError."""
    try:
        inspect(path, whole=True)
    except _DamageError as error:
        raise DatabaseDamagedError(f"the database is damaged: {error}") from None


def inspect(path: Path, *, whole: bool = False) -> bool:
    """Read the file without changing it; return whether all of it was checked.

    whole: however long it takes.

    Raises:
        _DamageError: what is wrong.
    """
    _header(path)
    address = f"file:{quote(str(path))}?mode=ro"
    try:
        connection = sqlite3.connect(address, uri=True, check_same_thread=False, timeout=BUSY_TIMEOUT_S)
    except sqlite3.Error as error:
        raise _DamageError(str(error)) from error
    try:
        connection.text_factory = lambda content: content.decode("utf-8", "replace")
        _schema(connection)
        return _pages(connection, path, whole=whole)
    except (sqlite3.Error, SQLAlchemyError, ValueError, TypeError, OverflowError) as error:
        if getattr(error, "sqlite_errorcode", None) in _NOT_DAMAGED:
            return False  # whoever opens it says why
        raise _DamageError(str(getattr(error, "orig", error))) from error
    finally:
        connection.close()


def _header(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(100)
    if not header.startswith(MAGIC):
        raise _DamageError("file is not a database")
    size = int.from_bytes(header[16:18], "big")
    size = 65536 if size == 1 else size
    versions, encoding = header[18:20], header[56:60]
    known = versions in (b"\1\1", b"\2\2") and encoding in (b"\0\0\0\0", b"\0\0\0\1")
    if size < 512 or size & (size - 1) or not known:
        raise _DamageError("its header is damaged")
    if path.stat().st_size % size:
        raise _DamageError("it was cut short")


def _schema(connection: sqlite3.Connection) -> None:
    tables = _tables(connection)
    if not tables:
        return
    if "alembic_version" not in tables:
        raise _DamageError("its schema is damaged: there is no version")
    versions = [str(row[0]) for row in connection.execute("SELECT version_num FROM alembic_version")]
    if len(versions) != 1 or versions[0] not in (known := revisions()):
        newer = len(versions) == 1 and versions[0].isdigit() and versions[0] > max(known)
        raise _DamageError(
            f"it was made by a newer version ({versions[0]})" if newer else "its version is damaged"
        )
    missing = sorted(schema_at(versions[0]) - schema_of(connection))
    if missing:
        raise _DamageError(f"its schema is damaged: {' '.join(missing[0][:3])} is not as it should be")


def _pages(connection: sqlite3.Connection, path: Path, *, whole: bool) -> bool:
    """Let SQLite check the pages: all of a small file, else the small tables and what the time allows."""
    if whole or path.stat().st_size <= WHOLE_BYTES:
        _expect_ok(connection, "PRAGMA integrity_check(1)")
        _newest(connection)
        return True
    for name in sorted(_tables(connection) - set(BIG)):
        _expect_ok(connection, f"PRAGMA quick_check('{name}')")
    _newest(connection)
    done = threading.Event()
    watch = threading.Thread(target=_interrupt, args=(connection, done, BUDGET_S), daemon=True)
    watch.start()
    try:
        _expect_ok(connection, "PRAGMA quick_check(1)")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return False
    finally:
        done.set()
        watch.join()
    return True


def _interrupt(connection: sqlite3.Connection, done: threading.Event, after_s: float) -> None:
    """Interrupt what the connection does after so long, and again until it is done."""
    while not done.wait(after_s):
        connection.interrupt()
        after_s = 0.01


def _expect_ok(connection: sqlite3.Connection, check: str) -> None:
    found = connection.execute(check).fetchone()
    if found is None or str(found[0]) != "ok":
        reason = " ".join(str(found[0] if found else "no answer").split())
        raise _DamageError(reason.removeprefix("*** in database main *** "))


def _newest(connection: sqlite3.Connection) -> None:
    """Read what nothing works without: the newest alarms, and which columns the audit's seals cover.

    One damaged alarm holds up no other, but where none can be read all are lost.
    """
    if "alarm_events" not in _tables(connection):
        return
    if "audit" in _tables(connection):
        forms = (
            "SELECT CAST(details AS TEXT) FROM audit WHERE action = 'audit.form' ORDER BY seq DESC LIMIT 1"
        )
        form = connection.execute(forms).fetchone()
        if form is not None and not _is_json(form[0]):
            raise _DamageError("which columns the audit covers cannot be read")
    query = "SELECT seq, CAST(alarm AS TEXT) FROM alarm_events ORDER BY seq DESC LIMIT ?"
    rows = connection.execute(query, (NEWEST,)).fetchall()
    if rows and not any(_is_json(content) for _, content in rows):
        raise _DamageError(f"none of the newest {len(rows)} alarms can be read")


def _tables(connection: sqlite3.Connection) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    return {str(row[0]) for row in connection.execute(query)}


def _is_json(content: object) -> bool:
    try:
        return isinstance(json.loads(str(content)), dict)
    except ValueError:
        return False


def _sentence(reason: str, data: Path, backups: Path) -> str:
    said = f"the database is damaged ({reason}); nothing was changed"
    for backup in listing(backups)[:3]:
        try:
            verify(backup)
        except BackupError:
            continue
        age = age_of(backup, datetime.now(UTC))
        return (
            f"{said}. The newest good backup is {backup}, {age} old. To restore it: "
            f"barwatch restore {backup} --data {data} --force (with Docker Compose, before it: {IN_COMPOSE})"
        )
    return f"{said}. There is no good backup in {backups}"
