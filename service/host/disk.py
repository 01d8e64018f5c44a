"""Watches the free space of the data folder's disk, and gives up a reserve when there is none left.

Alarms are committed before they are published, so a disk without a free block would stop them. Pictures fill
a disk: while it is low, no more of them are kept and old ones are deleted early. If something else fills it,
the reserve, a file without content, is deleted: that makes room for thousands of passages and their alarms,
until a person frees space.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

RESERVE = "reserve"
LOW_BYTES, LOW_SHARE = 512_000_000, 0.05
ALARM_BYTES, RESERVED_ALARMS = 8_000, 4_000
"""What an alarm takes with its passage, event, audit and indexes: 5 kB with three pictures, up to 7 kB with a
dozen (tests/service/verdicts/test_full_disk.py); and how many the reserve holds."""
LOG_BYTES = 8_000_000
"""How long the database's log becomes before it is moved into the file. On a full disk it grows in the
reserve's room first: with 64 MB, of 8,200 alarms that this had room for, 200 found any."""
RESERVE_BYTES, RESERVE_SHARE = ALARM_BYTES * RESERVED_ALARMS + LOG_BYTES, 0.05
FULL_BYTES, FULL_SHARE = 2_000_000, 0.01
"""Each limit is the smaller of the two: bytes, or a share of the disk."""


class Room(StrEnum):
    """What the disk has room for."""

    ENOUGH = "ready"
    LOW = "low"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class DiskStatus:
    """The disk when it was last checked.

    reserve_bytes: what is kept back for alarms; 0 once it has been given up.
    """

    room: Room
    free_bytes: int
    total_bytes: int
    reserve_bytes: int

    def __str__(self) -> str:
        """Return the status as people read it."""
        free = f"{self.free_bytes / 1e6:.0f} MB free"
        if self.room is Room.ENOUGH:
            return str(self.room)
        if self.room is Room.LOW:
            return f"low: {free}, no more pictures are kept"
        return f"full: {free}, no alarm can be kept"


class DiskSpace:
    """Looks after the room on one data folder's disk. Call `check` on one thread; read `status` from any.

    Args:
        folder: the data folder.
        usage: returns the free and total bytes of a folder's disk; handed in by tests.
    """

    def __init__(self, folder: Path, usage: Callable[[Path], tuple[int, int]] | None = None) -> None:
        self._folder, self._usage = Path(folder), usage or _usage
        self._status = DiskStatus(Room.ENOUGH, 0, 0, 0)

    @property
    def status(self) -> DiskStatus:
        """What the last check found; enough room before the first."""
        return self._status

    def check(self, *, quietly: bool = False) -> DiskStatus:
        """Check the disk, and keep or give up the reserve; changes are logged, unless `quietly`."""
        try:
            free, total = self._usage(self._folder)
        except FileNotFoundError:
            return self._status  # the first start: the folder is about to be made
        except OSError as error:
            log.warning("the data folder's disk cannot be examined", reason=str(error))
            return self._status
        reserve = self._reserve_bytes()
        full = min(FULL_BYTES, total * FULL_SHARE)
        # Half as much again before pictures are kept again, so that the state does not flip with each.
        low = min(LOW_BYTES, total * LOW_SHARE) * (1.5 if self._status.room is not Room.ENOUGH else 1.0)
        if free < full and reserve:
            self._give_up()
            free, reserve = free + reserve, 0
        wanted = int(min(RESERVE_BYTES, total * RESERVE_SHARE))
        if not reserve and free > 2 * low + wanted:
            reserve = self._keep_back(wanted)
            free -= reserve
        room = Room.FULL if free < full else Room.LOW if free < low else Room.ENOUGH
        before, self._status = self._status, DiskStatus(room, free, total, reserve)
        if room is not before.room and not quietly:
            say = log.info if room is Room.ENOUGH else log.error
            say("the data folder's disk", room=str(self._status), reserve_mb=reserve // 1_000_000)
        return self._status

    def _reserve_bytes(self) -> int:
        try:
            return (self._folder / RESERVE).stat().st_size
        except OSError:
            return 0

    def _keep_back(self, size: int) -> int:
        path = self._folder / RESERVE
        try:
            with path.open("wb") as file:
                os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            log.warning("no room is kept back for alarms", reason=str(error))
            path.unlink(missing_ok=True)
            return 0
        return size

    def _give_up(self) -> None:
        try:
            (self._folder / RESERVE).unlink(missing_ok=True)
        except OSError as error:
            log.error("the reserve cannot be given up", reason=str(error))


def _usage(folder: Path) -> tuple[int, int]:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize, found.f_blocks * found.f_frsize
