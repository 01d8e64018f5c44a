"""Uploads: JPEG and PNG only, and nothing is decoded that its header does not vouch for."""

import struct
import tracemalloc
import zlib
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.api.uploads import decode_upload, read_header
from service.domain.errors import ImageError
from service.domain.people import Role
from tests.service.api.conftest import House
from tests.tools.tiny_model import draw_picture, jpeg, png

PICTURE = draw_picture(50)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a PNG of that size, all black, far smaller than its pixels."""
    zeros = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = zeros.compress(b"\x00" * 1_000_000) + zeros.flush(zlib.Z_FULL_FLUSH)  # may be repeated as it is
    data = b"\x78\xda" + block * (height * (width * 3 + 1) // 1_000_000)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def encoded(extension: str) -> bytes:
    return bytes(cv2.imencode(extension, PICTURE)[1])


@pytest.mark.parametrize("content", [png(PICTURE), jpeg(PICTURE), jpeg(PICTURE) + b"\x00" * 7])
def test_pictures_come_out_as_they_went_in(content: bytes) -> None:
    """PNG and JPEG are decoded to RGB; zeros behind a JPEG, as cameras pad them, do no harm."""
    found = decode_upload(content, "image")
    assert found.shape == (200, 200, 3)
    assert found.dtype == np.uint8
    assert np.abs(found[160:180, 80:120].astype(int) - (190, 20, 20)).mean() < 6


def test_grey_and_progressive_and_16_bit_pictures_are_pictures() -> None:
    """What drawing programs write is read: grey, with alpha, 16 bits a channel, progressive JPEG."""
    grey = bytes(cv2.imencode(".png", PICTURE[:, :, 0])[1])
    deep = bytes(cv2.imencode(".png", PICTURE.astype(np.uint16) * 257)[1])
    alpha = bytes(cv2.imencode(".png", cv2.cvtColor(PICTURE, cv2.COLOR_RGB2BGRA))[1])
    progressive = bytes(cv2.imencode(".jpg", PICTURE, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1])
    for content in (grey, deep, alpha, progressive):
        assert decode_upload(content, "image").shape == (200, 200, 3)
    assert decode_upload(grey, "mask", grey=True).shape == (200, 200)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"hello", "not an image"),
        (b"\x00" * 100, "not an image"),
        (encoded(".webp"), "WebP"),
        (encoded(".tiff"), "TIFF"),
        (encoded(".bmp"), "BMP"),
        (b"GIF89a" + b"\x00" * 20, "GIF"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b'<?xml version="1.0"?><svg/>', "SVG"),
        (jpeg(PICTURE) + b"PK\x03\x04" + b"zip" * 20, "follow the end"),
        (png(PICTURE) + b"<script>", "follow the end"),
        (jpeg(PICTURE)[:-500], "truncated"),
        (png(PICTURE)[:-500], "truncated"),
        (jpeg(PICTURE)[:3], "truncated"),
        (png(PICTURE)[:20], "truncated"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"\x00" * 13) + chunk(b"IEND", b""), "no pixels"),
    ],
)
def test_everything_else_is_refused_with_its_name(house: House, content: bytes, said: str) -> None:
    """Other formats, polyglots, truncated and empty files: 422 and why, never 5xx."""
    with pytest.raises(ImageError, match=said):
        decode_upload(content, "image")
    house.enrol()
    files = {"image": ("x.jpg", content, "image/jpeg")}
    answer = house.call("POST", "/lifts/demo-quad/classify", Role.VIEWER, files=files)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_an_image_bomb_is_refused_by_its_header(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file a thousandth of its 2.7 GB of pixels: refused with nothing decoded and < 10 MB more."""
    house.enrol()
    content = bomb()
    decoded: list[int] = []
    decode = cv2.imdecode

    def watched(data: Any, flags: int) -> Any:
        decoded.append(len(data))
        return decode(data, flags)

    monkeypatch.setattr(cv2, "imdecode", watched)
    path = "/lifts/demo-quad/classify"
    assert house.call("POST", path, Role.VIEWER, files={"image": png(PICTURE)}).status_code == 200
    assert decoded  # what is decoded is noticed
    decoded.clear()
    answer = house.call("POST", path, Role.VIEWER, files={"image": ("x.png", content, "image/png")})
    assert answer.status_code == 422
    assert "30000x30000" in answer.json()["detail"]
    tracemalloc.start()
    try:
        with pytest.raises(ImageError, match="30000x30000"):
            decode_upload(content, "image")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert decoded == []


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n"]))
def test_random_bytes_are_never_more_than_refused(content: bytes, start: bytes) -> None:
    """Whatever comes, the only answer is ImageError."""
    with pytest.raises(ImageError):
        decode_upload(start + content, "image")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3000), st.integers(0, 255), st.booleans())
def test_a_damaged_picture_is_decoded_or_refused(place: int, value: int, as_png: bool) -> None:
    """One changed byte gives a picture of the announced size or ImageError, nothing else."""
    content = bytearray(png(PICTURE) if as_png else jpeg(PICTURE))
    content[place % len(content)] = value
    try:
        header = read_header(bytes(content), "image")
        found = decode_upload(bytes(content), "image")
    except ImageError:
        return
    assert found.shape == (header.height, header.width, 3)
