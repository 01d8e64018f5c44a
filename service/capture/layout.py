"""The byte layout of video files, as far as FFmpeg does not report it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

TS_PACKETS = (188, 192, 204)
"""Bytes of a transport stream's packet; with a time stamp before it, or a check sum behind it."""

_SYNC = 0x47
_MOST_BYTES = 1 << 26


def parts(path: Path) -> list[tuple[int, int | None]]:
    """Return where the clips of a file begin and end, in bytes; None: at the file's end.

    Only MP4 files need it: in other formats FFmpeg reads all joined clips.
    """
    starts = [at for name, at, _ in boxes(path) if name == b"ftyp"] or [0]
    return list(zip(starts, [*starts[1:], None], strict=True))


def boxes(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Yield names, begins and ends of an MP4 file's outermost boxes, in bytes; none of other files."""
    at = 0
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            while at + 8 <= size:
                file.seek(at)
                head = file.read(16)
                length, name = int.from_bytes(head[:4], "big"), head[4:8]
                if at == 0 and name != b"ftyp":
                    return
                length = int.from_bytes(head[8:], "big") if length == 1 else length or size - at
                yield name, at, at + length
                at += max(length, 8)
    except OSError:
        return


def riff_end(path: Path) -> int:
    """Return where an AVI file's first part ends according to its header, in bytes; 0 for other files."""
    with path.open("rb") as file:
        head = file.read(8)
    return 8 + int.from_bytes(head[4:], "little") if head[:4] == b"RIFF" else 0


def has_rubbish(path: Path, first: int, end: int) -> bool:
    """Say whether a transport stream's packets between two bytes are interrupted: by zeros, for example.

    first: where a packet begins.
    """
    with path.open("rb") as file:
        file.seek(first)
        data = np.frombuffer(file.read(min(end - first, _MOST_BYTES)), np.uint8)
    return data.size > 0 and min(float(np.mean(data[::packet] != _SYNC)) for packet in TS_PACKETS) > 0.0
