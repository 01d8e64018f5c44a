"""Reads a camera for ever in a thread of its own: reconnects by itself, keeps only the freshest frames."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable

from tenacity import RetryCallState, Retrying, wait_exponential_jitter

from service.capture.clock import MediaClock
from service.domain.errors import ConfigurationError, SourceError
from service.domain.frame import Frame


class LatestFrames:
    """A bounded queue from reader to extractor: when it is full the oldest frame is dropped and counted."""

    def __init__(self, capacity: int = 4) -> None:
        self._frames: deque[Frame] = deque()
        self._capacity = capacity
        self._condition = threading.Condition()
        self.dropped = 0

    def put(self, frame: Frame) -> None:
        """Add the newest frame; never blocks."""
        with self._condition:
            if len(self._frames) >= self._capacity:
                self._frames.popleft()
                self.dropped += 1
            self._frames.append(frame)
            self._condition.notify()

    def get(self, timeout_s: float) -> Frame | None:
        """Return the oldest waiting frame, or None when none comes within the time-out."""
        with self._condition:
            if not self._frames:
                self._condition.wait(timeout_s)
            return self._frames.popleft() if self._frames else None


class BackOff:
    """Waits between attempts, by tenacity: doubling from `first_s` to `longest_s`, with jitter.

    tenacity's own loop counts attempts without end; here they count anew after one that worked.
    """

    def __init__(self, first_s: float = 0.5, longest_s: float = 4.0) -> None:
        self._waits = wait_exponential_jitter(multiplier=first_s, max=longest_s, jitter=first_s / 2)
        self.reset()

    def reset(self) -> None:
        """Begin again with the shortest wait: the connection worked."""
        self._attempts = RetryCallState(Retrying(), None, (), {})

    def next_s(self) -> float:
        """Return how long to wait before the next attempt, seconds."""
        wait_s = self._waits(self._attempts)
        self._attempts.attempt_number += 1
        return wait_s

    def wait(self, stop: threading.Event) -> bool:
        """Wait before the next attempt; return True at once when `stop` is set."""
        return stop.wait(self.next_s())


class CameraReader:
    """Keeps a camera connected and puts its frames, on one media clock across connections, into a queue.

    Args:
        connect: makes a fresh source; called again after each failure.
        frames: where the frames go.
        back_off: the waits between attempts.
    """

    def __init__(
        self, connect: Callable[[], Iterable[Frame]], frames: LatestFrames, back_off: BackOff | None = None
    ) -> None:
        self._connect = connect
        self._frames = frames
        self._back_off = back_off or BackOff()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera-reader", daemon=True)
        self.message = "connecting"
        self.frames_read = 0
        self.connections = 0
        self.ended = threading.Event()
        self._source: Iterable[Frame] = ()

    def start(self) -> None:
        """Begin reading."""
        self._thread.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """End reading; returns when the thread has ended or the time-out is over.

        A camera that is silent is let go of by its own read time-out, later and with nobody waiting.
        """
        self._stop.set()
        self._thread.join(timeout_s)

    @property
    def decoder(self) -> str:
        """What decodes the camera's stream, if the source says so."""
        return str(getattr(self._source, "decoder", ""))

    def _run(self) -> None:
        clock = MediaClock(max_leap_s=2.0)
        last_mono_s: float | None = None
        while not self._stop.is_set():
            try:
                self._source = self._connect()
                next_index = 0
                for frame in self._source:
                    if self._stop.is_set():
                        return
                    if next_index == 0:
                        self.connections += 1
                        self._back_off.reset()
                        self.message = ""
                    self.frames_read += frame.index + 1 - next_index
                    next_index = frame.index + 1
                    elapsed_s = None if last_mono_s is None else frame.t_mono_s - last_mono_s
                    last_mono_s = frame.t_mono_s
                    self._frames.put(frame.at(clock.stamp(frame.t_s, elapsed_s)))
                self.message = "the recording has ended"
                self.ended.set()
                return
            except (SourceError, ConfigurationError) as error:
                self.message = str(error)
            self._back_off.wait(self._stop)
