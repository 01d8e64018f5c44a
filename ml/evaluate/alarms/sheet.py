"""Contact sheets of what failed: three pictures of each carrier, with what was so and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from lifts.arrays import UInt8

SIDE = 96
"""Pixels of each picture."""

_CAPTION, _GAP, _COLUMNS = 26, 4, 4
_LETTER = 0.3
_QUALITIES = (75, 60, 45, 30, 20)


@dataclass(frozen=True)
class Shown:
    """One failed carrier: where its row of three pictures lies, and two lines about it."""

    path: Path
    title: str
    text: str


def sheet(shown: Sequence[Shown]) -> UInt8:
    """Return rows of pictures, each with its captions, uint8[H, W, 3] RGB.

    Raises:
        FileNotFoundError: a picture is missing.
    """
    tile_h, tile_w = SIDE + _CAPTION + _GAP, 3 * SIDE + 2 * _GAP
    rows = -(-len(shown) // _COLUMNS)
    page = np.full((max(rows, 1) * tile_h + _GAP, _COLUMNS * tile_w + _GAP, 3), 255, np.uint8)
    for number, one in enumerate(shown):
        top, left = _GAP + number // _COLUMNS * tile_h, _GAP + number % _COLUMNS * tile_w
        picture = cv2.imread(str(one.path), cv2.IMREAD_COLOR)
        if picture is None:
            raise FileNotFoundError(one.path)
        small = cv2.resize(picture, (3 * SIDE, SIDE), interpolation=cv2.INTER_AREA)
        page[top + _CAPTION : top + _CAPTION + SIDE, left : left + 3 * SIDE] = small[..., ::-1]
        for line, text in enumerate((one.title, one.text)):
            at = (left, top + 10 + 11 * line)
            cv2.putText(page, text, at, cv2.FONT_HERSHEY_SIMPLEX, _LETTER, (0, 0, 0), 1, cv2.LINE_AA)
    return page


def write_sheets(
    folder: Path, name: str, shown: Sequence[Shown], *, most: int = 80, limit_bytes: int = 1_000_000
) -> list[Path]:
    """Write sheets NAME-1.jpg, NAME-2.jpg ... of at most `most` carriers each; older ones are removed.

    They are coded as coarsely as the limit of all together demands, down to quality 20.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{name}-*.jpg"):
        old.unlink()
    pages = [sheet(shown[first : first + most]) for first in range(0, len(shown), most)]
    coded = list[bytes]()
    for quality in _QUALITIES:
        coded = [_coded(page, quality) for page in pages]
        if sum(map(len, coded)) <= limit_bytes:
            break
    paths = [folder / f"{name}-{number}.jpg" for number in range(1, len(pages) + 1)]
    for path, data in zip(paths, coded, strict=True):
        path.write_bytes(data)
    return paths


def _coded(page: UInt8, quality: int) -> bytes:
    bgr = cv2.cvtColor(page, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
