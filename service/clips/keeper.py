"""Stores clips and deletes old ones, on a thread of its own: no verdict, alarm or picture waits for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from service.clips.desk import ClipDesk, Outcome
from service.domain.errors import StoreError
from service.domain.evidence.clip import ClipMade, ClipRules, NoClip, StoredClip
from service.host.clocks.wall_clock import WallClock
from service.host.disk import DiskSpace, Room
from service.host.runner import Runner, Runners
from service.store.clips import rows
from service.store.clips.folder import ClipFolder
from service.store.clips.missing import note_missing
from service.store.database import Store
from service.store.upkeep import tally

log = structlog.get_logger(__name__)

STOP_S, LAST_WORD_S = 2.0, 1.0
"""So long the service's end waits for clips that are awaited, and for the record of the others."""

POLL_S = 1.0
RETAIN_EVERY_S = 600.0
STEP = 20
"""Clips that are deleted in one transaction."""


class ClipKeeper:
    """A part of the service: see SidePart.

    Args:
        store: the database. folder: the files.
        desk: where clips come from.
        rules_of: returns what is kept of a lift. most_bytes: of all.
        space: the disk. clock: the believed time; while it is in doubt nothing is deleted.
        stop_s: how long its end waits for clips.
    """

    def __init__(
        self,
        store: Store,
        folder: ClipFolder,
        desk: ClipDesk,
        rules_of: Callable[[str], ClipRules],
        most_bytes: int,
        space: DiskSpace,
        clock: WallClock,
        runners: Runners,
        stop_s: float = STOP_S,
    ) -> None:
        self._stop_s = stop_s
        self._store, self._folder, self._desk = store, folder, desk
        self._rules_of, self._most_bytes = rules_of, most_bytes
        self._space, self._clock = space, clock
        self._next_retain_mono_s = 0.0
        self.runner = runners.add(Runner("clips", self._turn, wake=desk.changed.set))

    def start(self) -> None:
        """Take note of files that are gone, and of clips that the last run never got; then begin."""
        note_missing(self._store, self._folder)
        abandoned = self._store.write(rows.give_up_awaited).result()
        if abandoned:
            log.warning("clips were awaited when the service ended, and never came", count=abandoned)
        self.runner.start()

    def stop(self) -> None:
        """End. What is awaited is cut as far as it has come, and marked; what does not come at once is not.

        The cameras' processes must run still.
        """
        self.runner.stop()
        until_mono_s = time.monotonic() + self._stop_s
        self._desk.end()
        while self._desk.is_waiting and (left_s := until_mono_s - time.monotonic()) > 0:
            self._desk.changed.wait(left_s)
            self._desk.changed.clear()
            self._store_all(max(until_mono_s - time.monotonic(), 0.0))
        self._desk.give_up()
        self._store_all(LAST_WORD_S)

    def _store_all(self, within_s: float) -> None:
        until_mono_s = time.monotonic() + within_s
        while (outcome := self._desk.take()) is not None:
            left_s = until_mono_s - time.monotonic()
            if left_s <= 0:  # no time for a file
                outcome = outcome[0], ClipMade(outcome[0].alarm_id, None, none=NoClip.SERVICE_ENDED)
            self._store_one(outcome, max(left_s, 0.1))

    def make_room(self) -> bool:
        """Delete some of the oldest clips; return whether there were any.

        None on a shared store: that gives no room here.
        """
        if self._folder.files.is_shared:
            return False
        with self._store.reading() as session:
            oldest = rows.kept(session, limit=STEP)
        return bool(oldest) and self._expire(oldest) > 0

    def retain(self, now: datetime) -> int:
        """Delete what is too old or too much at `now`, and files that belong to nothing; return how many."""
        with self._store.reading() as session:
            old = [*rows.orphans(session)]
            for lift_id in rows.lifts(session):
                oldest = now - timedelta(days=self._rules_of(lift_id).max_age_days)
                old += rows.kept(session, to=oldest, lift_id=lift_id)
            total = 0
            for alarm_id, size in rows.sizes(session):
                total += size
                if total > self._most_bytes and alarm_id not in old:
                    old.append(alarm_id)
        removed = 0
        for first in range(0, len(old), STEP):
            self.runner.heartbeat.begin()
            removed += self._expire(old[first : first + STEP])
        while self._store.write(rows.forget_orphans).result():
            self.runner.heartbeat.begin()
        with self._store.reading() as session:
            named = set(rows.named(session).values())
        # Only this thread writes clips: none is being written now.
        with self.runner.heartbeat.waiting():  # for a store that may be slow
            strangers = list(self._folder.strangers(named, f"{now - timedelta(days=2):%Y-%m-%d}"))
        self._folder.remove(strangers)
        if removed or strangers:
            log.info("old clips were deleted", clips=removed, strangers=len(strangers))
        return removed

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():
            self._desk.changed.wait(POLL_S if self._desk.is_waiting else RETAIN_EVERY_S)
        self._desk.changed.clear()
        self._note_awaited()
        while not self.runner.stopping.is_set() and (outcome := self._desk.take()) is not None:
            self.runner.heartbeat.begin()
            self._store_one(outcome)
        if time.monotonic() >= self._next_retain_mono_s and not self._clock.jump_s:
            self._next_retain_mono_s = time.monotonic() + RETAIN_EVERY_S
            self.retain(self._clock.now())

    def _note_awaited(self) -> None:
        """Leave word of what is awaited: a service that is killed cannot say later that it never came."""
        awaited = [
            StoredClip(each.alarm_id, each.lift_id, each.at, NoClip.PENDING) for each in self._desk.opened()
        ]
        if awaited:
            try:
                self._store.write(partial(rows.await_all, clips=awaited)).result()
            except StoreError as error:  # they come all the same
                log.warning("clips that are awaited are not noted", reason=str(error))

    def _store_one(self, outcome: Outcome, within_s: float | None = None) -> None:
        opened, made = outcome
        clip = StoredClip(opened.alarm_id, opened.lift_id, opened.at, made.none, codec=made.codec)
        if made.content is not None:
            clip = self._saved(clip, outcome)
        try:
            job = partial(rows.add, clip=clip)
            if not self._store.write(job).result(within_s) and clip.file is not None:
                self._folder.remove([clip.file])
        except TimeoutError:  # the service ends: a row may come still, and a file without one goes
            log.warning("a clip is not recorded in time", alarm=clip.alarm_id)
        except StoreError as error:
            log.warning("a clip is not recorded", alarm=clip.alarm_id, reason=str(error))
            if clip.file is not None:
                self._folder.remove([clip.file])

    def _saved(self, clip: StoredClip, outcome: Outcome) -> StoredClip:
        made = outcome[1]
        if made.content is None or self._space.status.room is not Room.ENOUGH:
            return StoredClip(clip.alarm_id, clip.lift_id, clip.at, NoClip.DISK, codec=made.codec)
        file = self._folder.name(clip.lift_id, clip.at, clip.alarm_id)
        try:
            with self.runner.heartbeat.waiting():  # for a disk that may be slow: nobody waits for it
                digest = self._folder.save(file, made.content)
        except OSError as error:
            log.warning("a clip is not written", alarm=clip.alarm_id, reason=str(error))
            return StoredClip(clip.alarm_id, clip.lift_id, clip.at, NoClip.DISK, codec=made.codec)
        return StoredClip(
            clip.alarm_id,
            clip.lift_id,
            clip.at,
            None,
            file,
            digest,
            made.content.nbytes,
            made.codec,
            made.begins_s,
            made.ends_s,
            made.cut_short,
        )

    def _expire(self, alarm_ids: Sequence[str]) -> int:
        job = partial(_expire, alarm_ids=alarm_ids, now=self._clock.now())
        taken = self._store.write(job).result()
        self._folder.remove([each.file for each in taken])
        return len(taken)


def _expire(session: Session, alarm_ids: Sequence[str], now: datetime) -> tuple[rows.TakenAway, ...]:
    """Take clips away in one transaction, and count them for the audit."""
    taken = rows.take_away(session, alarm_ids, NoClip.EXPIRED)
    tally.note(session, {"clips": [each.at for each in taken]}, now)
    return taken
