"""The database: one SQLite file, one writer thread, readers on their own sessions.

    store = Store.open(data_dir)
    passage = store.write(lambda session: passages.add(session, record)).result()
    with store.reading() as session:
        page = passages.listing(session)

Writes run one after the other on one thread, each in its own BEGIN IMMEDIATE transaction: several writers
with plain BEGIN fail with "database is locked" as soon as two of them upgrade a read to a write. Other
processes (the command line) may write too; the busy timeout lets them wait for each other.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import stamina
import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from service.domain.alarm import Alarm
from service.domain.errors import ConfigurationError, StoreError
from service.host.watchdog import Step

T = TypeVar("T")
log = structlog.get_logger(__name__)

BUSY_TIMEOUT_S = 10.0
MAX_WAITING_JOBS = 2048
NEW_ALARMS = "new_alarms"
"""Key in Session.info: the alarms a job raised or changed, told to listeners once they are committed."""


class Store:
    """The database of one data folder. Open with `Store.open`, end with `close`. Safe from any thread."""

    def __init__(self, writer: Engine, reader: Engine) -> None:
        self._writer = writer
        self._reader = reader
        self._jobs: queue.Queue[tuple[Callable[[Session], Any], Future[Any]] | None] = queue.Queue(
            MAX_WAITING_JOBS
        )
        self._listeners: list[Callable[[tuple[Alarm, ...]], None]] = []
        self._closed = threading.Event()
        self.rejected_jobs = 0
        self.step = Step()
        """What the writer thread is at, for the watchdog."""
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @classmethod
    def open(cls, data_dir: Path) -> Store:
        """Open (and migrate, and create if missing) the database `data_dir`/barwatch.db.

        Raises:
            ConfigurationError: the folder or the file cannot be used.
        """
        path = Path(data_dir) / "barwatch.db"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = make_engine(path, write=True)
            migrate(writer)
        except (OSError, SQLAlchemyError) as error:
            raise ConfigurationError(f"{path}: the database cannot be opened: {_brief(error)}") from error
        return cls(writer, make_engine(path, write=False))

    def write(self, job: Callable[[Session], T]) -> Future[T]:
        """Run `job` in one transaction on the writer thread; its result, or what it raised, by the future.

        Our own errors (NotFoundError, ConflictError, …) come through and roll back; the database's are
        StoreError. With MAX_WAITING_JOBS waiting, or after `close`, the future fails at once (counted).
        """
        future: Future[T] = Future()
        try:
            if self._closed.is_set():
                raise queue.Full
            self._jobs.put_nowait((job, future))
        except queue.Full:
            self.rejected_jobs += 1
            future.set_exception(StoreError("the database takes no more jobs: too many are waiting"))
        return future

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a read-only session on one consistent state of the database.

        Raises:
            StoreError: the database cannot answer.
        """
        try:
            with Session(self._reader, expire_on_commit=False) as session:
                yield session
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot answer: {_brief(error)}") from error

    def on_alarms(self, listener: Callable[[tuple[Alarm, ...]], None]) -> None:
        """Call `listener` on the writer thread with every committed new or changed alarm, in order of seq.

        It must not block; an error it raises is logged and changes nothing.
        """
        self._listeners.append(listener)

    @property
    def waiting_jobs(self) -> int:
        """How many writes wait for the writer thread."""
        return self._jobs.qsize()

    def close(self, timeout_s: float = 10.0) -> None:
        """Finish the waiting writes, then close. Later writes fail."""
        if not self._closed.is_set():
            self._closed.set()
            self._jobs.put(None, timeout=timeout_s)
        self._thread.join(timeout_s)
        self._writer.dispose()
        self._reader.dispose()

    def _run(self) -> None:
        while (item := self._next_job()) is not None:
            job, future = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result, alarms = self._transact(job)
            except SQLAlchemyError as error:
                future.set_exception(StoreError(f"the database refused a write: {_brief(error)}"))
            except Exception as error:  # noqa: BLE001 - the runner hands whatever the job raised to its caller
                future.set_exception(error)
            else:
                self._tell(alarms)
                future.set_result(result)

    def _next_job(self) -> tuple[Callable[[Session], Any], Future[Any]] | None:
        self.step.end()
        job = self._jobs.get()
        if job is not None:
            self.step.begin()
        return job

    def _transact(self, job: Callable[[Session], T]) -> tuple[T, tuple[Alarm, ...]]:
        with Session(self._writer, expire_on_commit=False) as session:
            with session.begin():
                result = job(session)
            return result, tuple(session.info.get(NEW_ALARMS, ()))

    def _tell(self, alarms: tuple[Alarm, ...]) -> None:
        if not alarms:
            return
        for listener in self._listeners:
            try:
                listener(alarms)
            except Exception:
                log.exception("alarm listener failed")


def make_engine(path: Path, *, write: bool) -> Engine:
    """Make an engine on `path`; `write` ones begin IMMEDIATE, the others may only read."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={"timeout": BUSY_TIMEOUT_S},
        pool_size=1 if write else 8,
        max_overflow=0 if write else 24,
    )

    def connect(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver's own transaction handling begins late and DEFERRED: it is switched off and done here.
        connection.isolation_level = None
        # Turning a new file to WAL locks it, and SQLite does not wait for another process that does so too.
        for attempt in stamina.retry_context(
            on=_is_busy, attempts=None, timeout=BUSY_TIMEOUT_S, wait_max=0.5
        ):
            with attempt:
                connection.execute("PRAGMA journal_mode=WAL")
        for pragma in ("synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        if not write:
            connection.execute("PRAGMA query_only=ON")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to the newest schema, in one transaction; an empty file is built from nothing.

    A revision before "head" is for tests of what an older installation left behind.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_BUSY


def _brief(error: Exception) -> str:
    return str(error.orig) if hasattr(error, "orig") else str(error)
