"""Writes that must not be lost to a passing trouble: what the database refused is tried again."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
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
    """Writes jobs that may run twice without harm. Safe from any thread.

    Args:
        store: where to.
        max_waiting: how many refused writes may wait for their retry; the newest beyond that is given up.
    """

    def __init__(self, store: Store, max_waiting: int = MAX_WAITING) -> None:
        self._store, self._max_waiting = store, max_waiting
        self._lock = threading.Lock()
        self._refused: deque[_Write] = deque()
        self._finished = False
        self.retried = 0
        self.lost = 0

    def write(self, job: Callable[[Session], Any], done: Callable[[Any], None]) -> None:
        """Run `job` on the store's writer, then `done` with its result, there too. Returns at once."""
        self._hand_over(_Write(job, done))

    def retry(self) -> None:
        """Try once more what was refused; to be called every second or so."""
        self._retry()

    def finish(self, timeout_s: float = 2.0) -> None:
        """Try what was refused for the last time, before the store is closed; what fails now is lost."""
        with self._lock:
            self._finished = True
        wait(self._retry(), timeout_s)

    def _retry(self) -> list[Future[Any]]:
        with self._lock:
            writes = list(self._refused)
            self._refused.clear()
            self.retried += len(writes)
        return [self._hand_over(write) for write in writes]

    def _hand_over(self, write: _Write) -> Future[Any]:
        outcome = self._store.write(write.job)
        outcome.add_done_callback(partial(self._finish, write))
        return outcome

    def _finish(self, write: _Write, outcome: Future[Any]) -> None:
        error = outcome.exception()
        if error is None:
            write.done(outcome.result())
            return
        # An error that is not the database's is the job's own: it would fail the same way for ever.
        with self._lock:
            again = (
                isinstance(error, StoreError)
                and not self._finished
                and len(self._refused) < self._max_waiting
            )
            if again:
                self._refused.append(write)
            else:
                self.lost += 1
        if again:
            log.warning("record refused; it will be tried again", reason=str(error))
        else:
            log.error("record given up", reason=repr(error))
