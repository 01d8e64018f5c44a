"""Registration finds small shifts, and says when it does not know."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from service.passages.registration import MAX_SHIFT_PX, register
from service.vision.outlines import MARGIN_PX, outline, reduce_picture
from tests.service.passages.scripted import carrier

Image = npt.NDArray[np.uint8]


def picture(dx_px: float, dy_px: float, riders: int = 2, seed: int = 3) -> Image:
    """A carrier before a quiet background, its content moved by (dx, dy): uint8[240, 240, 3] RGB."""
    colour, alpha = carrier(is_open=True, riders=riders, seed=seed)
    rng = np.random.default_rng(seed)
    back = cv2.GaussianBlur(rng.uniform(150, 230, (240, 240, 1)).astype(np.float32), (0, 0), 5)
    move = np.array([[1, 0, MARGIN_PX + dx_px], [0, 1, MARGIN_PX + dy_px]], np.float64)
    cover = cv2.warpAffine(alpha, move, (240, 240)).astype(np.float32)[..., None] / 255
    shown = cv2.warpAffine(colour, move, (240, 240)).astype(np.float32)
    return (back[..., None] * (1 - cover) + shown * cover).astype(np.uint8)


MODEL = outline(reduce_picture(picture(0, 0)))


@pytest.mark.parametrize(("dx_px", "dy_px"), [(0, 0), (6, -4), (-9, 3), (3, 10)])
def test_a_shift_is_found_and_taken_back(dx_px: float, dy_px: float) -> None:
    """Other riders, other background: the shift is found within 1.5 px, and the picture moved back by it."""
    found = register(picture(dx_px, dy_px, riders=1, seed=8), None, MODEL)
    assert (found.dx_px, found.dy_px) == pytest.approx((dx_px, dy_px), abs=1.5)
    assert found.quality > 0.8
    straight = register(picture(0, 0, riders=1, seed=8), None, MODEL)
    seat = np.s_[100:130, 60:150]
    difference = np.abs(found.image[seat].astype(int) - straight.image[seat])
    assert difference.mean() < 12


def test_an_expected_shift_is_where_the_search_begins() -> None:
    """A shift beyond the search's reach is found where the tracker says it is, within the limit."""
    found = register(picture(14, 0), None, MODEL, dx_px=12.0)
    assert found.dx_px == pytest.approx(14, abs=1.5)
    assert register(picture(0, 0), None, MODEL, dx_px=40.0).dx_px <= MAX_SHIFT_PX


def test_nothing_recognised_keeps_the_coarse_pose() -> None:
    """A picture without the carrier has low quality and stays where the tracker put it."""
    rng = np.random.default_rng(2)
    noise = rng.integers(0, 255, (240, 240, 3)).astype(np.uint8)
    found = register(noise, None, MODEL, dx_px=3.0, dy_px=-2.0)
    assert found.quality < 0.3
    assert (found.dx_px, found.dy_px) == (3.0, -2.0)


def test_the_background_is_no_landmark() -> None:
    """Before a striking background, which does not move, it is still the carrier that is laid in place."""
    rng = np.random.default_rng(4)
    blocks = cv2.resize(rng.uniform(60, 220, (12, 12)).astype(np.float32), (240, 240), interpolation=0)
    moved = picture(8, 0, seed=8)
    bare = np.repeat(blocks[..., None], 3, 2).astype(np.uint8)
    cover = cv2.warpAffine(
        carrier(True, 2, 8)[1], np.array([[1, 0, MARGIN_PX + 8], [0, 1, MARGIN_PX]], np.float64), (240, 240)
    )
    shown = np.where(cover[..., None] > 127, moved, bare)
    found = register(shown, reduce_picture(bare), MODEL)
    assert found.dx_px == pytest.approx(8, abs=2)
