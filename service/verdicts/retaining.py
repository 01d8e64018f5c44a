"""Deletes what is too old, and repairs what can be repaired, every ten minutes and on a thread of its own."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import partial

import structlog

from service.host.clocks.wall_clock import WallClock
from service.host.runner import Runner
from service.store import alarms, tokens
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.upkeep.classes import Retention
from service.store.upkeep.reports import prune_reports
from service.store.upkeep.retention import prune, vacuum, with_pictures

log = structlog.get_logger(__name__)

EVERY_S = 600.0
FIRST_AFTER_S = 20.0
"""The first pass waits until the service has started."""


REST = 1.0
"""After each step the writer is left alone for REST times as long as the step took."""


class Retaining:
    """Keeps each class of what is stored for its time, and no longer.

    Args:
        store: the database.
        pictures: their old files are removed.
        retention: how long each class stays.
        clock: the believed time; while it is in doubt nothing is deleted.
    """

    def __init__(
        self,
        store: Store,
        pictures: Pictures,
        retention: Retention,
        clock: WallClock | None = None,
    ) -> None:
        self._store, self._pictures, self._retention = store, pictures, retention
        self._clock = clock or WallClock()
        self._step_mono_s, self._first = 0.0, True
        self.runner = Runner("retention", self._turn, every_s=EVERY_S)

    def apply_retention(self, now: datetime) -> int:
        """Delete what is too old; return how many files that were. Raises StoreError."""
        removed, self._step_mono_s = 0, time.monotonic()
        for files in prune(self._store, self._retention, now, self._rest):
            self._pictures.remove(files)
            removed += len(files)
        prune_reports(self._store, self._retention, now, self._rest)
        before = now - timedelta(days=min(self._retention.max_age_days, self._retention.max_alarm_age_days))
        with self._store.reading() as session:
            named = with_pictures(session, before + timedelta(days=1))
        with self.runner.heartbeat.waiting():  # for a store that may be slow
            removed += self._pictures.remove_unnamed(before, named)
        vacuum(self._store, rest=self._rest)
        if removed:
            log.info("old pictures were deleted", files=removed)
        return removed

    def _turn(self) -> None:
        if self._first:
            with self.runner.heartbeat.waiting():
                if self.runner.stopping.wait(FIRST_AFTER_S):
                    return
        self._first = False
        self._restore()
        if self._clock.jump_s:
            return
        self.apply_retention(self._clock.now())
        self._store.write(partial(tokens.forget_expired, now=self._clock.now())).result()

    def _restore(self) -> None:
        after: int | None = 0
        while after is not None:
            with self._store.reading() as session:
                damaged, after = alarms.find_damaged(session, after)
            if damaged:
                self._store.write(partial(alarms.restore, numbers=damaged)).result()
            if self._rest():
                return

    def _rest(self) -> bool:
        """Leave the writer alone for a while; return whether to stop."""
        took_s = time.monotonic() - self._step_mono_s
        stopping = self.runner.stopping.wait(REST * min(took_s, 1.0)) or self._clock.jump_s != 0
        self.runner.heartbeat.begin()
        self._step_mono_s = time.monotonic()
        return stopping
