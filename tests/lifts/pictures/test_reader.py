"""The one reader of pictures: what a file shows comes out as uint8 RGB, turned upright."""

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from lifts.pictures.reader import decode_picture
from service.domain.arrays import Image
from tests.tools.drawings import TURNS, orient, save
from tests.tools.tiny_model import draw_picture, jpeg, png

PICTURE = draw_picture(50)
RGB = Pillow.fromarray(PICTURE)


def grey_of(image: Image) -> Image:
    return np.asarray(RGB.convert("L"), dtype=np.uint8)[:, :, None] + np.zeros(3, np.uint8)


@pytest.mark.parametrize(
    "content", [png(PICTURE), save(RGB.convert("RGBA")), save(RGB, icc_profile=b"x" * 200)]
)
def test_png_comes_out_as_it_went_in(content: bytes) -> None:
    """PNG is decoded to the same RGB, with an opaque alpha channel or a colour profile too."""
    np.testing.assert_array_equal(decode_picture(content).flat(), PICTURE)


def test_other_depths_and_colours_come_out_as_rgb() -> None:
    """Grey, grey with alpha, 16 bits (by the range of the values), palettes."""
    grey = np.asarray(RGB.convert("L"))
    wide = np.clip(PICTURE, 0, 254)
    wide[0, 0] = 255
    for white in (255, 1023, 4095, 16383, 65535):
        deep = np.round(wide[:, :, ::-1] * (white / 255.0)).astype(np.uint16)
        found = decode_picture(bytes(cv2.imencode(".png", deep)[1])).flat()
        np.testing.assert_array_equal(found, wide)
    for picture in (
        RGB.convert("L"),
        Pillow.merge("LA", [RGB.convert("L"), Pillow.new("L", (200, 200), 255)]),
    ):
        np.testing.assert_array_equal(decode_picture(save(picture)).flat(), cv2.merge([grey] * 3))
    few = RGB.quantize(16)
    np.testing.assert_array_equal(decode_picture(save(few)).flat(), np.asarray(few.convert("RGB")))


@pytest.mark.parametrize("picture", [RGB, RGB.convert("CMYK"), RGB.convert("L")])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_comes_out_nearly_as_it_went_in(picture: Pillow.Image, progressive: bool) -> None:
    """RGB, CMYK and grey JPEGs, progressive ones too, with and without a colour profile."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    wanted = np.asarray(picture.convert("RGB"), dtype=np.int16)
    for options in ({}, {"icc_profile": profile}):
        found = decode_picture(
            save(picture, "JPEG", quality=95, subsampling=0, progressive=progressive, **options)
        )
        assert np.abs(found.flat() - wanted).mean() < 3


@pytest.mark.parametrize("orientation", sorted(TURNS))
def test_exif_turns_the_picture_upright(orientation: int) -> None:
    """Each of EXIF's eight orientations, in PNG and JPEG, with another width than height."""
    upright = PICTURE[:, :150]
    stored = np.ascontiguousarray(TURNS[orientation](upright))
    np.testing.assert_array_equal(decode_picture(orient(png(stored), orientation)).rgb, upright)
    found = decode_picture(orient(jpeg(stored), orientation)).rgb
    assert found.shape == upright.shape
    assert np.abs(found.astype(int) - upright).mean() < 6


def test_what_is_transparent_shows_nothing() -> None:
    """Colours under transparent pixels do not come out; alpha that is the same all over says nothing."""
    left = np.zeros((200, 200), np.uint8)
    left[:, :100] = 255
    cut = RGB.copy()
    cut.putalpha(Pillow.fromarray(left))
    found = decode_picture(save(cut)).flat()
    np.testing.assert_array_equal(found[:, :100], PICTURE[:, :100])
    assert not found[:, 100:].any()
    cut.putalpha(0)
    np.testing.assert_array_equal(decode_picture(save(cut)).flat(), PICTURE)
