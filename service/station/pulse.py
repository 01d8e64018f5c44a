"""The sign of life of a camera's process: while it works, however long a step takes, and no longer."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_WORKED_S = 1e-4


class Pulse:
    """Beats on a thread of its own as long as the thread that made it gets on.

    It gets on if it came by (`step`) since the last beat, or at least used the processor: some steps take
    seconds on a busy machine (learning what a lift's carriers look like), and must not be taken for a hang.
    A thread that sleeps or waits within a step, or is in the same one for `longest_s`, gets no beat.

    Args:
        beat: called at each beat, on the pulse's thread; an OSError of its ends the pulse.
        period_s: between two beats.
        longest_s: no step takes so long.
    """

    def __init__(self, beat: Callable[[], None], period_s: float = 0.5, longest_s: float = 60.0) -> None:
        self._beat, self._period_s, self._longest_s = beat, period_s, longest_s
        self._clock = time.pthread_getcpuclockid(threading.get_ident())
        self._steps = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Beat no more."""
        self._stop.set()

    def step(self) -> None:
        """The watched thread has come by."""
        self._steps += 1

    def _run(self) -> None:
        steps, since_s, worked_s = self._steps, time.monotonic(), time.clock_gettime(self._clock)
        while not self._stop.wait(self._period_s):
            worked = time.clock_gettime(self._clock) - worked_s >= _WORKED_S
            worked_s = time.clock_gettime(self._clock)
            if self._steps != steps:
                steps, since_s = self._steps, time.monotonic()
            elif not worked or time.monotonic() - since_s > self._longest_s:
                continue
            try:
                self._beat()
            except OSError:
                return
