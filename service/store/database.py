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

import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import stamina
import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from service.domain.alarm import Alarm
from service.domain.errors import ConfigurationError, StoreError
from service.domain.people import ORIGIN, Origin
from service.host.private import private_file, private_folder
from service.host.runner import Runner, Runners, attempt, settle
from service.store.audit import entries, guard
from service.store.audit.heads import HeadFile
from service.store.damage import DAMAGED_ROWS, DamagedRows

T = TypeVar("T")
log = structlog.get_logger(__name__)

BUSY_TIMEOUT_S = 10.0
MAX_WAITING_JOBS = 2048
NEW_ALARMS = "new_alarms"
"""Key in Session.info: the alarms that a job raised or changed; listeners get them after the commit."""

Job = tuple[Callable[[Session], Any], "Future[Any]"]


class Store:
    """The database of one data folder. Open with `Store.open`, end with `close`. Safe from any thread.

    Args:
        path: the database's file.
        writer: the engine of the writer thread.
        reader: the engine of everybody else.
        runners: owns the writer thread.
    """

    def __init__(self, path: Path, writer: Engine, reader: Engine, runners: Runners | None = None) -> None:
        self._path, self._inode = path, _inode_of(path)
        self._writer = writer
        self._reader = reader
        # The job at work stays the first of them until it is answered, so that none is lost with its thread.
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._listeners: list[Callable[[tuple[Alarm, ...]], None]] = []
        self._closed = False
        self.rejected_jobs = 0
        self.damaged = DamagedRows()
        self._head = HeadFile(path.parent)
        self._runner = (runners or Runners()).add(Runner("database", self._work))
        self._runner.start()

    @classmethod
    def open(cls, data_dir: Path, runners: Runners | None = None) -> Store:
        """Open (and migrate, and create if missing) the database `data_dir`/barwatch.db.

        Raises:
            ConfigurationError: the folder or the file cannot be used.
        """
        path = Path(data_dir) / "barwatch.db"
        try:
            private_folder(path.parent)
            private_file(path)
            writer = make_engine(path, write=True)
            migrate(writer)
            guard.begin(writer, HeadFile(path.parent).read())
            writer.dispose()  # its next connection seals what it writes, by the newest schema
            event.listen(writer, "connect", _seal_writes)
        except (OSError, SQLAlchemyError) as error:
            raise ConfigurationError(f"{path}: the database cannot be opened: {_brief(error)}") from error
        return cls(path, writer, make_engine(path, write=False), runners)

    def write(self, job: Callable[[Session], T]) -> Future[T]:
        """Run `job` in one transaction on the writer thread; its result, or what it raised, by the future.

        Our own errors (NotFoundError, ConflictError, …) come through and roll back; the database's are
        StoreError. With MAX_WAITING_JOBS waiting, or after `close`, the future fails at once (counted).
        Every future is answered, whatever happens to the thread or the service meanwhile.
        """
        future: Future[T] = Future()
        job = _on_behalf(ORIGIN.get(), job)
        with self._changed:
            closed, full = self._closed, len(self._jobs) >= MAX_WAITING_JOBS
            if not closed and not full:
                self._jobs.append((job, future))
                self._changed.notify()
                return future
            self.rejected_jobs += 1
        reason = "it is closed" if closed else "too many are waiting"
        future.set_exception(StoreError(f"the database takes no more jobs: {reason}"))
        return future

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a read-only session on one consistent state of the database.

        Raises:
            StoreError: the database cannot answer.
        """
        try:
            with Session(self._reader, expire_on_commit=False, info={DAMAGED_ROWS: self.damaged}) as session:
                yield session
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot answer: {_brief(error)}") from error

    def check(self) -> None:
        """Check that the database answers and that its file is still the one that was opened.

        Raises:
            StoreError: it does not answer, or the file was removed or replaced: SQLite would go on writing
                to a file that nobody will ever read.
        """
        with self.reading() as session:
            session.execute(text("SELECT 1"))
        if _inode_of(self._path) != self._inode:
            raise StoreError(f"the database's file {self._path.name} was removed or replaced")

    def on_alarms(self, listener: Callable[[tuple[Alarm, ...]], None]) -> None:
        """Call `listener` on the writer thread with every committed new or changed alarm, in order of seq.

        It must not block; an error it raises is logged and changes nothing.
        """
        self._listeners.append(listener)

    @property
    def waiting_jobs(self) -> int:
        """How many writes wait for the writer thread."""
        return len(self._jobs)

    def close(self, timeout_s: float = 5.0) -> None:
        """Finish the waiting writes for at most `timeout_s`, fail what is left, then close."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._runner.stop(timeout_s)
        with self._changed:
            left = list(self._jobs)
            self._jobs.clear()
        for _, future in left:
            _fail(future, "the service stopped before this was written")
        self._head.close()
        self._writer.dispose()
        self._reader.dispose()

    def _work(self) -> bool:
        """Do jobs until the store is closed and none is left."""
        while (item := self._next_job()) is not None:
            job, future = item
            if future.running():
                _fail(future, "the database's thread was interrupted")
            elif not future.done() and future.set_running_or_notify_cancel():
                settle(future, partial(self._commit, job))
            with self._changed:
                if self._jobs and self._jobs[0] is item:
                    self._jobs.popleft()
        return False

    def _next_job(self) -> Job | None:
        with self._runner.heartbeat.waiting(), self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closed)
            return self._jobs[0] if self._jobs else None

    def _commit(self, job: Callable[[Session], T]) -> T:
        try:
            info = {DAMAGED_ROWS: self.damaged}
            with Session(self._writer, expire_on_commit=False, info=info) as session:
                with session.begin():
                    result = job(session)
                alarms = tuple(session.info.get(NEW_ALARMS, ()))
                head = session.info.get(entries.HEAD)
        except SQLAlchemyError as error:
            raise StoreError(f"the database refused a write: {_brief(error)}") from error
        for listener in self._listeners if alarms else ():
            if (failure := attempt(partial(listener, alarms))) is not None:
                log.error("alarm listener failed", exc_info=failure)
        if head is not None:
            self._head.keep(head)
        return result


def _on_behalf(origin: Origin | None, job: Callable[[Session], T]) -> Callable[[Session], T]:
    """Return the job, which tells its session who asked for it: it runs on another thread."""

    def run(session: Session) -> T:
        session.info[entries.ORIGIN] = origin
        return job(session)

    return job if origin is None else run


def _seal_writes(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    guard.watch(connection)


def _fail(future: Future[Any], reason: str) -> None:
    with contextlib.suppress(InvalidStateError):  # it was answered or cancelled meanwhile
        future.set_exception(StoreError(reason))


def _inode_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def make_engine(path: Path, *, write: bool) -> Engine:
    """Make an engine on `path`; `write` ones begin IMMEDIATE, the others may only read."""
    engine = create_engine(
        URL.create("sqlite", database=str(path)),
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
        guard.add_function(connection)
        if not write:
            connection.execute("PRAGMA query_only=ON")

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)
    return engine


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the database to the newest schema, in one transaction; an empty file is built from nothing.

    An earlier revision than "head" is for tests of what an older installation left behind.
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
