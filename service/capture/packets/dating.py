"""Dates the packets at a stream's beginning: over RTP FFmpeg knows only later when B pictures are decoded."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

import av

MOST_UNDATED = 16
"""So many packets are held until one says when it is decoded."""


def dated(packets: Iterable[av.Packet[av.VideoStream]]) -> Iterator[av.Packet[av.VideoStream]]:
    """Yield a live stream's packets from the first key frame on, each with the time of its decoding.

    The first ones of a stream with B pictures come without, the key frame sometimes without any time: they
    are put before the first one that has one, as far apart as pictures are shown.
    """
    held: list[av.Packet[av.VideoStream]] = []
    begun = False
    for packet in packets:
        if packet.dts is None:
            if packet.size and not begun and (held or packet.is_keyframe) and len(held) < MOST_UNDATED:
                held.append(packet)
            continue
        if held:
            _date(held, packet)
            yield from held
            held = []
        begun = True
        yield packet


def _date(held: list[av.Packet[av.VideoStream]], first: av.Packet[av.VideoStream]) -> None:
    shown = sorted({one.pts for one in (*held, first) if one.pts is not None})
    if first.dts is None or not shown:
        return
    steps = [after - before for before, after in itertools.pairwise(shown)]
    step = min(steps) if steps else 1
    for number, packet in enumerate(held):
        packet.dts = first.dts - (len(held) - number) * step
        if packet.pts is None:
            packet.pts = shown[0] - step
