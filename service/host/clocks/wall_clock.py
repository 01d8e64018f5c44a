"""The wall time without its jumps: what ages and shelving are measured by.

    clock = WallClock()
    clock.now()          # the system's time, or, after a jump, the time that it would be without it
    clock.jump_s         # by how much the system's time is off; 0.0 while it is trusted
    clock.confirm()      # a person says that the system's time is right

The time is compared with a counter that nobody sets and that counts on while the machine sleeps. NTP's steps
of seconds are followed. After a jump of more than a minute nobody knows which time is right: until a person
says so, or the time returns to where it was expected, `now` goes on from the time before.

A restart is bridged by a note of both. After a reboot the counter began anew: the time is then believed if it
is not before the note and at most LONGEST_OFF after it. A machine without a clock of its own (a Raspberry)
starts in 1970 or where it was switched off, and is believed as soon as NTP has set its time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

JUMP = timedelta(minutes=1)
"""A step up to this is followed."""

LONGEST_OFF = timedelta(days=7)
"""A machine that was off for longer may as well have a wrong clock. Below the shortest retention, so that
what the last run stored is never deleted by mistake."""


@dataclass(frozen=True, slots=True)
class ClockNote:
    """What is kept of the clock across a restart: the believed time, the counter, its boot."""

    wall: datetime
    counter_s: float
    boot: str


class WallClock:
    """Safe from any thread.

    Args:
        wall: returns the system's aware time.
        counter_s: returns seconds that nobody sets and that go on while the machine sleeps.
        boot: names this boot of the machine, within which the counter counts.
    """

    def __init__(
        self,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
        counter_s: Callable[[], float] = lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
        boot: str | None = None,
    ) -> None:
        self._wall, self._counter_s = wall, counter_s
        self._boot = _this_boot() if boot is None else boot
        self._lock = threading.Lock()
        self._base, self._base_s = wall(), counter_s()
        self._slack = timedelta()
        self._jump = timedelta()

    def resume(self, note: ClockNote) -> None:
        """Go on from what an earlier run noted."""
        with self._lock:
            if note.boot and note.boot == self._boot and note.counter_s <= self._counter_s():
                self._base, self._base_s, self._slack = note.wall, note.counter_s, timedelta()
            else:
                self._base, self._base_s, self._slack = note.wall, self._counter_s(), LONGEST_OFF
        self.now()

    def now(self) -> datetime:
        """Return the believed time, aware; notices a jump before anybody acts upon it."""
        with self._lock:
            wall, counter_s = self._wall(), self._counter_s()
            expected = self._base + timedelta(seconds=counter_s - self._base_s)
            off = wall - expected
            if -JUMP <= off <= JUMP + self._slack:
                self._base, self._base_s, self._slack, self._jump = wall, counter_s, timedelta(), timedelta()
                return wall
            self._jump = off
            return expected

    @property
    def counter_s(self) -> float:
        """The counter that nobody sets, in seconds; what is measured by it knows no jumps."""
        return self._counter_s()

    @property
    def jump_s(self) -> float:
        """By how many seconds the system's time is off from the expected one; 0.0 while it is believed."""
        self.now()
        return self._jump.total_seconds()

    def confirm(self) -> timedelta:
        """Believe the system's time from now on; return by how much it is off, which `now` moves by."""
        believed = self.now()
        with self._lock:
            wall = self._wall()
            self._base, self._base_s, self._slack = wall, self._counter_s(), timedelta()
            self._jump = timedelta()
        return wall - believed

    def note(self) -> ClockNote:
        """Return what to keep for the next start."""
        believed = self.now()
        with self._lock:
            return ClockNote(believed, self._counter_s(), self._boot)


def _this_boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""
