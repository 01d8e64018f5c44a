"""One drawing as many programs write it: bit depths, palettes, alpha channels, inversions, EXIF, tails."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from PIL import Image as Pillow

from service.domain.arrays import Image

ORIENTATION = 0x0112


def save(picture: Pillow.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return the picture's file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def coloured(mask: Image, bar: tuple[int, int, int], paper: tuple[int, int, int]) -> Pillow.Image:
    """Return the drawing in two colours."""
    return Pillow.fromarray(np.where(mask[:, :, None] > 0, bar, paper).astype(np.uint8))


def with_alpha(picture: Pillow.Image, alpha: Image) -> bytes:
    """Return a PNG with this alpha channel; the colours stay as they are under it."""
    picture = picture.copy()
    picture.putalpha(Pillow.fromarray(alpha))
    return save(picture)


def palette(mask: Image, bar: tuple[int, int, int], **options: Any) -> bytes:
    """Return a PNG with a palette: 0 is black, 1 is the bar."""
    picture = Pillow.fromarray((mask > 0).astype(np.uint8)).convert("P")
    picture.putpalette([0, 0, 0, *bar])
    return save(picture, **options)


def deep(mask: Image, white: int) -> bytes:
    """Return a PNG of 16 bits a pixel in which the bar has this value."""
    return bytes(cv2.imencode(".png", np.where(mask > 0, white, 0).astype(np.uint16))[1])


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def interlaced(mask: Image) -> bytes:
    """Return a PNG in Adam7's seven passes."""
    passes = (
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    )
    rows = (row for x, y, dx, dy in passes for row in mask[y::dy, x::dx])
    data = b"".join(b"\x00" + row.tobytes() for row in rows if row.size)
    header = struct.pack(">IIBBBBB", mask.shape[1], mask.shape[0], 8, 0, 0, 0, 1)
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
    return start + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def framed(mask: Image) -> bytes:
    """Return the drawing on a black layer that is smaller than the transparent canvas."""
    alpha = np.zeros_like(mask)
    alpha[15:-15, 15:-15] = 255
    return with_alpha(coloured(mask, (255, 255, 255), (0, 0, 0)), alpha)


def _painted(mask: Image, seed: int = 3) -> Pillow.Image:
    """Return colours as an eraser leaves them: the bar white, and anything under what was erased."""
    under = np.random.default_rng(seed).integers(0, 256, (*mask.shape, 3))
    return Pillow.fromarray(np.where(mask[:, :, None] > 0, 255, under).astype(np.uint8))


WHITE, BLACK, RED = (255, 255, 255), (0, 0, 0), (255, 0, 0)

EXACT: dict[str, Callable[[Image], bytes]] = {
    "plain": lambda mask: save(Pillow.fromarray(mask)),
    "in colours": lambda mask: save(coloured(mask, WHITE, BLACK)),
    "inverted": lambda mask: save(Pillow.fromarray(255 - mask)),
    "1 bit": lambda mask: save(Pillow.fromarray(mask).convert("1")),
    "1 bit inverted": lambda mask: save(Pillow.fromarray(255 - mask).convert("1")),
    "0/1 labels": lambda mask: save(Pillow.fromarray(mask // 255)),
    "1/0 labels": lambda mask: save(Pillow.fromarray(1 - mask // 255)),
    "grey": lambda mask: save(Pillow.fromarray(mask // 4)),
    "16 bits": lambda mask: deep(mask, 65535),
    "12 bits in 16": lambda mask: deep(mask, 4095),
    "0/255 in 16 bits": lambda mask: deep(mask, 255),
    "0/1 in 16 bits": lambda mask: deep(mask, 1),
    "0/300 in 16 bits": lambda mask: deep(mask, 300),
    "red": lambda mask: save(coloured(mask, RED, BLACK)),
    "dark blue": lambda mask: save(coloured(mask, (0, 0, 128), BLACK)),
    "red on white": lambda mask: save(coloured(mask, RED, WHITE)),
    "yellow on white": lambda mask: save(coloured(mask, (255, 255, 0), WHITE)),
    "green on red": lambda mask: save(coloured(mask, (0, 255, 0), RED)),
    "palette": lambda mask: palette(mask, (128, 0, 0)),
    "palette of 1 bit": lambda mask: palette(mask, RED, bits=1),
    "palette of labels": lambda mask: palette(mask, (1, 1, 1)),
    "palette, transparent": lambda mask: palette(mask, (128, 0, 0), transparency=0),
    "interlaced": interlaced,
    "opaque alpha": lambda mask: with_alpha(coloured(mask, WHITE, BLACK), np.full_like(mask, 255)),
    "alpha left at 0": lambda mask: with_alpha(coloured(mask, WHITE, BLACK), np.zeros_like(mask)),
    "white under transparent": lambda mask: with_alpha(coloured(mask, WHITE, WHITE), mask),
    "black under transparent": lambda mask: with_alpha(coloured(mask, BLACK, BLACK), mask),
    "white bar, black transparent": lambda mask: with_alpha(coloured(mask, WHITE, BLACK), mask),
    "black bar, white transparent": lambda mask: with_alpha(coloured(mask, BLACK, WHITE), mask),
    "erased all round": lambda mask: with_alpha(_painted(mask), mask),
    "cut out of black": lambda mask: with_alpha(coloured(mask, BLACK, BLACK), 255 - mask),
    "cut out of white": lambda mask: with_alpha(coloured(mask, BLACK, WHITE), 255 - mask),
    "half transparent": lambda mask: with_alpha(coloured(mask, WHITE, WHITE), mask // 2),
    "paper half transparent": lambda mask: with_alpha(coloured(mask, WHITE, BLACK), np.maximum(mask, 127)),
    "grey and alpha": lambda mask: save(
        Pillow.merge("LA", [Pillow.fromarray(one) for one in (mask | 255, mask)])
    ),
    "16 bits with alpha": lambda mask: bytes(
        cv2.imencode(".png", np.dstack([np.full_like(mask, 255)] * 3 + [mask]).astype(np.uint16) * 257)[1]
    ),
    "layer in a canvas": framed,
}
"""Lossless forms of a drawing: all give the same mask."""

LOSSY: dict[str, Callable[[Image], bytes]] = {
    "JPEG": lambda mask: save(Pillow.fromarray(mask), "JPEG", quality=90),
    "rough JPEG": lambda mask: save(coloured(mask, WHITE, BLACK), "JPEG", quality=40),
    "inverted JPEG": lambda mask: save(Pillow.fromarray(255 - mask), "JPEG", quality=75),
    "progressive JPEG": lambda mask: save(Pillow.fromarray(mask), "JPEG", progressive=True),
    "red JPEG": lambda mask: save(coloured(mask, RED, BLACK), "JPEG", quality=90, subsampling=0),
    "CMYK JPEG": lambda mask: save(coloured(mask, WHITE, BLACK).convert("CMYK"), "JPEG", quality=90),
}
"""Drawings with damaged edges: the same mask but for pixels at the edge."""

TAILS: dict[str, bytes] = {
    "nothing": b"",
    "zeros": bytes(7),
    "a camera's note": b"dhav\x59\x19\x01\x00",
    "a second picture": save(Pillow.new("L", (8, 8)), "JPEG"),
    "a short film": b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 8,
}

TURNS: dict[int, Callable[[Image], Image]] = {
    1: lambda image: image,
    2: lambda image: image[:, ::-1],
    3: lambda image: image[::-1, ::-1],
    4: lambda image: image[::-1],
    5: lambda image: image.swapaxes(0, 1),
    6: lambda image: np.rot90(image, 1),
    7: lambda image: image.swapaxes(0, 1)[::-1, ::-1],
    8: lambda image: np.rot90(image, -1),
}
"""EXIF's orientation -> how the camera stored an upright picture."""


def orient(file: bytes, orientation: int) -> bytes:
    """Return a PNG or JPEG file with EXIF that gives this orientation; its pixels stay as they are."""
    exif = struct.pack("<4sIHHHIII", b"II*\x00", 8, 1, ORIENTATION, 3, 1, orientation, 0)
    if file.startswith(b"\x89PNG"):
        return file[:33] + chunk(b"eXIf", exif) + file[33:]
    body = b"Exif\x00\x00" + exif
    return file[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + file[2:]
