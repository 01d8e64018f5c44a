"""What it costs to hold a camera's last packets: processor's time in turns in one run, and memory."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import av
import numpy as np

from service.bench.cost import cpu_s
from service.bench.fleet import pss_mb
from service.capture.files import FileSource
from service.capture.packets.remux import remux
from service.capture.packets.ring import NEEDED_S, PacketRing
from service.domain.errors import SourceError
from service.domain.evidence.clip import AFTER_S, BEFORE_S, NoClip
from service.domain.frame import Frame
from service.station.worker import WorkerOptions

SLICE_S = 4.0
FULL_S = NEEDED_S + 10.0
"""By this time a ring is full, with key frames up to ten seconds apart."""


class LoopedReading:
    """A recording read and decoded in a loop as a camera's process does, as fast as possible.

    held: whether its packets are held. Time in the ring is media time, so that it holds as much as live.
    """

    def __init__(self, video: Path, *, held: bool) -> None:
        self.ring = PacketRing(clock=lambda: self.t_s)
        self.t_s = self._end_s = 0.0
        ring = self.ring if held else None
        self._frames: Iterator[Frame] = iter(
            FileSource(video, loop=True, max_fps=WorkerOptions().max_fps, ring=ring)
        )

    def go_on(self, seconds: float) -> None:
        """Read the next `seconds` of the recording."""
        self._end_s += seconds
        while self.t_s < self._end_s:
            frame = next(self._frames)
            self.t_s = frame.t_s
            if frame.stamp_s is not None:
                self.ring.place(frame.stamp_s, frame.t_s, frame.t_s)


def clips_cost(video: Path, seconds: float) -> dict[str, Any]:
    """Measure reading and decoding a recording with its last packets held, against without.

    Both take turns, slice by slice: other load on the machine affects both alike.

    Args:
        video: the camera's recording. seconds: how much of it to measure, once the ring is full.

    Returns:
        decoding_ms, with_ring_ms: of a second of video, medians; ratio: of all slices together, and
        ratio_median of each pair. holding_ms: of a second of video, within the ring alone; share: of
        decoding_ms: on a busy machine that is surer than the difference of two decodings.
        held_mb, held_s: in the ring; memory_mb: by how much more the process grew than without it.
        clip_ms, clip_mb: what cutting one takes, and its size.

    Raises:
        SourceError: the recording holds no clip.
    """
    readings, grown_mb = [LoopedReading(video, held=held) for held in (False, False, True)], []
    for each in readings:
        before_mb = pss_mb(os.getpid())
        each.go_on(FULL_S)
        grown_mb.append(pss_mb(os.getpid()) - before_mb)
    _, without, held = readings  # the first one loaded what all need
    spent: list[tuple[float, float]] = []
    for turn in range(max(1, round(seconds / SLICE_S))):
        ways = (without, held)[:: 1 if turn % 2 else -1]
        took = {way: cpu_s(partial(way.go_on, SLICE_S)) / SLICE_S for way in ways}
        spent.append((took[without], took[held]))
    decoding, with_ring = np.array(spent).T
    return {
        "seconds": len(spent) * SLICE_S,
        "decoding_ms": 1e3 * float(np.median(decoding)),
        "with_ring_ms": 1e3 * float(np.median(with_ring)),
        "ratio": float(with_ring.sum() / decoding.sum()),
        "ratio_median": float(np.median(with_ring / decoding)),
        "holding_ms": 1e3 * (holding_s := _holding_s(video)),
        "share": holding_s / float(np.median(decoding)),
        "held_mb": held.ring.bytes / 1e6,
        "held_s": held.ring.seconds,
        "memory_mb": grown_mb[2] - grown_mb[1],
        **_cutting(held),
    }


def _holding_s(video: Path) -> float:
    """Return the processor's time that a ring takes for a second of video."""
    t_s = spent_s = 0.0
    ring = PacketRing(clock=lambda: t_s)
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        ring.begin(stream)
        for packet in container.demux(stream):
            if packet.dts is None or packet.time_base is None:
                continue
            t_s = float(packet.dts * packet.time_base)
            begun_s = time.thread_time()
            ring.put(packet)
            spent_s += time.thread_time() - begun_s
    return spent_s / t_s


def _cutting(held: LoopedReading) -> dict[str, float]:
    moment_s = held.t_s - AFTER_S
    begun_s = time.process_time()
    packets = held.ring.cut(moment_s - BEFORE_S, moment_s + AFTER_S, moment_s)
    if isinstance(packets, NoClip):
        raise SourceError(f"no clip could be cut: {packets}")
    clip = remux(packets)
    return {"clip_ms": 1e3 * (time.process_time() - begun_s), "clip_mb": clip.nbytes / 1e6}
