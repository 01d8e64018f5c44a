"""Reads a camera for ever in a thread of its own: reconnects by itself, keeps only the freshest frames."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from service.capture.clock import MediaClock
from service.capture.packets.ring import PacketRing
from service.domain.camera import Pause
from service.domain.errors import ConfigurationError, SourceError
from service.domain.frame import Frame
from service.host.runner import BackOff, Runner

_LATE_S = 0.25  # after it came: later than any that was decoded at once
_PATIENCE_S = 0.2
_CAUGHT_UP_S = 2.0  # for so long after the last late frame there is still a queue, perhaps


class LatestFrames:
    """A bounded queue from reader to extractor: when it is full the oldest frame is dropped and counted."""

    def __init__(self, capacity: int = 4) -> None:
        self._frames: deque[Frame] = deque()
        self._capacity = capacity
        self._condition = threading.Condition()
        self.dropped = 0

    def put(self, frame: Frame, wait_s: float = 0.0) -> None:
        """Add the newest frame; wait for room for so long at most."""
        with self._condition:
            if wait_s > 0.0:
                self._condition.wait_for(lambda: len(self._frames) < self._capacity, wait_s)
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
            if not self._frames:
                return None
            frame = self._frames.popleft()
            self._condition.notify()
            return frame


class CameraReader:
    """Keeps a camera connected and puts its frames, on one media clock across connections, into a queue.

    Args:
        connect: makes a fresh source; called again after each failure.
        frames: where the frames go.
        back_off: the pauses between attempts.
        ring: holds the sources' packets; it is told where their stamps lie on the media clock.
    """

    def __init__(
        self,
        connect: Callable[[], Iterable[Frame]],
        frames: LatestFrames,
        back_off: BackOff | None = None,
        ring: PacketRing | None = None,
    ) -> None:
        self._connect = connect
        self._frames, self._ring = frames, ring
        self._back_off = back_off or BackOff()
        self._runner = Runner("camera-reader", self._read)
        self._message, self._cause = "connecting", Pause.CONNECTING.value
        self.frames_read = 0
        self.connections = 0
        self.ended = threading.Event()
        self._source: Iterable[Frame] = ()
        self._again = threading.Event()
        self._clock = MediaClock(max_leap_s=2.0)
        self._last_mono_s: float | None = None
        self._patient_until_s = float("-inf")

    def start(self) -> None:
        """Begin reading."""
        self._runner.start()

    def stop(self, timeout_s: float = 1.0) -> None:
        """End reading; returns when the thread has ended or the time-out is over.

        The connection to a silent camera ends later, by its read time-out; nothing waits for that.
        """
        self._runner.stop(timeout_s)

    def reconnect(self) -> None:
        """Ask `connect` for a source again, soon: the present one is to be left. Safe from any thread."""
        self._again.set()

    @property
    def decoder(self) -> str:
        """What decodes the camera's stream, if the source says so."""
        return str(getattr(self._source, "decoder", ""))

    @property
    def waited_s(self) -> float:
        """For how long the present source has waited for pictures, seconds; 0 if it does not say."""
        return float(getattr(self._source, "waited_s", 0.0))

    @property
    def message(self) -> str:
        """Why there are no frames, for people; empty while there are."""
        return self._message or self._runner.trouble

    @property
    def cause(self) -> str:
        """The same as a code, see CameraStatus.cause."""
        return self._cause

    def _read(self) -> bool | None:
        """Read one connection to its end; False at the end of a recording."""
        try:
            self._source = self._connect()
            to_the_end = self._take_frames(self._source)
        except (SourceError, ConfigurationError) as error:
            self._message, self._cause = str(error), getattr(error, "problem", None) or ""
            self._back_off.wait(self._runner.stopping)
            return None
        if self._again.is_set():
            self._again.clear()
            return None
        if to_the_end:
            self._message, self._cause = "the recording has ended", Pause.ENDED.value
            self.ended.set()
        return False

    def _take_frames(self, source: Iterable[Frame]) -> bool:
        """Hand on the source's frames; False if the reader was stopped before their end."""
        next_index = 0
        for frame in source:
            if self._runner.stopping.is_set() or self._again.is_set():
                return False
            if next_index == 0:
                self.connections += 1
                self._back_off.reset()
                self._message = self._cause = ""
            self.frames_read += frame.index + 1 - next_index
            next_index = frame.index + 1
            elapsed_s = None if self._last_mono_s is None else frame.t_mono_s - self._last_mono_s
            self._last_mono_s = frame.t_mono_s
            t_s = self._clock.stamp(frame.t_s, elapsed_s)
            if self._ring is not None and frame.stamp_s is not None:
                self._ring.place(frame.stamp_s, t_s, frame.t_mono_s)
            # Frames that were held come faster than they are handled, and none of them is to be lost: nor by
            # those behind them, which were read late and count as fresh.
            now_s = time.monotonic()
            if now_s - frame.t_mono_s > _LATE_S:
                self._patient_until_s = now_s + _CAUGHT_UP_S
            self._frames.put(frame.at(t_s), _PATIENCE_S if now_s < self._patient_until_s else 0.0)
        return True
