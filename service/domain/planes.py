"""What a frame holds: a decoder's planes, or a drawn picture; each gives the other when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import cv2
import numpy as np

from lifts.geometry import warp
from lifts.schema import Pose
from service.domain.arrays import Image

Box = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels; x1 and y1 are the first column and row outside."""

Planes = tuple[Image, Image, Image, bool]
"""y, u, v as `Frame.of_planes` takes them, and whether they use the full range."""


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
        half = {"x": 0.5 * pose.x - 0.25, "y": 0.5 * pose.y - 0.25, "scale": 2.0 * pose.scale}
        thin = pose.model_copy(update=half)
        y = warp(self.y, pose, margin_px=margin_px)
        u, v = (warp(plane, thin, margin_px=margin_px) for plane in (self.u, self.v))
        if not self.full_range:
            y, u, v = _BRIGHT[y], _COLOUR[u], _COLOUR[v]
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
