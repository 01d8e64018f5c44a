"""Key frames that need nothing before them, and how regularly a camera sends them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

_H264_TYPES, _H264_IDR = 0x1F, frozenset({5})
_HEVC_TYPES, _HEVC_IDR = (
    0x3F,
    frozenset({19, 20}),
)  # IDR_W_RADL, IDR_N_LP; not CRA, which begins an open group
_H264_SLICES, _HEVC_SLICES = frozenset(range(1, 6)), frozenset(range(32))

_INTERVALS = 3  # between key frames, that are known before the next is relied upon
_IRREGULAR = 1.5  # times the shortest of them: the longest is no more


def begins_anew(content: bytes, codec: str, extradata: bytes | None) -> bool:
    """Say whether a packet of H.264 or H.265 is an instantaneous refresh (IDR): all after it needs no more.

    FFmpeg calls other packets key frames as well: recovery points, and the first pictures of open groups,
    after which pictures may come that are predicted from before. Of other codecs nothing is known.

    Args:
        content: the packet, with start codes (Annex B) or with lengths. codec: as FFmpeg calls it.
        extradata: the decoder's, which tells of lengths.
    """
    hevc = codec == "hevc"
    if codec not in {"h264", "hevc"} or not content:
        return False
    slices = _HEVC_SLICES if hevc else _H264_SLICES
    wanted = _HEVC_IDR if hevc else _H264_IDR
    kinds = (
        (head >> 1) & _HEVC_TYPES if hevc else head & _H264_TYPES for head in _heads(content, extradata, hevc)
    )
    pictures = [kind for kind in kinds if kind in slices]
    return bool(pictures) and all(kind in wanted for kind in pictures)


def _heads(content: bytes, extradata: bytes | None, hevc: bool) -> Iterator[int]:
    """Yield the first byte of each of a packet's units."""
    if extradata and extradata[0] == 1 and len(extradata) > 22 - 16 * (not hevc):
        size = 1 + (extradata[21 if hevc else 4] & 3)
        at = 0
        while at + size < len(content):
            yield content[at + size]
            at += size + int.from_bytes(content[at : at + size], "big")
        return
    at = content.find(b"\0\0\1")
    while 0 <= at < len(content) - 3:
        yield content[at + 3]
        at = content.find(b"\0\0\1", at + 3)


class KeyIntervals:
    """How far apart a stream's key frames are."""

    def __init__(self) -> None:
        self._last_s: float | None = None
        self._seconds: deque[float] = deque(maxlen=_INTERVALS)

    def key(self, at_s: float) -> None:
        """Take in a key frame's stamp."""
        if self._last_s is not None:
            self._seconds.append(at_s - self._last_s)
        self._last_s = at_s

    def forget(self) -> None:
        """Begin anew: something was lost, or what came was no key frame to rely upon."""
        self._last_s = None
        self._seconds.clear()

    @property
    def seconds(self) -> float | None:
        """The longest of the last ones; None while too few are known, or where they are irregular."""
        if len(self._seconds) < _INTERVALS or min(self._seconds) <= 0.0:
            return None
        longest = max(self._seconds)
        return longest if longest <= _IRREGULAR * min(self._seconds) else None
