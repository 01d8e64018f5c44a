"""Real camera processes, several at once: whether they keep up, and how much memory each of them adds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from service.domain.camera import CameraEvent, CameraStatus, WatchedLift
from service.station.supervisor import CameraSupervisor
from service.station.worker import WorkerOptions

Row = dict[str, Any]

POLL_S = 0.25
UNKNOWN = "unknown"
LEARNT_PASSAGES = 6
"""A camera with this many passages has finished learning, which takes 3.7 intervals and its computation."""

_SETTLED, _MOST_SETTLING = 0.02, 12
_CPU_TICKS = 13  # utime and stime are the 14th and 15th field of /proc/PID/stat


class Fleet:
    """Camera processes as the service runs them; each plays its recording in a loop, in real time.

    Args:
        cameras: the lifts.
        on_event: called with each of their reports.
        memories: a file for each with what was learnt of its line; None: they begin without.
        apart_s: between the starts of two.
    """

    def __init__(
        self,
        cameras: Sequence[WatchedLift],
        on_event: Callable[[CameraEvent], None] = lambda _: None,
        *,
        memories: Sequence[Path] | None = None,
        apart_s: float = 0.0,
    ) -> None:
        options, self._apart_s = WorkerOptions(hardware="none"), apart_s
        files: Sequence[Path | None] = memories or [None] * len(cameras)
        self._all = [
            CameraSupervisor(each, on_event, options=options, memory=file)
            for each, file in zip(cameras, files, strict=True)
        ]

    def __enter__(self) -> Self:
        for each in self._all:
            each.start()
            time.sleep(self._apart_s)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._all:
            self.leave()

    def __len__(self) -> int:
        return len(self._all)

    def leave(self) -> None:
        """Stop the last camera."""
        self._all.pop().stop()

    @property
    def statuses(self) -> list[CameraStatus]:
        """The newest report of each."""
        return [each.status for each in self._all]

    @property
    def restarts(self) -> int:
        """How often processes had to be restarted."""
        return sum(each.restarts for each in self._all)

    @property
    def pids(self) -> list[int]:
        """The ids of their processes."""
        return [pid for each in self._all if (pid := each.pid) is not None]

    def until_learnt(self, limit_s: float) -> float | None:
        """Wait until all have learnt their lines; return how long it took, None if longer than the limit."""
        begun_s = time.monotonic()
        while time.monotonic() - begun_s < limit_s:
            if all(s.line_speed != UNKNOWN and s.passages >= LEARNT_PASSAGES for s in self.statuses):
                return time.monotonic() - begun_s
            time.sleep(POLL_S)
        return None

    def watch(self, seconds: float) -> Row:
        """Let them run; return how they kept up, and the CPU time they took per camera-second."""
        before, cpu_s, begun_s = self.statuses, self._cpu_s(), time.monotonic()
        time.sleep(seconds)
        after, took_s = self.statuses, max(time.monotonic() - begun_s, 1e-3)

        def increase(name: str) -> int:
            # A process that was restarted counts from 0 again.
            pairs = zip(before, after, strict=True)
            return sum(max(0, getattr(b, name) - getattr(a, name)) for a, b in pairs)

        return {
            "cameras": len(self),
            "seconds": took_s,
            "frames_dropped": increase("frames_dropped"),
            "fps": increase("frames_read") / took_s / max(len(self), 1),
            "passages": increase("passages"),
            "restarts": self.restarts,
            "whole_ms": 1e3 * (self._cpu_s() - cpu_s) / took_s / max(len(self), 1),
            "load_average_1min": round(os.getloadavg()[0], 2),
        }

    def pss_mb(self) -> float:
        """Return the memory of this process, of the one that forks cameras and of the cameras, together.

        A page that several of them share counts once, so the sum is what the machine spends on them.
        """
        parents = {int(_stat(pid)[1]) for pid in self.pids}
        return sum(pss_mb(pid) for pid in {os.getpid(), *parents, *self.pids})

    def _cpu_s(self) -> float:
        return sum(cpu_of(pid) for pid in self.pids)


def capacity(cameras: Sequence[WatchedLift], seconds: float, limit_s: float | None = None) -> Row:
    """Run all cameras at once, then a tenth fewer while frames are dropped; return each try.

    Args:
        cameras: the lifts to begin with.
        seconds: how long each try lasts, once all follow their lines.
        limit_s: how long to wait for that; None: `patience_s` for their number.
    """
    tries: list[Row] = []
    with Fleet(cameras) as fleet:
        learnt_s = fleet.until_learnt(limit_s or patience_s(len(cameras)))
        dropped = sum(status.frames_dropped for status in fleet.statuses)
        while learnt_s is not None and len(fleet) > 0:
            tries.append(fleet.watch(seconds))
            if tries[-1]["frames_dropped"] == 0:
                break
            for _ in range(max(1, len(fleet) // 10)):
                fleet.leave()
    carried = tries[-1]["cameras"] if tries and tries[-1]["frames_dropped"] == 0 else 0
    return {"carried": carried, "learnt_s": learnt_s, "dropped_while_learning": dropped, "tries": tries}


def patience_s(cameras: int) -> float:
    """Return how long this many cameras, started together, may take to learn their lines."""
    return 60.0 + 30.0 * cameras


def memory(cameras: Sequence[WatchedLift], *, limit_s: float | None = None, settle_s: float = 5.0) -> Row:
    """Return the memory that each camera process adds once it follows its line, in MB (1e6 bytes).

    The first one's share includes the process that forks them all, with the libraries that they share.

    Args:
        cameras: the lifts; they are stopped one by one, and what that frees is what each had added.
        limit_s: as for `capacity`.
        settle_s: seconds between two measurements; they are repeated until they agree.
    """
    with Fleet(cameras) as fleet:
        learnt_s = fleet.until_learnt(limit_s or patience_s(len(cameras)))
        restarts, totals = fleet.restarts, [_settled_mb(fleet, settle_s)]
        while len(fleet) > 1:
            fleet.leave()
            totals.append(fleet.pss_mb())
        parents = {int(_stat(pid)[1]) for pid in fleet.pids}
        alone = totals[-1] - sum(pss_mb(pid) for pid in {*parents, *fleet.pids})
    added = [more - less for more, less in pairwise(totals)][::-1]
    first = totals[-1] - alone
    return {"learnt": learnt_s is not None, "restarts": restarts, "first_mb": first, "added_mb": added}


def _settled_mb(fleet: Fleet, settle_s: float) -> float:
    """Return the fleet's memory once it no longer changes: learning takes more, for a while."""
    before = fleet.pss_mb()
    for _ in range(_MOST_SETTLING):
        time.sleep(settle_s)
        now = fleet.pss_mb()
        if abs(now - before) <= _SETTLED * now:
            return now
        before = now
    return before


def _stat(pid: int) -> list[str]:
    """Return /proc/PID/stat from its third field on; the second, the name, may hold anything."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def cpu_of(pid: int) -> float:
    """Return the processor time that a process has taken, seconds; raises OSError: it is gone."""
    ticks = sum(int(field) for field in _stat(pid)[_CPU_TICKS - 2 : _CPU_TICKS])
    return ticks / os.sysconf("SC_CLK_TCK")


def pss_mb(pid: int) -> float:
    """Return the memory of a process in MB, shared pages in parts; raises OSError: it is gone."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6
