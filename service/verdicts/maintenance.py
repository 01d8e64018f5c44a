"""Recurring work that must not wait: disk space, masks, shelved alarms that are due."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import structlog

from service.alarms import lifecycle
from service.domain.health import Health
from service.host.clocks.wall_clock import WallClock
from service.host.disk import Room
from service.host.runner import Runner, attempt
from service.store.alarms import due
from service.store.audit import entries
from service.store.audit.compaction import compact
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.upkeep.classes import Retention
from service.store.upkeep.retention import make_room
from service.verdicts.active_masks import ActiveMasks
from service.verdicts.trouble import MachineTroubles

log = structlog.get_logger(__name__)

EVERY_S = 1.0
SEAL_EVERY_S = 60.0
HEAD_EVERY_S = 86_400.0
COMPACT_STEPS = 4
AT_ONCE = 50
"""Passages whose pictures go early in one turn while the disk has little room."""


class Maintenance:
    """Runs each task once a second; a task that fails does not keep the others from running.

    Args:
        store: the database.
        pictures: their disk is checked; the oldest go early when it has little room.
        masks: those that could not be embedded are retried.
        retention: how long evidence stays.
        clock: the believed time; while it is in doubt nothing is deleted.
        take: takes what is wrong with the machine, as changes in health.
        on_time: does what is due with alarms (DueAlarms.step).
    """

    def __init__(
        self,
        store: Store,
        pictures: Pictures,
        masks: ActiveMasks,
        retention: Retention,
        clock: WallClock | None = None,
        take: Callable[[Health], object] = lambda _: None,
        on_time: Callable[[], object] = lambda: None,
    ) -> None:
        self._store, self._pictures, self._retention = store, pictures, retention
        self._clock = clock or WallClock()
        self.troubles = MachineTroubles(store, pictures, self._clock, take)
        self.sooner: list[Callable[[], bool]] = []
        """What is given up before pictures are; each says whether it gave anything up."""
        self._next_seal_mono_s = self._next_head_mono_s = 0.0
        self._tasks: tuple[Callable[[], object], ...] = (
            self._make_room,
            self.troubles.step,
            masks.retry,
            self._unshelve,
            on_time,
            self._seal,
        )
        self.runner = Runner("maintenance", self._turn, every_s=EVERY_S)

    def _turn(self) -> None:
        failures = [error for task in self._tasks if (error := attempt(task)) is not None]
        if failures:
            raise failures[0]

    def _make_room(self) -> None:
        if self._pictures.space.check().room is Room.ENOUGH or self._clock.jump_s:
            return
        if self._pictures.files.is_shared:
            return  # what is old lies elsewhere: deleting it gives no room here
        # Some of the oldest pictures go early, but clips before them: they are larger, and decide nothing.
        if any(give_up() for give_up in self.sooner):
            return
        low = self._retention.when_low()
        self._pictures.remove(make_room(self._store, low, self._clock.now(), AT_ONCE))

    def _unshelve(self) -> None:
        now = self._clock.now()
        with self._store.reading() as session:
            expired = due.expired(session, now)
        if expired:
            self._store.write(partial(lifecycle.expire_shelved, now=now)).result()

    def _seal(self) -> None:
        """Let the audit cover the passages of the last minute; once a day, and first, say its head."""
        now_mono_s = time.monotonic()
        if now_mono_s < self._next_seal_mono_s:
            return
        self._next_seal_mono_s = now_mono_s + SEAL_EVERY_S
        self._store.write(entries.seal_rest).result()
        for _ in range(0 if self._clock.jump_s else COMPACT_STEPS):  # more seals go than come
            if not self._store.write(partial(compact, now=self._clock.now())).result():
                break
        if now_mono_s >= self._next_head_mono_s:
            self._next_head_mono_s = now_mono_s + HEAD_EVERY_S
            with self._store.reading() as session:
                head = entries.head(session)
            log.info("the head of the audit: keep it elsewhere", entry=head.seq, hash=head.hash)
