"""Recurring work: disk space, retention, shelved alarms that are due, expired sessions."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from service.alarms import lifecycle
from service.host.disk import Room
from service.host.runner import Runner, attempt
from service.store import alarms, tokens
from service.store.audit import entries
from service.store.database import Store
from service.store.pictures import Pictures, Retention, forget_old, with_alarm
from service.verdicts.active_masks import ActiveMasks

log = structlog.get_logger(__name__)

EVERY_S = 1.0
RETENTION_EVERY_S = 600.0
SEAL_EVERY_S = 60.0
HEAD_EVERY_S = 86_400.0


class Maintenance:
    """Runs each task once a second; a task that fails does not keep the others from running.

    Args:
        store: the database.
        pictures: their disk is checked and their old files are removed.
        masks: those that could not be embedded are retried.
        retention: how long evidence stays.
    """

    def __init__(self, store: Store, pictures: Pictures, masks: ActiveMasks, retention: Retention) -> None:
        self._store, self._pictures, self._retention = store, pictures, retention
        self._next_retention_mono_s = self._next_seal_mono_s = self._next_head_mono_s = 0.0
        self._tasks: tuple[Callable[[], object], ...] = (
            self._make_room,
            masks.retry,
            self._unshelve,
            self._seal,
            self._retain,
        )
        self.runner = Runner("maintenance", self._turn, every_s=EVERY_S)

    def apply_retention(self, now: datetime) -> int:
        """Remove the pictures that are too old or too many; return how many files. Raises StoreError."""
        removed = 0
        job = partial(forget_old, retention=self._retention, now=now)
        while files := self._store.write(job).result():
            self._pictures.remove(files)
            removed += len(files)
        with self._store.reading() as session:
            named = with_alarm(session)
        before = now - timedelta(days=self._retention.max_age_days)
        return removed + self._pictures.remove_unnamed(before, named)

    def _turn(self) -> None:
        failures = [error for task in self._tasks if (error := attempt(task)) is not None]
        if failures:
            raise failures[0]

    def _make_room(self) -> None:
        if self._pictures.space.check().room is Room.ENOUGH:
            return
        # Some of the oldest pictures go early.
        job = partial(forget_old, retention=self._retention.when_low(), now=datetime.now(UTC), limit=100)
        self._pictures.remove(self._store.write(job).result())

    def _unshelve(self) -> None:
        now = datetime.now(UTC)
        with self._store.reading() as session:
            due = alarms.expired(session, now)
        if due:
            self._store.write(partial(lifecycle.expire_shelved, now=now)).result()

    def _seal(self) -> None:
        """Let the audit cover the passages of the last minute; once a day, and first, say its head."""
        now_mono_s = time.monotonic()
        if now_mono_s < self._next_seal_mono_s:
            return
        self._next_seal_mono_s = now_mono_s + SEAL_EVERY_S
        self._store.write(entries.seal_rest).result()
        if now_mono_s >= self._next_head_mono_s:
            self._next_head_mono_s = now_mono_s + HEAD_EVERY_S
            with self._store.reading() as session:
                head = entries.head(session)
            log.info("the head of the audit: keep it elsewhere", entry=head.seq, hash=head.hash)

    def _retain(self) -> None:
        if time.monotonic() < self._next_retention_mono_s:
            return
        self._next_retention_mono_s = time.monotonic() + RETENTION_EVERY_S
        self.apply_retention(datetime.now(UTC))
        self._store.write(alarms.restore).result()
        self._store.write(partial(tokens.forget_expired, now=datetime.now(UTC))).result()
