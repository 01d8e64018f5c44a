"""A camera process's sign of life: sent only while it makes progress, however long a step takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from service.host.runner import Runner

_WORKED_S = 1e-4


class Pulse:
    """Beats on a thread of its own as long as the thread that made it makes progress.

    That is, if it has begun another step (`step`) since the last beat, or has used the processor: some steps
    take seconds on a busy machine (learning what a lift's carriers look like) and must not pass for a hang.
    There is no beat while that thread sleeps or waits within a step, or has been in one for `longest_s`.

    Args:
        beat: called at each beat, on the pulse's thread; if it raises an OSError, the pulse ends.
        period_s: seconds between two beats.
        longest_s: a step that takes longer than this counts as hung.
    """

    def __init__(self, beat: Callable[[], None], period_s: float = 0.5, longest_s: float = 60.0) -> None:
        self._beat, self._longest_s = beat, longest_s
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self._steps = 0
        self._runner = Runner("pulse", self._check, every_s=period_s)
        self._seen_steps, self._since_s, self._worked_s = 0, time.monotonic(), 0.0

    def start(self) -> None:
        """Start beating."""
        self._since_s, self._worked_s = time.monotonic(), time.clock_gettime(self._clock)
        self._runner.start()

    def stop(self) -> None:
        """Stop beating; returns at once."""
        self._runner.stopping.set()

    def step(self) -> None:
        """Note that the watched thread begins another step."""
        self._steps += 1

    def _check(self) -> bool:
        """Beat if the thread has made progress since the last check; return False if the receiver is gone."""
        worked_s = time.clock_gettime(self._clock)
        worked = worked_s - self._worked_s >= _WORKED_S
        self._worked_s = worked_s
        if self._steps != self._seen_steps:
            self._seen_steps, self._since_s = self._steps, time.monotonic()
        elif not worked or time.monotonic() - self._since_s > self._longest_s:
            return True
        try:
            self._beat()
        except OSError:
            return False
        return True
