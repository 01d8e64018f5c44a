"""Uploaded pictures: JPEG and PNG only, measured by their headers before anything is decoded.

A few hundred kB of PNG can unpack to gigabytes, and a decoder asked to read a container of another
kind runs code nobody reviewed: so the format is identified by its magic bytes, the size is read from the
header, and the file must end where the format says it ends.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from fastapi import UploadFile
from starlette.exceptions import HTTPException

from service.domain.arrays import Image
from service.domain.errors import ImageError

MAX_SIDE_PX = 8192
MAX_PIXELS = 34_000_000
"""8K UHD (7680x4320) fits: about 100 MB decoded."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# In entropy-coded data FF is followed by 00, a restart marker or a fill byte; anything else is a marker.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"BM", "BMP"),
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP"),
    (b"<svg", "SVG"),
    (b"<?xml", "SVG or XML"),
)


@dataclass(frozen=True, slots=True)
class Header:
    """What a picture's header says, before decoding."""

    format: Literal["JPEG", "PNG"]
    width: int
    height: int


def decode_upload(data: bytes, name: str, *, grey: bool = False) -> Image:
    """Decode an uploaded picture.

    Args:
        data: the file's bytes.
        name: what to call it in errors.
        grey: decode to one channel, for masks.

    Returns:
        uint8[H, W, 3] RGB, or uint8[H, W] if grey. Orientation tags are ignored: poses are in the
        pixels as they are stored.

    Raises:
        ImageError: not a JPEG or PNG, too large, damaged, truncated or followed by something else.
    """
    read_header(data, name)
    mode = (cv2.IMREAD_GRAYSCALE if grey else cv2.IMREAD_COLOR) | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), mode)
    except cv2.error as error:
        raise ImageError(f"{name}: cannot be decoded: the picture is damaged") from error
    if image is None:
        raise ImageError(f"{name}: cannot be decoded: the picture is damaged")
    return np.asarray(image if grey else cv2.cvtColor(image, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def read_header(data: bytes, name: str) -> Header:
    """Return what kind of picture this is and its size, without decoding it.

    Raises:
        ImageError: as `decode_upload`, for everything that shows without decoding.
    """
    if not data:
        raise ImageError(f"{name}: the file is empty")
    if data.startswith(_PNG):
        header, end = _read_png(data, name)
    elif data.startswith(_JPEG):
        header, end = _read_jpeg(data, name)
    else:
        raise ImageError(f"{name}: {_kind_of(data)}: expected a JPEG or PNG picture")
    if header.width < 1 or header.height < 1:
        raise ImageError(f"{name}: the picture has no pixels ({header.width}x{header.height})")
    side = max(header.width, header.height)
    if side > MAX_SIDE_PX or header.width * header.height > MAX_PIXELS:
        raise ImageError(
            f"{name}: the picture is too large: {header.width}x{header.height}, expected at most "
            f"{MAX_SIDE_PX} pixels a side and {MAX_PIXELS // 1_000_000} million in all"
        )
    # Some cameras pad their JPEGs with zeros; anything else behind the end is a second file in disguise.
    if data[end:].strip(b"\x00"):
        raise ImageError(
            f"{name}: {len(data) - end} bytes follow the end of the picture: expected a plain {header.format}"
        )
    return header


def _kind_of(data: bytes) -> str:
    start = data[:64].lstrip()
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP file"
    found = next((kind for magic, kind in _OTHERS if start.startswith(magic)), None)
    return f"a {found} file" if found else "not an image"


def _read_png(data: bytes, name: str) -> tuple[Header, int]:
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise ImageError(f"{name}: the PNG is truncated or damaged")
    width, height = struct.unpack(">II", data[16:24])
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        at += 12 + length
        if kind == b"IEND":
            if at > len(data):
                break
            return Header("PNG", width, height), at
    raise ImageError(f"{name}: the PNG is truncated")


def _read_jpeg(data: bytes, name: str) -> tuple[Header, int]:
    size: tuple[int, int] | None = None
    at = 2
    while at + 4 <= len(data) or data[at : at + 2] == b"\xff\xd9":
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            if size is None:
                break
            return Header("JPEG", *size), at + 2
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        else:
            (length,) = struct.unpack(">H", data[at + 2 : at + 4])
            if length < 2:
                break
            if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
                if at + 9 > len(data) or size is not None:
                    break
                height, width = struct.unpack(">HH", data[at + 5 : at + 9])
                size = (width, height)
            at += 2 + length
            if marker == 0xDA:
                found = _NEXT_MARKER.search(data, at)
                if found is None:
                    break
                at = found.start()
    raise ImageError(f"{name}: the JPEG is truncated or damaged")


def read_upload(file: UploadFile, name: str, max_mb: float) -> bytes:
    """Return an uploaded file's bytes.

    Raises:
        HTTPException: 413 if it is larger than `max_mb` million bytes.
    """
    limit = int(max_mb * 1e6)
    data = file.file.read(limit + 1)
    if len(data) > limit:
        raise HTTPException(413, f"{name}: larger than {max_mb:g} MB")
    return data
