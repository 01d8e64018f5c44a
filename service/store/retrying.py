"""Writes that must not be lost for a passing trouble: refused by the database, they are tried again."""

from __future__ import annotations

import queue
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from sqlalchemy.orm import Session

from service.domain.errors import StoreError
from service.store.database import Store

log = structlog.get_logger(__name__)

MAX_WAITING = 512


@dataclass(eq=False)
class _Write:
    job: Callable[[Session], Any]
    done: Callable[[Any], None]


class RetryingWriter:
    """Writes jobs that may run twice without harm; when too many wait for a retry, the newest is given up."""

    def __init__(self, store: Store, max_waiting: int = MAX_WAITING) -> None:
        self._store = store
        self._refused: queue.Queue[_Write] = queue.Queue(max_waiting)
        self.retried = 0
        self.lost = 0

    def write(self, job: Callable[[Session], Any], done: Callable[[Any], None]) -> None:
        """Run `job` on the store's writer, then `done` with its result, there too. Returns at once."""
        self._hand_over(_Write(job, done))

    def retry(self) -> None:
        """Try again, once, what was refused; to be called every second or so."""
        for _ in range(self._refused.qsize()):
            self.retried += 1
            self._hand_over(self._refused.get_nowait())

    def _hand_over(self, write: _Write) -> None:
        self._store.write(write.job).add_done_callback(partial(self._finish, write))

    def _finish(self, write: _Write, outcome: Future[Any]) -> None:
        error = outcome.exception()
        if error is None:
            write.done(outcome.result())
            return
        try:
            if not isinstance(error, StoreError):
                # Not the database's trouble but the job's own: it would fail the same way for ever.
                raise queue.Full
            self._refused.put_nowait(write)
            log.warning("record refused; it will be tried again", reason=str(error))
        except queue.Full:
            self.lost += 1
            log.error("record given up", reason=repr(error))
