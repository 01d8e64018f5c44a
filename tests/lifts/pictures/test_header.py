"""Pictures by their bytes: JPEG and PNG only, and nothing is decoded that its header does not vouch for."""

import struct

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from lifts.errors import PictureError
from lifts.pictures.header import MAX_PARTS, MAX_SCANS, read_header
from lifts.pictures.reader import decode_picture
from tests.tools.drawings import TAILS, chunk, orient, save
from tests.tools.tiny_model import draw_picture, jpeg, png

PICTURE = draw_picture(50)
START = b"\x89PNG\r\n\x1a\n"


def encoded(extension: str) -> bytes:
    return bytes(cv2.imencode(extension, PICTURE)[1])


def animated() -> bytes:
    frames = [Pillow.fromarray(PICTURE), Pillow.fromarray(255 - PICTURE)]
    return save(frames[0], save_all=True, append_images=frames[1:])


def with_scans(count: int) -> bytes:
    """Return a progressive JPEG whose last scan comes so many times more."""
    data = bytes(cv2.imencode(".jpg", PICTURE, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1])
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * (count + 1) + data[-2:]


REFUSED = [
    (b"", "empty"),
    (b"hello", "not an image"),
    (b"\x00" * 100, "not an image"),
    (encoded(".webp"), "WebP"),
    (encoded(".tiff"), "TIFF"),
    (encoded(".bmp"), "BMP"),
    (b"GIF89a" + b"\x00" * 20, "GIF"),
    (b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20, "HEIC"),
    (b"\x00\x00\x00\x18ftypavif" + b"\x00" * 20, "AVIF"),
    (b"\x00\x00\x00\x18ftypisom" + b"\x00" * 20, "video"),
    (b"gimp xcf v011" + b"\x00" * 20, "GIMP"),
    (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
    (b'<?xml version="1.0"?><svg/>', "SVG"),
    (jpeg(PICTURE) + b"PK\x03\x04" + b"zip" * 20, "follow the end"),
    (jpeg(PICTURE) + b"\x00" * 99 + b"%PDF-1.7", "follow the end"),
    (png(PICTURE) + b"<script>", "follow the end"),
    (jpeg(PICTURE)[:-500], "truncated"),
    (png(PICTURE)[:-500], "truncated"),
    (jpeg(PICTURE)[:3], "truncated"),
    (png(PICTURE)[:20], "truncated"),
    (START + chunk(b"IHDR", b"\x00" * 13) + chunk(b"IEND", b""), "no pixels"),
    (
        START + chunk(b"IHDR", struct.pack(">IIBBBBB", 7680, 4320, 16, 0, 0, 0, 0)) + chunk(b"IEND", b""),
        "64 bits",
    ),
    (animated(), "animated"),
    (with_scans(MAX_SCANS), "scans"),
    (jpeg(PICTURE)[:2] + b"\xff\xe1\x00\x02" * MAX_PARTS + jpeg(PICTURE)[2:], "damaged"),
    (jpeg(PICTURE)[:2] + b"\xff" * MAX_PARTS + jpeg(PICTURE)[2:], "damaged"),
    (png(PICTURE)[:33] + chunk(b"teXt", b"") * MAX_PARTS + png(PICTURE)[33:], "damaged"),
    (jpeg(PICTURE) + bytes(99_999) + b"PK\x05\x06" + bytes(18), "follow the end"),
]
"""Files that are no pictures, and a word of why."""


@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_everything_else_is_refused_with_its_name(content: bytes, reason: str) -> None:
    """Other formats, polyglots, animations, bombs, truncated and empty files: one line says what is wrong."""
    with pytest.raises(PictureError, match=reason) as caught:
        decode_picture(content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("tail", sorted(TAILS))
def test_what_follows_a_picture_is_cut(tail: str) -> None:
    """Whatever a camera or phone appends, the picture ends where it ends and decodes as without."""
    for content in (png(PICTURE), jpeg(PICTURE), orient(jpeg(PICTURE), 1)):
        assert read_header(content + TAILS[tail]).end == len(content)
        np.testing.assert_array_equal(decode_picture(content + TAILS[tail]).rgb, decode_picture(content).rgb)


def test_a_small_picture_within_does_not_end_the_large_one() -> None:
    """An EXIF thumbnail has its own end marker, and a second view (MPO) follows: the first picture counts."""
    thumbnail = jpeg(PICTURE[:64, :64])
    whole = jpeg(PICTURE)
    held = (
        whole[:2]
        + b"\xff\xe1"
        + struct.pack(">H", len(thumbnail) + 8)
        + b"Exif\x00\x00"
        + thumbnail
        + whole[2:]
    )
    header = read_header(held)
    assert (header.width, header.height, header.end) == (200, 200, len(held))
    first, second = Pillow.fromarray(PICTURE), Pillow.new("RGB", (64, 64))
    several = save(first, "MPO", save_all=True, append_images=[second])
    assert read_header(several).end < len(several)
    assert decode_picture(several).rgb.shape == (200, 200, 3)


@pytest.mark.parametrize("orientation", [0, 9, 700])
def test_an_orientation_that_is_none_turns_nothing(orientation: int) -> None:
    """Values that EXIF does not have are taken as upright."""
    assert read_header(orient(png(PICTURE), orientation)).orientation == 1
    assert read_header(orient(jpeg(PICTURE), orientation)).orientation == 1


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1\x00\x40Exif\x00\x00", START]),
)
def test_random_bytes_are_never_more_than_refused(content: bytes, start: bytes) -> None:
    """Whatever comes, the only answer is PictureError."""
    with pytest.raises(PictureError):
        decode_picture(start + content)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3000), st.integers(0, 255), st.booleans(), st.integers(1, 8))
def test_a_damaged_picture_is_decoded_or_refused(
    place: int, value: int, as_png: bool, orientation: int
) -> None:
    """One changed byte gives a picture of the announced size or PictureError, nothing else."""
    content = bytearray(orient(png(PICTURE) if as_png else jpeg(PICTURE), orientation))
    content[place % len(content)] = value
    try:
        header = read_header(bytes(content))
        found = decode_picture(bytes(content))
    except PictureError:
        return
    upright = (header.height, header.width) if header.orientation < 5 else (header.width, header.height)
    assert found.rgb.shape == (*upright, 3)


@pytest.mark.fault(28)
def test_scans_are_bounded_by_the_pictures_size() -> None:
    """Many passes over many pixels are refused before they are made; over few pixels they may be."""
    scan = b"\xff\xda\x00\x02"

    def progressive(side: int, scans: int) -> bytes:
        frame = b"\xff\xc2\x00\x0b\x08" + struct.pack(">HH", side, side) + b"\x01\x01\x11\x00"
        return b"\xff\xd8" + frame + scan * scans + b"\xff\xd9"

    assert read_header(progressive(2_000, 90)).width == 2_000
    with pytest.raises(PictureError) as refused:
        read_header(progressive(5_000, 90))
    assert refused.value.code == "picture_too_costly"
    with pytest.raises(PictureError, match="more than 100 scans"):
        read_header(progressive(16, 3_000))
