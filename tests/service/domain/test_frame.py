"""A frame converts only what is asked of it, and keeps to the decoder's own memory."""

import gc
import weakref

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from lifts.geometry import warp
from lifts.schema import Pose
from service.domain.frame import Frame
from service.domain.planes import Planes

Image = npt.NDArray[np.uint8]


def picture(width: int = 64, height: int = 48) -> Image:
    """Smooth colours: what halving the colours' resolution loses is next to nothing."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    channels = (x * 255 // width, y * 255 // height, 255 - (x + y) * 255 // (width + height))
    return np.ascontiguousarray(np.stack(channels, -1).astype(np.uint8))


def planes(image: Image, full_range: bool) -> tuple[Image, Image, Image]:
    """What an encoder makes of a BGR picture of even size."""
    height, width = image.shape[:2]
    if not full_range:
        i420 = cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).astype(np.uint8)
        chroma = i420[height:].reshape(2, height // 2, width // 2)
        return i420[:height], chroma[0], chroma[1]
    y, v, u = cv2.split(cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb).astype(np.uint8))
    half = (width // 2, height // 2)
    small = [cv2.resize(plane, half, interpolation=cv2.INTER_AREA).astype(np.uint8) for plane in (u, v)]
    return y.astype(np.uint8), small[0], small[1]


def frame(image: Image, full_range: bool = False, damaged: bool = False) -> Frame:
    y, u, v = planes(image, full_range)
    return Frame.of_planes(y, u, v, index=3, t_s=1.0, t_mono_s=9.0, full_range=full_range, damaged=damaged)


@pytest.mark.parametrize("full_range", [False, True])
def test_planes_become_the_colours_they_were_made_of(full_range: bool) -> None:
    """Either range gives the picture back, whole and small, within what halved colours and rounding cost."""
    image = picture()
    seen = frame(image, full_range)
    assert (seen.width, seen.height, seen.full_range) == (64, 48, full_range)
    assert np.abs(seen.bgr().astype(int) - image).max() <= 12
    assert np.abs(seen.bgr().astype(int) - image).mean() < 3
    small = seen.reduced((32, 24))
    assert small.shape == (24, 32, 3)
    assert np.abs(small.astype(int) - cv2.resize(image, (32, 24), interpolation=cv2.INTER_AREA)).mean() < 6


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("box", [(0, 0, 64, 48), (11, 7, 40, 33), (10, 8, 13, 9), (63, 47, 64, 48)])
def test_a_box_is_that_part_of_the_picture(box: tuple[int, int, int, int], full_range: bool) -> None:
    """Odd corners and sizes too: a box differs in nothing from the same cut out of the whole."""
    x0, y0, x1, y1 = box
    seen = frame(picture(), full_range)
    assert np.array_equal(seen.bgr(box), seen.bgr()[y0:y1, x0:x1])


@pytest.mark.parametrize("full_range", [False, True])
@pytest.mark.parametrize("scale", [0.2, 0.4, 1.0, 3.0])
def test_a_registered_picture_is_the_whole_one_warped(scale: float, full_range: bool) -> None:
    """Reduced and enlarged, turned, partly outside: what is warped in planes is what is warped in colours."""
    seen = frame(picture(320, 240), full_range)
    pose = Pose(x=140.0, y=100.0, scale=scale, angle=0.2)
    registered = seen.warped(pose, 20)
    assert registered.shape == (240, 240, 3)
    apart = np.abs(registered.astype(int) - warp(seen.bgr(), pose, margin_px=20))
    assert apart.mean() < 1.5
    assert np.quantile(apart, 0.999) <= 8
    drawn = Frame.of_bgr(picture(320, 240), index=0, t_s=0.0, t_mono_s=0.0)
    assert np.array_equal(drawn.warped(pose, 20), warp(picture(320, 240), pose, margin_px=20))


@pytest.mark.parametrize("box", [(0, 0, 320, 240), (33, 21, 301, 200)])
def test_a_part_is_reduced_as_what_is_cut_out_of_the_whole(box: tuple[int, int, int, int]) -> None:
    """Averaged over areas, by less than two and by more: what the planes give is what the picture gives."""
    seen = frame(picture(320, 240), full_range=True)
    for size in ((180, 130), (60, 45)):
        whole = cv2.resize(seen.bgr(box), size, interpolation=cv2.INTER_AREA)
        part = seen.reduced(size, box)
        grey, expected = (cv2.cvtColor(each, cv2.COLOR_BGR2GRAY).astype(int) for each in (part, whole))
        assert np.abs(grey - expected).mean() < 0.8
        assert np.abs(part.astype(int) - whole).mean() < 3.5


def test_planes_nobody_looks_at_are_never_made() -> None:
    """A frame knows its size without its planes, and asks for them once."""
    asked = []

    def made() -> Planes:
        asked.append(1)
        return (*planes(picture(), False), False)

    seen = Frame.of_decoder(made, (64, 48), index=0, t_s=0.0, t_mono_s=0.0, damaged=False)
    assert (seen.width, seen.height, asked) == (64, 48, [])
    assert np.array_equal(seen.bgr(), frame(picture()).bgr())
    assert np.array_equal(seen.at(1.0).luma, frame(picture()).luma)
    assert asked == [1]


def test_a_box_is_clipped_to_the_picture() -> None:
    """What lies outside is left out; a box wholly outside is empty."""
    seen = frame(picture())
    assert seen.bgr((-5, -5, 20, 10)).shape == (10, 20, 3)
    assert seen.bgr((50, 40, 500, 500)).shape == (8, 14, 3)
    assert seen.bgr((100, 0, 120, 10)).size == 0


def test_planes_are_views_that_nobody_writes_to() -> None:
    """Nothing is copied, the memory lives as long as the frame, and writing into it is refused."""
    y, u, v = (plane.copy() for plane in planes(picture(), False))
    seen = Frame.of_planes(y, u, v, index=0, t_s=0.0, t_mono_s=0.0)
    later = seen.at(2.5)
    for plane, source in ((later.y, y), (later.u, u), (later.v, v), (later.luma, y)):
        assert np.shares_memory(plane, source)
        with pytest.raises(ValueError, match="read-only"):
            plane[0, 0] = 1
    assert (later.t_s, later.index, later.t_mono_s, later.damaged) == (2.5, 0, 0.0, False)
    kept = weakref.ref(y)
    del y, u, v, source, plane, seen
    gc.collect()
    assert kept() is not None
    assert later.bgr().shape == (48, 64, 3)


def test_a_drawn_picture_is_given_back_exactly() -> None:
    """`of_bgr`: the very same picture, boxes of it, its grey as luma; planes of odd sizes when asked for."""
    image = picture(63, 47)
    seen = Frame.of_bgr(image, index=1, t_s=0.5, t_mono_s=7.0, damaged=True)
    assert seen.bgr() is image
    assert seen.image is image
    assert np.array_equal(seen.bgr((3, 4, 20, 30)), image[4:30, 3:20])
    assert np.array_equal(seen.luma, cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))
    assert (seen.u.shape, seen.v.shape, seen.full_range, seen.damaged) == ((24, 32), (24, 32), True, True)
    again = Frame.of_planes(seen.y, seen.u, seen.v, index=1, t_s=0.5, t_mono_s=7.0, full_range=True)
    assert np.abs(again.bgr().astype(int) - image).mean() < 3


def test_the_whole_picture_is_converted_once() -> None:
    """`image` is kept, also by the same frame at another time."""
    seen = frame(picture())
    assert seen.image is seen.image
    assert seen.at(3.0).image is seen.image


def test_planes_that_do_not_belong_together_are_refused() -> None:
    """Halves of another size, and pictures that are none, are ValueErrors."""
    y, u, v = planes(picture(), False)
    with pytest.raises(ValueError, match="planes"):
        Frame.of_planes(y, u[:-1], v, index=0, t_s=0.0, t_mono_s=0.0)
    with pytest.raises(ValueError, match="picture"):
        Frame.of_bgr(y, index=0, t_s=0.0, t_mono_s=0.0)
