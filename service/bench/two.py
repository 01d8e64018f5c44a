"""A simulated camera of two streams: the line is followed on the smaller one, the other is hardly decoded."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import av

from service.bench.cameras import FPS, SimulatedCamera
from service.capture.files import FileSource
from service.capture.packets.ring import PacketRing
from service.domain.camera import WatchedLift
from service.domain.errors import ConfigurationError
from service.domain.passage import Passage
from service.station.worker import CameraWorker, WorkerOptions

SECOND = SimulatedCamera("second stream", 640, 360, 512)
"""What cameras send beside their first stream."""

TWO = "both streams, the line followed on one of 640x360"


class TwoStreamPath:
    """Both recordings through everything that a camera's process does, on one thread; see `WholePath`.

    The first stream's packets come as early as the second's picture of the same moment.

    Args:
        first, second: the recordings of both streams. watched: the lift, with the first.

    Raises:
        ConfigurationError: the lift has no camera.
    """

    def __init__(self, first: Path, second: Path, watched: WatchedLift) -> None:
        lift = watched.lift
        if lift.camera is None:
            raise ConfigurationError(f"lift {lift.id}: no camera")
        camera = lift.camera.model_copy(update={"substream": str(second), "stream": "both"})
        both = replace(watched, lift=lift.model_copy(update={"camera": camera}))
        options = WorkerOptions(hardware="none", in_background=False)
        self._worker = CameraWorker(both, options)
        self._frames = iter(FileSource(second, loop=True, max_fps=options.max_fps))
        self._origin_s = time.monotonic()
        self._t_s = self._end_s = self._came_s = 0.0
        self._packets = self._coming(first, self._worker.ring)

    def go_on(self, seconds: float, passages: list[Passage]) -> None:
        """Process the next `seconds` of the recordings; append the passages that end in them."""
        self._end_s += seconds
        while self._t_s < self._end_s - 0.5 / FPS:
            frame = next(self._frames)
            while self._came_s < frame.t_s:
                self._came_s = next(self._packets)
            self._t_s = frame.t_s + 1.0 / WorkerOptions().max_fps
            now_s = self._origin_s + frame.t_s
            events = self._worker.take(replace(frame, t_mono_s=now_s), now_s)
            passages += [event for event in events if isinstance(event, Passage)]

    def _coming(self, first: Path, ring: PacketRing | None) -> Iterator[float]:
        """Put packet after packet into the ring, in a loop; yield the media time of each."""
        begin_s = newest_s = 0.0
        while ring is not None:
            with av.open(str(first)) as container:
                stream = container.streams.video[0]
                if begin_s == 0.0:
                    ring.begin(stream)
                for packet in container.demux(stream):
                    if packet.pts is None or packet.dts is None or packet.time_base is None:
                        continue
                    more = round(begin_s / packet.time_base)
                    packet.pts, packet.dts = packet.pts + more, packet.dts + more
                    newest_s = float(packet.pts * packet.time_base)
                    ring.put(packet, self._origin_s + newest_s)
                    yield newest_s
            begin_s = newest_s + 1.0 / FPS
