"""Ends a process whose parts no longer answer, so that whoever supervises it starts a fresh one.

Docker restarts what has ended, not what hangs. What hangs is seen from inside by a thread of its own. Where
no thread of Python's can run (a library keeps the interpreter's lock, the process was stopped), the system's
timer ends the process; that thread winds it up again and again. Either way it ends at once and in disorder:
what is committed is safe, and what is not would not be saved by waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping

import structlog

log = structlog.get_logger(__name__)

HANGS = 70
"""The exit code of a process that the watchdog ended: EX_SOFTWARE. The timer ends it by SIGALRM."""

LOOK_EVERY_S = 1.0
STDERR = 2
"""The file descriptor: `sys.stderr` may be anything by then."""

Lasts = Callable[[], float]
"""For how many seconds a part has been at one and the same step; 0 while it waits for work."""


class Step:
    """What a thread is at: `begin` with each step, `end` when it waits for work. Read from any thread."""

    def __init__(self) -> None:
        self._since_mono_s: float | None = None

    def begin(self) -> None:
        """A step begins, and with it the one before has ended."""
        self._since_mono_s = time.monotonic()

    def end(self) -> None:
        """There is nothing to do."""
        self._since_mono_s = None

    def lasts_s(self) -> float:
        """Return for how long the present step has lasted."""
        since_mono_s = self._since_mono_s
        return 0.0 if since_mono_s is None else time.monotonic() - since_mono_s


class LoopStep:
    """The same of an event loop, which is asked for a sign of life: `lasts_s` says how long it owes one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._owed = Step()

    def lasts_s(self) -> float:
        """Ask again if the loop has answered; return for how long it has not."""
        lasts_s = self._owed.lasts_s()
        if not lasts_s and not self._loop.is_closed():
            self._owed.begin()
            with contextlib.suppress(RuntimeError):  # it was closed just now: it owes nothing any more
                self._loop.call_soon_threadsafe(self._owed.end)
        return lasts_s


class LastResort:
    """A timer that ends the process by SIGALRM unless it is wound up again; needs no thread of Python's.

    The handler is written in C. It dumps the stack of the thread that it interrupts and no other: the
    interpreter's lock is not held then, and walking the frames of running threads crashes the process. A
    service that had been stopped and continued ended by signal 11 that way, without a reason.
    """

    def wind(self, patience_s: float) -> None:
        """Let the process live for so long from now."""
        faulthandler.register(signal.SIGALRM, file=STDERR, all_threads=False, chain=True)
        signal.setitimer(signal.ITIMER_REAL, patience_s)

    def cancel(self) -> None:
        """Let it live."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        faulthandler.unregister(signal.SIGALRM)


class Watchdog:
    """Looks at every part once a second; `start` it when they work, `stop` it before they end.

    Args:
        patience_s: a part whose step lasts longer than this hangs; so does the process if this thread itself
            cannot look for that long.
        parts: each one's name, and how long its step lasts.
        end: what ends the process; a test's own does not.
        last_resort: what ends it where this thread cannot run; a test that shares its process gives its own.
    """

    def __init__(
        self,
        patience_s: float,
        parts: Mapping[str, Lasts],
        end: Callable[[int], object] = os._exit,
        last_resort: LastResort | None = None,
    ) -> None:
        self._patience_s, self._parts, self._end = patience_s, dict(parts), end
        self._last_resort = last_resort or LastResort()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                self._last_resort.wind(self._patience_s)
                for name, lasts in self._parts.items():
                    lasts_s = lasts()
                    if lasts_s > self._patience_s:
                        self._bite(name, lasts_s)
                        return
                self._stopping.wait(min(LOOK_EVERY_S, self._patience_s / 4))
        finally:
            self._last_resort.cancel()

    def _bite(self, name: str, lasts_s: float) -> None:
        log.error(
            "hangs: the process ends, to be started anew",
            part=name,
            seconds=round(lasts_s, 1),
            exit_code=HANGS,
        )
        faulthandler.dump_traceback(all_threads=True, file=STDERR)
        self._end(HANGS)
