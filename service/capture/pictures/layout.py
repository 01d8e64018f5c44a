"""The byte layout of video files, as far as FFmpeg does not report it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

TS_PACKETS = (188, 192, 204)
"""Bytes of a transport stream's packet; with a time stamp before it, or a check sum behind it."""

_SYNC = 0x47
_FLV, _FLV_HEAD, _FLV_TAG = b"FLV\x01", 13, 11  # a header with the size before; a tag's head without its size
_ZEROS = bytes(4096)  # no codec writes so many within a picture
_MOST_BYTES = 1 << 26


def parts(path: Path) -> list[tuple[int, int | None]]:
    """Return where the clips of a file begin and end, in bytes; None: at the file's end.

    Only MP4, AVI and FLV files need it: in other formats FFmpeg reads all joined clips and tells where.
    """
    starts = [at for name, at, _ in boxes(path) if name == b"ftyp"]
    starts = starts or [at for kind, at, _ in _riffs(path) if kind == b"AVI "] or list(_flv_starts(path))
    starts = starts or [0]
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


def _flv_starts(path: Path) -> Iterator[int]:
    """Yield where an FLV file's clips begin, in bytes; none of other files."""
    at = 0
    if not path.is_file():
        return
    with path.open("rb") as file:
        while len(head := file.read(_FLV_HEAD)) == _FLV_HEAD:
            if head.startswith(_FLV):
                yield at
                at += _FLV_HEAD
            elif at == 0 or head[0] & 0x1F not in (8, 9, 18):  # sound, video, script data
                return
            else:
                at += _FLV_TAG + int.from_bytes(head[1:4], "big") + 4
            file.seek(at)


def is_zeroed(data: bytes) -> bool:
    """Say whether a packet was erased in its middle; zeros at its end only pad it."""
    return _ZEROS in data.rstrip(b"\0")


def riff_end(path: Path) -> int:
    """Return where an AVI file's last part ends according to its header, in bytes; 0 for other files."""
    return max((end for _, _, end in _riffs(path)), default=0)


def _riffs(path: Path) -> Iterator[tuple[bytes, int, int]]:
    """Yield kinds, begins and ends of an AVI file's parts: `AVI ` begins a clip, `AVIX` continues one."""
    at = 0
    if not path.is_file():
        return
    with path.open("rb") as file:
        while (head := file.read(12)).startswith(b"RIFF") and len(head) == 12:
            end = at + 8 + int.from_bytes(head[4:8], "little")
            yield head[8:], at, end
            at = end + end % 2
            file.seek(at)


def has_rubbish(path: Path, first: int, end: int) -> bool:
    """Say whether a transport stream's packets between two bytes are interrupted: by zeros, for example.

    first: where a packet begins.
    """
    with path.open("rb") as file:
        file.seek(first)
        data = np.frombuffer(file.read(min(end - first, _MOST_BYTES)), np.uint8)
    return data.size > 0 and min(float(np.mean(data[::packet] != _SYNC)) for packet in TS_PACKETS) > 0.0
