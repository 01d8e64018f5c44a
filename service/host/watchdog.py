"""Ends a process whose parts no longer answer, so that its supervisor starts a fresh one.

Docker restarts a process that has ended, not one that hangs. The watchdog's own thread looks for parts
that hang. Where no Python thread can run (a library keeps the interpreter's lock, or the process was
stopped), the system's timer ends the process, because that thread does not set it again in time. Either way
the process ends at once, without shutting down: what is committed is safe, and waiting saves nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import signal
from collections.abc import Callable

import structlog

from service.host.runner import Heartbeat, Runner, Runners

log = structlog.get_logger(__name__)

HANGS = 70
"""The exit code of a process that the watchdog ended: EX_SOFTWARE. The timer ends it by SIGALRM."""

LOOK_EVERY_S = 1.0
STDERR = 2
"""The file descriptor: `sys.stderr` may be anything by then."""


class LoopHeartbeat:
    """The heartbeat of an event loop: asked for a sign of life, it counts as busy until it gives one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._owed = Heartbeat()

    def lasts_s(self) -> float:
        """Ask again if the loop has answered; return for how long it has not, in seconds."""
        lasts_s = self._owed.lasts_s()
        if not lasts_s and not self._loop.is_closed():
            self._owed.begin()
            with contextlib.suppress(RuntimeError):  # it has just been closed: nothing is expected of it
                self._loop.call_soon_threadsafe(self._owed.idle)
        return lasts_s


class LastResort:
    """A timer that ends the process by SIGALRM unless it is set again in time; it needs no Python thread.

    The handler is written in C. It dumps the stack of the thread that it interrupts and no other: the
    interpreter's lock is not held then, and walking the frames of running threads crashes the process: a
    service that had been stopped and continued ended that way by signal 11, without giving a reason.
    """

    def set(self, patience_s: float) -> None:
        """End the process `patience_s` seconds from now."""
        faulthandler.register(signal.SIGALRM, file=STDERR, all_threads=False, chain=True)
        signal.setitimer(signal.ITIMER_REAL, patience_s)

    def cancel(self) -> None:
        """Stop the timer."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.unregister(signal.SIGALRM)


class Watchdog:
    """Checks every part once a second: ends the process if one hangs, and replaces threads that died.

    If its own thread dies or hangs, the timer that it sets with each check ends the process.

    Args:
        patience_s: a runner whose step lasts longer than this hangs.
        runners: what is watched; the watchdog adds its own runner.
        loop: the event loop's heartbeat, if one runs.
        end: what ends the process; tests hand in something harmless.
        last_resort: what ends it where this thread cannot run; tests hand in something harmless.
    """

    def __init__(
        self,
        patience_s: float,
        runners: Runners,
        loop: LoopHeartbeat | None = None,
        *,
        end: Callable[[int], object] = os._exit,
        last_resort: LastResort | None = None,
    ) -> None:
        self._patience_s, self._runners, self._loop, self._end = patience_s, runners, loop, end
        self._last_resort = last_resort or LastResort()
        every_s = min(LOOK_EVERY_S, patience_s / 4)
        self._runner = runners.add(Runner("watchdog", self._look, every_s=every_s))

    def start(self) -> None:
        """Start looking."""
        self._runner.start()

    def stop(self) -> None:
        """Stop looking, and cancel the timer."""
        self._runner.stop()
        self._last_resort.cancel()

    def _look(self) -> None:
        self._last_resort.set(self._patience_s)
        self._runners.revive()
        hanging = {runner.name: runner.heartbeat.lasts_s() for runner in self._runners}
        if self._loop is not None:
            hanging["event loop"] = self._loop.lasts_s()
        for name, lasts_s in hanging.items():
            if lasts_s > self._patience_s:
                self._end_process(name, lasts_s)

    def _end_process(self, name: str, lasts_s: float) -> None:
        log.error(
            "a part hangs: the process ends, to be restarted",
            part=name,
            seconds=round(lasts_s, 1),
            exit_code=HANGS,
        )
        faulthandler.dump_traceback(all_threads=True, file=STDERR)
        self._end(HANGS)
