"""Tells operators what is wrong with the machine's disk, clock and files: each becomes an alarm, and ends."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from functools import partial

import structlog

from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.host.clocks.wall_clock import ClockNote, WallClock
from service.host.disk import Room
from service.store import alarms
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.upkeep import clock as stored_clock
from service.words.catalogue import ENGLISH, words_in

log = structlog.get_logger(__name__)

NOTE_EVERY_S = 30.0
"""How often the time is noted for the next start."""

_FILES = ("database_gone", "database_replaced", "log_gone", "pictures_gone")
"""Causes of `storage_damaged` that are found here."""

_FOUND_HERE = (
    AlarmKind.DISK_LOW,
    AlarmKind.CLOCK_JUMPED,
    AlarmKind.EVIDENCE_BEHIND,
    AlarmKind.STORAGE_DAMAGED,
)

_TEXTS = words_in(ENGLISH)["machineTroubles"]


class MachineTroubles:
    """Compares, once a second, what is wrong with what was said; only changes are told.

    Args:
        store: its files are watched, and the time is noted in it.
        pictures: their folder and disk are watched.
        clock: is asked whether it has jumped.
        take: takes each change in health; must not block.
    """

    def __init__(
        self, store: Store, pictures: Pictures, clock: WallClock, take: Callable[[Health], object]
    ) -> None:
        self._store, self._pictures, self._clock, self._take = store, pictures, clock, take
        self._said: dict[tuple[AlarmKind, str], Health] = {}
        self._took_over = False
        self._next_note_mono_s = 0.0

    def resume(self) -> None:
        """Go on from the time that the last run noted, or that the newest row has. Raises StoreError."""
        with self._store.reading() as session:
            note = stored_clock.last(session)
        if note is not None:
            self._clock.resume(ClockNote(note.wall, note.counter_s, note.boot))

    def step(self) -> None:
        """Tell what has changed, and note the time. Raises StoreError."""
        now = {
            (health.kind, health.cause): health
            for health in (*self._disk(), *self._files(), *self._evidence(), *self._jump())
        }
        said = self._said
        for key in said.keys() - now.keys():
            log.warning("over", kind=key[0].value, cause=key[1])
            self._take(dataclasses.replace(said[key], active=False, message="It is over"))
        for key in now.keys() - said.keys():
            log.error(now[key].message, kind=key[0].value, cause=key[1])
            self._take(now[key])
        self._said = now
        if not self._took_over:
            self._end_former()
            self._took_over = True
        self._note()

    def _end_former(self) -> None:
        """End what the run before left standing, unless it is found again: each cause by itself."""
        with self._store.reading() as session:
            left = [alarm for kind in _FOUND_HERE for alarm in alarms.standing(session, kind)]
        for alarm in left:
            message = "It is over since the start"
            if alarm.kind is AlarmKind.STORAGE_DAMAGED and alarm.cause not in _FILES:
                if alarm.cause != "pages" or self._store.database.unchecked:
                    continue
                message = "The whole database was checked"
            if (alarm.kind, alarm.cause) not in self._said:
                self._take(Health(alarm.kind, None, False, message, alarm.cause))

    def _disk(self) -> list[Health]:
        status = self._pictures.space.status
        if status.room is Room.ENOUGH:
            return []
        low = status.room is Room.LOW
        said = {"free_mb": status.free_bytes // 1_000_000, "reserve_mb": status.reserve_bytes // 1_000_000}
        what = "has little room: no more pictures are kept" if low else "is full: no alarm can be stored"
        message = f"The data folder's disk {what} ({said['free_mb']} MB free)"
        return [Health(AlarmKind.DISK_LOW, None, True, message, "disk_low" if low else "disk_full", said)]

    def _files(self) -> list[Health]:
        pictures = "" if self._pictures.check_present() else "pictures_gone"
        found = [self._store.database.presence.trouble(), pictures]
        return [
            Health(AlarmKind.STORAGE_DAMAGED, None, True, _TEXTS[trouble], trouble)
            for trouble in found
            if trouble
        ]

    def _evidence(self) -> list[Health]:
        trouble = self._pictures.files.trouble
        if trouble is None:
            return []
        cause, told = trouble
        message = _TEXTS[cause].format_map(told)
        return [Health(AlarmKind.EVIDENCE_BEHIND, None, True, message, cause, told)]

    def _jump(self) -> list[Health]:
        jump_s = self._clock.jump_s
        if not jump_s:
            return []
        message = (
            f"The clock jumped by {jump_s:+.0f} s: nothing is deleted until somebody confirms the time, or "
            "until it returns"
        )
        return [Health(AlarmKind.CLOCK_JUMPED, None, True, message, "clock", {"by_s": round(jump_s)})]

    def _note(self) -> None:
        if time.monotonic() < self._next_note_mono_s:
            return
        self._next_note_mono_s = time.monotonic() + NOTE_EVERY_S
        note = self._clock.note()
        job = partial(stored_clock.keep, wall=note.wall, counter_s=note.counter_s, boot=note.boot)
        self._store.write(job)
