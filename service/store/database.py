"""The database: one writer thread, readers on their own sessions; a file of SQLite, or PostgreSQL.

    store = Store.open(data_dir)
    passage = store.write(lambda session: passages.add(session, record)).result()
    with store.reading() as session:
        page = passages.listing(session)

Writes run one after the other on one thread, each in a transaction that takes the database's one lock for
writing first: several writers that begin by reading would refuse each other as soon as two of them write.
Other processes may write too; they wait for each other.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.domain.alarm import Alarm
from service.domain.errors import StoreError
from service.domain.people import ORIGIN, Origin
from service.host.runner import Runner, Runners, attempt, settle
from service.store.audit import entries
from service.store.audit.heads import HeadFile
from service.store.damage import DAMAGED_ROWS, DamagedRows
from service.store.engines import chosen
from service.store.engines.base import OpenDatabase
from service.store.file.engine import brief

T = TypeVar("T")
log = structlog.get_logger(__name__)

MAX_WAITING_JOBS = 2048
CHECKPOINT_EVERY_S, CHECKPOINT_EVERY = 60.0, 16
"""How often SQLite's log is moved into the file: after so many seconds or commits, of 150 kB each. Far
sooner than a commit would have to (service.store.file.engine), and seldom enough for a memory card."""
NEW_ALARMS = "new_alarms"
"""Key in Session.info: the alarms that a job raised or changed; listeners get them after the commit."""

Check = Callable[[Session], object]
"""Raises where what is stored may not be replaced."""

Job = tuple[Callable[[Session], Any], "Future[Any]"]


class Store:
    """The database of one data folder. Open with `Store.open`, end with `close`. Safe from any thread.

    Args:
        data: the data folder.
        opened: the database.
        runners: owns the writer thread.
        url: of a PostgreSQL database; None: a file in the folder.
    """

    def __init__(
        self, data: Path, opened: OpenDatabase, runners: Runners | None = None, url: str | None = None
    ) -> None:
        self.data, self.url = data, url
        self.database = opened
        self._writer, self._reader = opened.writer, opened.reader
        # The job at work stays the first of them until it is answered, so that none is lost with its thread.
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._listeners: list[Callable[[tuple[Alarm, ...]], None]] = []
        self._closed = False
        self.rejected_jobs = 0
        self.damaged = DamagedRows()
        self._head = HeadFile(data)
        runners = runners or Runners()
        self._runner = runners.add(Runner("database", self._work))
        self._runner.start()
        self._untidy, self._commits = threading.Event(), 0
        self._tidying = Runner("database log", self._tidy, wake=self._untidy.set)
        if url is None:
            runners.add(self._tidying).start()

    @classmethod
    def open(
        cls,
        data_dir: Path,
        runners: Runners | None = None,
        backups: Path | None = None,
        url: str | None = None,
    ) -> Store:
        """Check, migrate (or create if missing) and open the database.

        Args:
            data_dir: the data folder.
            runners: owns the writer thread.
            backups: where backups are; below the data folder if not given.
            url: of a PostgreSQL database; `data_dir`/barwatch.db if there is none.

        Raises:
            DatabaseDamagedError: the file is damaged, or missing where backups are; nothing was changed.
            ConfigurationError: the folder or the database cannot be used.
        """
        data = Path(data_dir)
        return cls(data, chosen.engine_of(data, url).open(backups), runners, url)

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
            raise StoreError(f"the database cannot answer: {brief(error)}") from error

    def check(self) -> None:
        """Check that the database answers, and that its files are those that were opened.

        Raises:
            StoreError: it does not answer, or a file was removed or replaced: SQLite would go on writing to a
                file that nobody will ever read.
        """
        self.database.presence.check()
        with self.reading() as session:
            session.execute(text("SELECT 1"))

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
        self._tidying.stop()
        self._runner.stop(timeout_s)
        with self._changed:
            left = list(self._jobs)
            self._jobs.clear()
        for _, future in left:
            _fail(future, "the service stopped before this was written")
        self._head.close()
        self.database.close()

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

    def _tidy(self) -> None:
        """Move the log into the file beside the writer, which would otherwise do so within a commit."""
        with self._tidying.heartbeat.waiting():
            self._untidy.wait(CHECKPOINT_EVERY_S)
        self._untidy.clear()
        if not self._tidying.stopping.is_set():
            self.database.checkpoint()

    def _next_job(self) -> Job | None:
        with self._runner.heartbeat.waiting(), self._changed:
            self._changed.wait_for(lambda: self._jobs or self._closed)
            return self._jobs[0] if self._jobs else None

    def _commit(self, job: Callable[[Session], T]) -> T:
        self.database.presence.check()
        try:
            info = {DAMAGED_ROWS: self.damaged}
            with Session(self._writer, expire_on_commit=False, info=info) as session:
                with session.begin():
                    self.database.check_claim(session)
                    result = job(session)
                    if alarms := session.info.get(NEW_ALARMS):
                        self.database.tell(session, alarms[-1].seq)
                alarms = tuple(session.info.get(NEW_ALARMS, ()))
                head = session.info.get(entries.HEAD)
            self.database.presence.check()  # what was written to a file without a name is not stored
            self._commits += 1
            if self._commits % CHECKPOINT_EVERY == 0:
                self._untidy.set()
        except SQLAlchemyError as error:
            raise StoreError(f"the database refused a write: {brief(error)}") from error
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


def guarded(job: Callable[[Session], T], check: Check | None) -> Callable[[Session], T]:
    """Return the job, which first runs `check` in the same transaction and is not done where that raises."""

    def run(session: Session) -> T:
        if check is not None:
            check(session)
        return job(session)

    return run


def _fail(future: Future[Any], reason: str) -> None:
    with contextlib.suppress(InvalidStateError):  # it was answered or cancelled meanwhile
        future.set_exception(StoreError(reason))
