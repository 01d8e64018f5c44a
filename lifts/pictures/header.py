"""What a picture file is, recognised by its bytes before anything is decoded.

A few hundred kB of PNG can unpack to gigabytes, and a decoder asked to read a container of another kind runs
code nobody reviewed. So the format is identified by its magic bytes, the size is read from the header, and
the picture's end is found by its own structure: what follows there is never decoded and never stored.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Literal

from lifts.errors import PictureError

MAX_SIDE_PX = 8192
MAX_PIXELS = 34_000_000
"""8K UHD (7680x4320) fits: about 100 MB decoded."""

MAX_BYTES = 4 * MAX_PIXELS
"""Decoded: 8K with an alpha channel fits, with 16 bits a channel half as many pixels."""

MAX_SCANS = 100
"""A progressive JPEG has about ten. Each costs a pass over all pixels, and 20 kB can hold thousands."""

MAX_SCANNED_PIXELS = 20 * MAX_PIXELS
"""Pixels times scans: the largest picture may have twenty, a small one MAX_SCANS."""

MAX_PARTS = 20_000
"""Most segments of a JPEG or chunks of a PNG to read: pictures have hundreds, 10 MB can hold millions."""

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# In entropy-coded data FF is followed by 00, a restart marker or a fill byte; anything else is a marker.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "a GIF file"),
    (b"II*\x00", "a TIFF file"),
    (b"MM\x00*", "a TIFF file"),
    (b"BM", "a BMP file"),
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"<svg", "an SVG file"),
    (b"<?xml", "an SVG or XML file"),
    (b"gimp xcf", "a GIMP project"),
    (b"8BPS", "a Photoshop project"),
)
_ISO_MEDIA = {b"avif": "an AVIF file", b"heic": "a HEIC file", b"heix": "a HEIC file", b"mif1": "a HEIC file"}
# Cameras and phones append notes, a second view or a short film, which do no harm. These make the file two
# things at once: a browser or an archiver opens something else than what was checked here. They are
# recognised by their start or, archives, by their end.
_SECOND_FILE_NEAR = 65_536 + 22
_SECOND_FILE = re.compile(
    rb"PK\x03\x04|PK\x05\x06|%PDF-|Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x7fELF"
    rb"|<script|<html|<svg|<\?php",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a picture file says of itself.

    width, height: in pixels as they are stored. pixel_bytes: what one pixel takes when decoded, at most.
    orientation: EXIF's, 1 to 8; 1 is upright.
    end: how many bytes the picture takes; what follows is not part of it.
    """

    format: Literal["JPEG", "PNG"]
    width: int
    height: int
    pixel_bytes: int
    orientation: int
    end: int

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height in pixels once the picture is turned upright."""
        return (self.width, self.height) if self.orientation < 5 else (self.height, self.width)


def read_header(data: bytes) -> PictureHeader:
    """Return what kind of picture this is, its size, orientation and end, without decoding it.

    Raises:
        PictureError: not a JPEG or PNG, too large, animated, truncated, or a second file follows the picture.
    """
    if not data:
        raise PictureError("the file is empty: expected a JPEG or PNG picture", "empty_file")
    if data.startswith(_PNG):
        header = _read_png(data)
    elif data.startswith(_JPEG):
        header = _read_jpeg(data)
    else:
        kind = _kind_of(data)
        raise PictureError(f"{kind}: expected a JPEG or PNG picture", "not_a_picture", kind=kind)
    if header.width < 1 or header.height < 1:
        raise PictureError(f"the picture has no pixels ({header.width}x{header.height})", "picture_damaged")
    if max(header.width, header.height) > MAX_SIDE_PX or header.width * header.height > MAX_PIXELS:
        raise PictureError(
            f"the picture is too large: {header.width}x{header.height}, expected at most "
            f"{MAX_SIDE_PX} pixels a side and {MAX_PIXELS // 1_000_000} million in all",
            "picture_too_large",
            width=header.width,
            height=header.height,
        )
    if header.width * header.height * header.pixel_bytes > MAX_BYTES:
        raise PictureError(
            f"the picture is too large: {header.width}x{header.height} with {8 * header.pixel_bytes} bits a "
            "pixel: save it with 8 bits a channel",
            "picture_too_large",
            width=header.width,
            height=header.height,
        )
    near = data[header.end :][:_SECOND_FILE_NEAR], data[header.end :][-_SECOND_FILE_NEAR:]
    if any(_SECOND_FILE.search(part) for part in near):
        raise PictureError(
            f"{len(data) - header.end} bytes that are a file of another kind follow the end of the picture: "
            f"save the picture anew as a plain {header.format}",
            "file_appended",
        )
    return header


def _kind_of(data: bytes) -> str:
    start = data[:64].lstrip()
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "a WebP file"
    if data[4:8] == b"ftyp":
        return _ISO_MEDIA.get(data[8:12], "a video file")
    return next((kind for magic, kind in _OTHERS if start.startswith(magic)), "not an image")


def _read_png(data: bytes) -> PictureHeader:
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise PictureError("the PNG is truncated or damaged", "picture_damaged")
    width, height = struct.unpack(">II", data[16:24])
    pixel_bytes = 4 if data[24] <= 8 else 8  # with an alpha channel, which may come from any kind of PNG
    orientation = 1
    at = 8
    for _ in range(MAX_PARTS):
        if at + 12 > len(data):
            break
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = at + 8
        at += 12 + length
        if kind == b"acTL" and data[body : body + 4] > b"\x00\x00\x00\x01":
            raise PictureError("the PNG is animated: save one still picture", "picture_animated")
        if kind == b"eXIf":
            orientation = _orientation(data[body : body + length])
        if kind == b"IEND":
            if at > len(data):
                break
            return PictureHeader("PNG", width, height, pixel_bytes, orientation, at)
    raise PictureError("the PNG is truncated or damaged: copy or save it anew", "picture_damaged")


def _read_jpeg(data: bytes) -> PictureHeader:
    size: tuple[int, int] | None = None
    orientation = 1
    scans = 0
    at = 2
    for _ in range(MAX_PARTS):
        if data[at : at + 1] != b"\xff" or (at + 4 > len(data) and data[at : at + 2] != b"\xff\xd9"):
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            if size is None:
                break
            if scans * size[0] * size[1] > MAX_SCANNED_PIXELS:
                raise PictureError(
                    f"the JPEG has {scans} scans of {size[0]}x{size[1]} pixels: save it anew",
                    "picture_too_costly",
                )
            return PictureHeader("JPEG", *size, 3, orientation, at + 2)
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
            if marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\x00\x00":
                orientation = _orientation(data[at + 10 : at + 2 + length])
            at += 2 + length
            if marker == 0xDA:
                scans += 1
                if scans > MAX_SCANS:
                    raise PictureError(
                        f"the JPEG has more than {MAX_SCANS} scans: save it anew", "picture_damaged"
                    )
                found = _NEXT_MARKER.search(data, at)
                if found is None:
                    break
                at = found.start()
    raise PictureError("the JPEG is truncated or damaged: copy or save it anew", "picture_damaged")


def _orientation(exif: bytes) -> int:
    """Return the orientation that a block of EXIF (a TIFF header and its tags) gives, 1 if it gives none."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(exif[:4])
    if order is None or len(exif) < 8:
        return 1
    (at,) = struct.unpack(f"{order}I", exif[4:8])
    (count,) = struct.unpack(f"{order}H", exif[at : at + 2].ljust(2, b"\x00"))
    for entry in range(at + 2, min(at + 2 + 12 * count, len(exif) - 11), 12):
        tag, kind, _, value = struct.unpack(f"{order}HHIH", exif[entry : entry + 10])
        if tag == 0x0112 and kind == 3 and 1 <= value <= 8:
            return int(value)
    return 1
