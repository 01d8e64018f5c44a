"""What the bar is: one drawing gives one mask, whatever program wrote it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifts.errors import MaskError
from lifts.pictures.bar import find_bar
from lifts.pictures.reader import DecodedPicture, decode_picture
from service.domain.arrays import Image
from tests.tools.drawings import EXACT, LOSSY, TAILS, TURNS, orient
from tests.tools.tiny_model import draw_picture, png

ROOT = Path(__file__).parents[3]


@st.composite
def bars(draw: st.DrawFn) -> Image:
    """Return a mask uint8[H, W]: a straight or bent bar, 200x200 or of another size."""
    height, width = draw(st.sampled_from([(200, 200), (180, 320), (321, 177)]))
    inside = st.tuples(st.integers(25, width - 26), st.integers(25, height - 26))
    points = draw(st.lists(inside, min_size=2, max_size=4, unique=True))
    mask = np.zeros((height, width), np.uint8)
    cv2.polylines(mask, [np.array(points, np.int32)], False, 255, draw(st.integers(3, 12)))
    if (mask > 0).sum() < 60:
        cv2.circle(mask, points[0], 8, 255, -1)
    return mask


FORMS = st.sampled_from(sorted(EXACT))


def check_exact(mask: Image, form: str, orientation: int, tail: str) -> None:
    stored = np.ascontiguousarray(TURNS[orientation](mask))
    found = find_bar(decode_picture(orient(EXACT[form](stored), orientation) + TAILS[tail]))
    np.testing.assert_array_equal(found, mask)


@settings(max_examples=60, deadline=None)
@given(bars(), FORMS, st.sampled_from(sorted(TURNS)), st.sampled_from(sorted(TAILS)))
def test_the_same_drawing_is_the_same_mask(mask: Image, form: str, orientation: int, tail: str) -> None:
    """Bit depth, palette, alpha, inversion, EXIF and trailing bytes change no pixel of the mask."""
    check_exact(mask, form, orientation, tail)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(bars(), FORMS, st.sampled_from(sorted(TURNS)), st.sampled_from(sorted(TAILS)))
def test_the_same_drawing_is_the_same_mask_often(mask: Image, form: str, orientation: int, tail: str) -> None:
    """As above, many times."""
    check_exact(mask, form, orientation, tail)


@pytest.mark.parametrize("form", sorted(EXACT))
def test_every_form_is_read(form: str) -> None:
    """Each way to write a drawing, on a bar that touches the border."""
    mask = np.zeros((200, 200), np.uint8)
    cv2.line(mask, (20, 60), (199, 90), 255, 7)
    if form != "layer in a canvas":
        check_exact(mask, form, 1, "nothing")


@pytest.mark.parametrize("form", sorted(LOSSY))
def test_artefacts_change_the_edge_alone(form: str) -> None:
    """JPEG's noise beside the bar is not bar: what differs lies within a pixel of the edge."""
    mask = np.zeros((200, 200), np.uint8)
    cv2.line(mask, (40, 60), (160, 90), 255, 7)
    found = find_bar(decode_picture(LOSSY[form](mask)))
    square = np.ones((3, 3), np.uint8)
    assert not found[cv2.dilate(mask, square) == 0].any()
    assert found[cv2.erode(mask, square) > 0].all()


def test_smooth_edges_are_halved_whichever_way_they_fade() -> None:
    """An antialiased bar is the same in white on black, in black on white, by alpha, and by both."""
    soft = np.zeros((200, 200), np.uint8)
    cv2.line(soft, (40, 60), (160, 95), 255, 5, cv2.LINE_AA)
    colours = np.dstack([soft] * 3)
    white = np.full_like(colours, 255)
    ways = [
        DecodedPicture(colours, None, lossless=True),
        DecodedPicture(255 - colours, None, lossless=True),
        DecodedPicture(white, soft, lossless=True),
        DecodedPicture(colours, soft, lossless=True),  # multiplied by alpha
    ]
    for way in ways:
        np.testing.assert_array_equal(find_bar(way), np.where(soft > 127, 255, 0))


def test_a_bar_cut_out_of_a_photograph_is_all_that_is_left() -> None:
    """Where a bar keeps its own lights and shadows under its alpha, alpha tells and not its colours."""
    mask = np.zeros((200, 200), np.uint8)
    cv2.line(mask, (20, 60), (180, 90), 255, 9)
    coarse = np.random.default_rng(2).integers(0, 256, (25, 25, 3)).astype(np.uint8)
    photo = np.asarray(cv2.resize(coarse, (200, 200)), dtype=np.uint8)
    np.testing.assert_array_equal(find_bar(DecodedPicture(photo, mask, lossless=True)), mask)


def test_what_shows_no_bar_is_empty_or_full() -> None:
    """One colour all over, or differences too weak to see, are no drawing: a pair of them is refused."""
    noise = np.random.default_rng(1).integers(0, 9, (200, 200, 3)).astype(np.uint8)
    for dark in (np.zeros((200, 200, 3), np.uint8), noise):
        assert not find_bar(DecodedPicture(dark, None, lossless=True)).any()
        assert find_bar(DecodedPicture(255 - dark, None, lossless=True)).all()


def test_a_photograph_is_no_mask() -> None:
    """A picture without a background is refused with what to do."""
    blurred = np.asarray(cv2.GaussianBlur(draw_picture(50), (0, 0), 4), dtype=np.uint8)
    stripes = np.repeat(np.array([0, 128, 255], np.uint8), 66)[None, :, None] + np.zeros(
        (200, 1, 3), np.uint8
    )
    for data in (png(draw_picture(50)), png(blurred), png(stripes)):
        with pytest.raises(MaskError, match=r"not one colour.*draw the bar alone"):
            find_bar(decode_picture(data))


@pytest.mark.parametrize("marked", [False, True])
def test_a_bar_drawn_on_the_cameras_picture_is_no_mask(marked: bool) -> None:
    """A drawing in `middle.png` itself, or a reference picture as the mask, is refused with the reason."""
    for path in sorted(ROOT.glob("lifts/demo-*/reference_*.jpg")):
        rgb = decode_picture(path.read_bytes()).rgb.copy()
        if marked:
            cv2.line(rgb, (50, 60), (150, 70), (255, 0, 0), 5)
        with pytest.raises(MaskError, match="not one colour"):
            find_bar(DecodedPicture(rgb, None, lossless=True))
