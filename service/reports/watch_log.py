"""Notes when each lift is watched, and when it is not and why; and seals the counts of carriers."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import structlog

from service.domain.errors import StoreError
from service.figures.watching import Look, WatchBook, WatchSpan
from service.host.runner import Runner, Runners
from service.store.counting import carriers
from service.store.database import Store
from service.store.reports import spans

log = structlog.get_logger(__name__)

EVERY_S = 1.0
NOTE_EVERY_S = 5.0
"""How often what goes on is noted: a service that is killed was watching for a little longer than it says."""

FOLD_EVERY_S = 60.0
LAST_TRY_S = 2.0
MOST_WAITING = 10_000
"""Spans that wait for a database that refuses them; the time of those dropped is unknown, never watched."""


class WatchLog:
    """Looks at the lifts once a second. A part; its thread is its own.

    Args:
        store: where spans go.
        looks: returns what may be said of each lift now; may raise StoreError.
        now: the believed aware time.
        runners: the list to which its thread is added.
        clock: time.monotonic, or a test's own.
    """

    def __init__(
        self,
        store: Store,
        looks: Callable[[], Mapping[str, Look]],
        now: Callable[[], datetime],
        runners: Runners | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._looks, self._now, self._clock = store, looks, now, clock
        self._book: WatchBook | None = None
        self._waiting: deque[WatchSpan] = deque(maxlen=MOST_WAITING)
        self._note_at_s = self._fold_at_s = 0.0
        self.runner = (runners or Runners()).add(Runner("watch log", self.step, every_s=EVERY_S))

    def start(self) -> None:
        """Begin to look."""
        self.runner.start()

    def stop(self) -> None:
        """Note a last time what goes on, then end; stop before the cameras."""
        self.runner.stop()
        if self._book is not None:
            try:
                self._keep(self._book, LAST_TRY_S)
            except (StoreError, TimeoutError) as error:  # then it ends with the note before
                log.warning("until when lifts were watched is not noted", reason=str(error))

    def step(self) -> None:
        """Look once, and store what is due. Raises StoreError: what waits is stored with the next step."""
        if self._book is None:
            with self._store.reading() as session:
                self._book = WatchBook(spans.current(session))
        now, mono_s = self._now(), self._clock()
        before = len(self._waiting)
        self._waiting.extend(self._book.step(self._looks(), now, mono_s))
        if len(self._waiting) > before or mono_s >= self._note_at_s:
            self._keep(self._book)
            self._note_at_s = mono_s + NOTE_EVERY_S
        if mono_s >= self._fold_at_s:
            self._store.write(partial(carriers.fold, now=now)).result()
            self._fold_at_s = mono_s + FOLD_EVERY_S

    def _keep(self, book: WatchBook, timeout_s: float | None = None) -> None:
        ended = tuple(self._waiting)
        self._store.write(partial(spans.keep, ended=ended, current=dict(book.current))).result(timeout_s)
        for _ in ended:
            self._waiting.popleft()
