"""A camera's first stream followed in the place of its second, from what is held of it on."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace

from service.capture.packets.decoding import HeldDecoder
from service.capture.packets.ring import HeldPacket
from service.capture.pictures.picture import same_shape
from service.capture.thinning import FrameGate
from service.domain.errors import SourceError, SourceProblem
from service.domain.frame import Frame
from service.station.streams.first import FirstStream

_SILENT_S = 2.5
_POLL_S = 0.02
_FASTER = 3.0  # than they came, pictures that are caught up on are handed out


class FollowedFirst:
    """The first stream's pictures, all of them, from what is held on: a source in the second's place.

    Pictures have the second stream's size, so that the line is followed by what was learnt of it.

    Args:
        first: holds its packets. max_fps: as in StreamSource. after_mono_s: when the last frame came that was
            handed out before.

    Raises:
        SourceError: while iterating: no more comes.
    """

    def __init__(self, first: FirstStream, max_fps: float | None, after_mono_s: float) -> None:
        self._first, self._gate, self._after_mono_s = first, FrameGate(max_fps), after_mono_s
        self._pause_s = 0.0 if max_fps is None else 1.0 / (_FASTER * max_fps)
        self._closed = threading.Event()
        self.decoder = first.ring.codec
        self.waited_s = 0.0
        """For how long it waited for pictures, seconds."""

    def close(self) -> None:
        """End the iteration soon."""
        self._closed.set()

    def __iter__(self) -> Iterator[Frame]:
        count = 0
        decoder, last = HeldDecoder(), -1
        while not self._closed.is_set():
            held = self._awaited(last)
            if not held:
                return
            begin = self._begin(held, last)
            for packet in held[begin:]:
                last = packet.number
                for frame in decoder.until(held, packet):
                    count += 1
                    if frame.t_mono_s > self._after_mono_s and self._gate.passes(frame.t_s):
                        yield self._fitted(replace(frame, index=count - 1))
                        late_s = time.monotonic() - frame.t_mono_s
                        if late_s > self._pause_s and self._closed.wait(self._pause_s):
                            return

    def _awaited(self, last: int) -> list[HeldPacket]:
        """Return what is held once there is more than the packet with this number; nothing when closed."""
        began_s = time.monotonic()
        while not self._closed.is_set():
            held = self._first.ring.held
            if held and held[-1].number > last:
                self.waited_s += time.monotonic() - began_s
                return held
            if time.monotonic() - began_s > _SILENT_S:
                raise SourceError("the camera's first stream fell silent", SourceProblem.TIMED_OUT)
            self._closed.wait(_POLL_S)
        return []

    def _begin(self, held: list[HeldPacket], last: int) -> int:
        """Return where to go on: after the last packet, or at the key frame before what is missing."""
        if last >= 0:
            return next(n for n, each in enumerate(held) if each.number > last)
        keys = [n for n, each in enumerate(held) if each.key]
        return max(
            (n for n in keys if held[n].arrived_s <= self._after_mono_s), default=keys[0] if keys else 0
        )

    def _fitted(self, frame: Frame) -> Frame:
        size = self._first.size
        fits = 0 not in size and same_shape((frame.width, frame.height), size)
        return frame.in_pixels_of(size) if fits else frame
