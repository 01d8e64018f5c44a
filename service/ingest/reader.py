"""Reads a camera for ever in a thread of its own: reconnects by itself, keeps only the freshest frames."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

from service.errors import ConfigurationError, SourceError
from service.ingest.clock import MediaClock
from service.types import Frame


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
    """Waits between attempts: doubling from `first_s` to `longest_s`, with jitter so cameras spread out."""

    def __init__(self, first_s: float = 0.5, longest_s: float = 4.0, seed: int | None = None) -> None:
        self._first_s, self._longest_s = first_s, longest_s
        self._next_s = first_s
        self._random = random.Random(seed)  # noqa: S311 - jitter is no secret

    def reset(self) -> None:
        """Begin again with the shortest wait: the connection worked."""
        self._next_s = self._first_s

    def wait_s(self) -> float:
        """Return how long to wait before the next attempt."""
        wait_s = self._next_s * self._random.uniform(0.75, 1.25)
        self._next_s = min(2.0 * self._next_s, self._longest_s)
        return wait_s


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

    def start(self) -> None:
        """Begin reading."""
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End reading; returns when the thread has ended or the time-out is over."""
        self._stop.set()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        clock = MediaClock(max_leap_s=2.0)
        last_mono_s: float | None = None
        while not self._stop.is_set():
            try:
                source = self._connect()
                next_index = 0
                for frame in source:
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
                    self._frames.put(replace(frame, t_s=clock.stamp(frame.t_s, elapsed_s)))
                self.message = "the recording has ended"
                self.ended.set()
                return
            except (SourceError, ConfigurationError) as error:
                self.message = str(error)
            self._stop.wait(self._back_off.wait_s())
