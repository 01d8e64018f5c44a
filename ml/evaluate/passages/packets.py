"""Recordings as a bad network or a bad disk leaves them: packets damaged or lost, the others untouched."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

SHARE = 0.02
"""Of the packets of a recording that are damaged or lost."""

_SPARED = (
    16  # bytes at the start of a coded picture: with its header damaged the decoder may throw it away unseen
)
_RUN = 16  # bytes damaged in a row
_CODED = {1, 5}  # kinds of NAL units that hold a coded picture, or a slice of one


def units(data: bytes, length_bytes: int = 4) -> list[tuple[int, int]]:
    """Return (start, size) of each NAL unit in an MP4 packet, without the length field before it."""
    found, at = [], 0
    while at + length_bytes < len(data):
        size = int.from_bytes(data[at : at + length_bytes], "big")
        found.append((at + length_bytes, size))
        at += length_bytes + size
    return found


def damaged(data: bytes, rng: np.random.Generator, length_bytes: int = 4) -> bytes:
    """Return a packet of H.264 in MP4 with a run of bytes changed inside a coded picture's payload.

    Lengths, NAL headers and slice headers stay as they are, so that the decoder is handed all of it. A packet
    with nothing else in it is returned unchanged.
    """
    places = [
        (start + _SPARED, size - _SPARED)
        for start, size in units(data, length_bytes)
        if size > _SPARED and data[start] & 31 in _CODED
    ]
    if not places:
        return data
    start, size = places[int(rng.integers(len(places)))]
    run = min(_RUN, size)
    at = start + int(rng.integers(size - run + 1))
    changed = np.frombuffer(data, np.uint8).copy()
    changed[at : at + run] ^= rng.integers(1, 256, run, dtype=np.uint8)
    return changed.tobytes()


def with_damaged(source: Path, target: Path, rng: np.random.Generator, share: float = SHARE) -> list[int]:
    """Write a recording with this share of its packets damaged, never the first; returns their numbers.

    Drawn among the packets that have a payload to damage: of a picture that is like the one before it, hardly
    more than a header is stored.
    """
    with av.open(str(source)) as container:
        length_bytes = _length_bytes(container.streams.video[0])
        sizes = [
            max((size for _, size in units(bytes(packet), length_bytes)), default=0)
            for packet in container.demux(video=0)
            if packet.size
        ]
    able = [k for k, size in enumerate(sizes) if k and size > _SPARED]
    chosen = _drawn(able, len(sizes), share, rng)
    _remux(source, target, lambda k, data: damaged(data, rng, length_bytes) if k in chosen else data)
    return sorted(chosen)


def with_lost(source: Path, target: Path, rng: np.random.Generator, share: float = SHARE) -> list[int]:
    """Write a recording without this share of its packets, never without the first; returns their numbers."""
    with av.open(str(source)) as container:
        count = sum(1 for packet in container.demux(video=0) if packet.size)
    chosen = _drawn(range(1, count), count, share, rng)
    _remux(source, target, lambda k, data: None if k in chosen else data)
    return sorted(chosen)


def _drawn(able: range | list[int], count: int, share: float, rng: np.random.Generator) -> set[int]:
    many = min(len(able), max(1, round(share * count)))
    return {int(k) for k in rng.choice(np.asarray(able), many, replace=False)}


def _length_bytes(stream: av.VideoStream) -> int:
    """Size of the length fields in a stream's packets, from its avcC record."""
    extra = stream.codec_context.extradata
    return 4 if not extra or len(extra) < 5 else (extra[4] & 3) + 1


def _remux(source: Path, target: Path, change: Callable[[int, bytes], bytes | None]) -> None:
    """Copy packet by packet, with their stamps; `change` gets number and bytes, None leaves a packet out."""
    with av.open(str(source)) as before, av.open(str(target), "w") as after:
        stream = before.streams.video[0]
        copy = after.add_stream_from_template(stream)
        packets = (packet for packet in before.demux(stream) if packet.size)
        for k, packet in enumerate(packets):
            data = bytes(packet)
            new = change(k, data)
            if new is None:
                continue
            if new != data:
                packet.update(new)
            packet.stream = copy
            after.mux(packet)
