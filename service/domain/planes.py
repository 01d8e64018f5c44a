"""What a frame holds: a decoder's planes, or a drawn picture; each gives the other when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property
from typing import Protocol

import cv2
import numpy as np

from lifts.geometry import CANONICAL_SIZE, to_canonical, warp
from lifts.schema import Pose
from service.domain.arrays import Image

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels; x1 and y1 are the first column and row outside."""

_TWICE = 0.5  # canonical pixels per pixel of the camera, up to which a plane is halved before it is warped
_EDGE_PX = 4.0  # canonical pixels that a reduction reads beyond the picture

Planes = tuple[Image, Image, Image, bool]
"""y, u, v as `Frame.of_planes` takes them, and whether they use the full range."""


class Content(Protocol):
    """What a frame holds; see `Frame`."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""

    @property
    def y(self) -> Image:
        """See `Frame.y`."""

    @property
    def u(self) -> Image:
        """See `Frame.u`."""

    @property
    def v(self) -> Image:
        """See `Frame.v`."""

    @property
    def full_range(self) -> bool:
        """See `Frame.full_range`."""

    @property
    def image(self) -> Image:
        """See `Frame.image`."""

    def bgr(self, box: Box) -> Image:
        """See `Frame.bgr`."""

    def warped(self, pose: Pose, margin_px: int) -> Image:
        """See `Frame.warped`."""


class PlanesContent:
    """What a decoder gives: I420 planes, as views that keep its buffer alive."""

    def __init__(self, size: tuple[int, int], make: Callable[[], Planes]) -> None:
        self.size = size
        self._make = make

    @cached_property
    def _made(self) -> Planes:
        y, u, v, full_range = self._make()
        return _read_only(y), _read_only(u), _read_only(v), full_range

    @property
    def y(self) -> Image:
        """See `Frame.y`."""
        return self._made[0]

    @property
    def u(self) -> Image:
        """See `Frame.u`."""
        return self._made[1]

    @property
    def v(self) -> Image:
        """See `Frame.v`."""
        return self._made[2]

    @property
    def full_range(self) -> bool:
        """See `Frame.full_range`."""
        return self._made[3]

    @cached_property
    def image(self) -> Image:
        """See `Frame.image`."""
        height, width = self.y.shape
        return self.bgr((0, 0, width, height))

    def bgr(self, box: Box) -> Image:
        """See `Frame.bgr`."""
        x0, y0, x1, y1 = box
        left, top = x0 & ~1, y0 & ~1  # colours come for two pixels by two
        y = self.y[top:y1, left:x1]
        u, v = (plane[top // 2 : (y1 + 1) // 2, left // 2 : (x1 + 1) // 2] for plane in (self.u, self.v))
        colours = (_full_range if self.full_range else _limited_range)(y, u, v)
        return colours[y0 - top :, x0 - left :]

    def warped(self, pose: Pose, margin_px: int) -> Image:
        """See `Frame.warped`."""
        thin = _half(pose)
        y = warp(*_halved(self.y, pose, margin_px), margin_px=margin_px)
        u, v = (_sampled(*_halved(plane, thin, margin_px), margin_px) for plane in (self.u, self.v))
        if not self.full_range:
            tables = (y, _BRIGHT), (u, _COLOUR), (v, _COLOUR)
            y, u, v = (np.asarray(cv2.LUT(plane, table), np.uint8) for plane, table in tables)
        return np.asarray(cv2.cvtColor(cv2.merge((y, v, u)), cv2.COLOR_YCrCb2BGR), dtype=np.uint8)


class DrawnContent:
    """A drawn picture: its planes are made at full range when they are needed."""

    full_range = True

    def __init__(self, image: Image) -> None:
        self.image = image
        self.size = (image.shape[1], image.shape[0])

    @cached_property
    def y(self) -> Image:
        """See `Frame.y`."""
        return _read_only(np.asarray(cv2.cvtColor(self.image, cv2.COLOR_BGR2GRAY), dtype=np.uint8))

    @property
    def u(self) -> Image:
        """See `Frame.u`."""
        return self._chroma[0]

    @property
    def v(self) -> Image:
        """See `Frame.v`."""
        return self._chroma[1]

    def bgr(self, box: Box) -> Image:
        """See `Frame.bgr`."""
        x0, y0, x1, y1 = box
        return self.image[y0:y1, x0:x1]

    def warped(self, pose: Pose, margin_px: int) -> Image:
        """See `Frame.warped`."""
        return warp(self.image, pose, margin_px=margin_px)

    @cached_property
    def _chroma(self) -> tuple[Image, Image]:
        height, width = self.image.shape[:2]
        half = ((width + 1) // 2, (height + 1) // 2)
        small = cv2.resize(self.image, half, interpolation=cv2.INTER_AREA)
        _, v, u = cv2.split(cv2.cvtColor(small, cv2.COLOR_BGR2YCrCb))
        return _read_only(u.astype(np.uint8)), _read_only(v.astype(np.uint8))


class DetailedContent(PlanesContent):
    """A picture in the pixels of a smaller one; registered, it has all the detail of the larger one."""

    def __init__(self, content: Content, size: tuple[int, int]) -> None:
        super().__init__(size, self._smaller)
        self._content = content
        self._y: Image | None = None

    @property
    def y(self) -> Image:
        """See `Frame.y`; made without the colours, which following a line needs none of."""
        if self._y is None:
            self._y = _read_only(reduced(self._content.y, self.size))
        return self._y

    def warped(self, pose: Pose, margin_px: int) -> Image:
        """See `Frame.warped`."""
        times = self._content.size[0] / self.size[0]
        at = {"x": times * (pose.x + 0.5) - 0.5, "y": times * (pose.y + 0.5) - 0.5}
        return self._content.warped(pose.model_copy(update={**at, "scale": pose.scale / times}), margin_px)

    def _smaller(self) -> Planes:
        content, half = self._content, ((self.size[0] + 1) // 2, (self.size[1] + 1) // 2)
        colours = reduced(content.u, half), reduced(content.v, half)
        return self.y, *colours, content.full_range


def reduced(picture: Image, size: tuple[int, int]) -> Image:
    """Return a picture uint8[H, W] averaged over areas to (width, height); halved first, which is quick."""
    picture = shrunk(picture, size, 4)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def shrunk(picture: Image, size: tuple[int, int], least: int) -> Image:
    """Return a picture uint8[H, W] halved as long as it is `least` times as large as (width, height)."""
    while picture.shape[0] >= least * size[1] and picture.shape[1] >= least * size[0]:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        picture = np.asarray(
            cv2.resize(picture[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA),
            dtype=np.uint8,
        )
    return picture


def _half(pose: Pose) -> Pose:
    """Return the pose in a picture of half the size."""
    half = {"x": 0.5 * pose.x - 0.25, "y": 0.5 * pose.y - 0.25, "scale": 2.0 * pose.scale}
    return pose.model_copy(update=half)


def _sampled(plane: Image, pose: Pose, margin_px: int) -> Image:
    """Warp a plane of colour, without averaging: what is thin, the bar above all, is seen by brightness."""
    side, matrix = CANONICAL_SIZE + 2 * margin_px, to_canonical(pose, margin_px)
    out = cv2.warpAffine(plane, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, dtype=np.uint8)


def _halved(plane: Image, pose: Pose, margin_px: int) -> tuple[Image, Pose]:
    """Return the part of a plane that a warp reads, halved as long as it is twice too large, and its pose.

    Halving is many times cheaper than any other reduction by area, and what is left of that is a quarter.
    """
    if pose.scale > _TWICE:
        return plane, pose
    reach = (CANONICAL_SIZE / 2 + margin_px + _EDGE_PX) * math.sqrt(2.0) / pose.scale
    height, width = plane.shape
    x0, y0 = (max(0, int(at - reach)) for at in (pose.x, pose.y))
    x1, y1 = min(width, int(pose.x + reach) + 1), min(height, int(pose.y + reach) + 1)
    x0, y0 = min(x0, width - 2), min(y0, height - 2)
    size = max(1, (x1 - x0) // 2), max(1, (y1 - y0) // 2)
    part = plane[y0 : y0 + 2 * size[1], x0 : x0 + 2 * size[0]]
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    within = pose.model_copy(update={"x": pose.x - x0, "y": pose.y - y0})
    return _halved(small, _half(within), margin_px)


_STEPS = np.arange(256.0)
_BRIGHT = np.clip(np.rint((_STEPS - 16) * 255 / 219), 0, 255).astype(np.uint8)
_COLOUR = np.clip(np.rint((_STEPS - 128) * 255 / 224 + 128), 0, 255).astype(np.uint8)


def _limited_range(y: Image, u: Image, v: Image) -> Image:
    """Convert planes at 16..235; OpenCV's conversion needs even sizes and u, v interleaved."""
    height, width = y.shape
    if height % 2 or width % 2:
        y = cv2.copyMakeBorder(y, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE).astype(np.uint8)
    colours = cv2.cvtColorTwoPlane(y, cv2.merge((u, v)), cv2.COLOR_YUV2BGR_NV12)
    return np.asarray(colours[:height, :width], dtype=np.uint8)


def _full_range(y: Image, u: Image, v: Image) -> Image:
    """Convert planes at 0..255: the same matrix without the stretching, which OpenCV calls YCrCb."""
    height, width = y.shape
    wide = [np.repeat(np.repeat(plane, 2, 0), 2, 1)[:height, :width] for plane in (v, u)]
    return np.asarray(cv2.cvtColor(cv2.merge((y, *wide)), cv2.COLOR_YCrCb2BGR), dtype=np.uint8)


def _read_only(plane: Image) -> Image:
    """The decoder predicts the next pictures from this very memory."""
    view = plane.view()
    view.flags.writeable = False
    return view
