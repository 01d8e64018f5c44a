"""A decoder's picture as planes, rotated and stretched for display; other formats are converted once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.sidedata.sidedata import SideData
from av.video.frame import VideoFrame

from service.domain.planes import Planes

Image = npt.NDArray[np.uint8]

_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_SAME_SHAPE = 0.03
_LEAST_ASPECT, _MOST_ASPECT = Fraction(1, 4), Fraction(4)


@dataclass(frozen=True, slots=True)
class Display:
    """How a file requests its pictures to be shown: rotated first, then stretched until pixels are square.

    transposed: rows become columns. mirrored, flipped: then left and right, top and bottom change sides.
    interlaced: only every second row is used, as those between are of another moment.
    aspect: width of a turned picture's pixel over its height. fit: (width, height) that all pictures of the
    recording have, if this one has another.
    """

    transposed: bool = False
    mirrored: bool = False
    flipped: bool = False
    aspect: Fraction = Fraction(1)
    fit: tuple[int, int] | None = None
    interlaced: bool = False

    @property
    def plain(self) -> bool:
        """Whether pictures are shown as they are stored."""
        return self == _AS_STORED

    @property
    def turned(self) -> bool:
        """Whether pictures are rotated or mirrored."""
        return self.transposed or self.mirrored or self.flipped

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return (width, height) of a stored picture as it is shown: without `fit`, no pixel is lost."""
        return self.own_size(width, height) if self.fit is None else self.fit

    def own_size(self, width: int, height: int) -> tuple[int, int]:
        """Return the same without regard to the other pictures."""
        if self.transposed:
            width, height = height, width
        if self.aspect == 1:  # asked for each picture, and fractions are slow
            return width, height
        if self.aspect > 1:
            return round(width * self.aspect), height
        return width, round(height / self.aspect)

    def shown(self, planes: Planes) -> Planes:
        """Return planes as they are shown; the same ones where that is as they are stored."""
        if self.plain:
            return planes
        y, u, v, full_range = planes
        width, height = self.size(y.shape[1], y.shape[0])
        half = ((width + 1) // 2, (height + 1) // 2)
        return self._of(y, (width, height)), self._of(u, half), self._of(v, half), full_range

    def _of(self, plane: Image, size: tuple[int, int]) -> Image:
        if self.interlaced:
            plane = plane[::2]
        if self.transposed:
            plane = plane.T
        if self.mirrored:
            plane = plane[:, ::-1]
        if self.flipped:
            plane = plane[::-1]
        plane = np.ascontiguousarray(plane)
        if plane.shape != size[::-1]:
            plane = np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), np.uint8)
        return plane


_AS_STORED = Display()


def same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Say whether two sizes (width, height) have the same ratio, but for rounding."""
    return abs(one[0] * other[1] / (one[1] * other[0]) - 1.0) <= _SAME_SHAPE


def display_of(picture: VideoFrame, stream: av.VideoStream, first_size: tuple[int, int]) -> Display:
    """Return how a picture of a recording is to be shown, by its display matrix and its pixels' aspect.

    first_size: (width, height) of the stream's first picture, which the container's aspect is about.
    """
    transposed = mirrored = flipped = False
    matrix = picture.side_data.get("DISPLAYMATRIX")
    if isinstance(matrix, SideData):
        # Nine numbers of 32 bits, libavutil/display.h: x' = a x + c y, y' = b x + d y.
        a, b, _, c, d = (int(number) for number in np.frombuffer(bytes(matrix), np.int32)[:5])
        transposed = abs(b) + abs(c) > abs(a) + abs(d)
        mirrored, flipped = (c < 0, b < 0) if transposed else (a < 0, d < 0)
    aspect = stream.codec_context.sample_aspect_ratio
    if (picture.width, picture.height) == first_size or not aspect:
        aspect = stream.sample_aspect_ratio or aspect
    if not aspect or not _LEAST_ASPECT <= aspect <= _MOST_ASPECT:
        aspect = Fraction(1)
    return Display(transposed, mirrored, flipped, 1 / aspect if transposed else aspect)


def planes_of(picture: VideoFrame) -> Planes:
    """Return y, u, v as 4:2:0 and whether they use the full range; other layouts are converted once."""
    if not _is_used_directly(picture):
        picture = picture.reformat(format="yuv420p")
    name = picture.format.name
    full_range = name.startswith("yuvj") or picture.color_range == _FULL_RANGE
    y, *colours = (np.asarray(np.from_dlpack(plane), dtype=np.uint8) for plane in picture.planes)
    if name == "nv12":
        return y, colours[0][..., 0], colours[0][..., 1], full_range
    # 4:2:2, common for MJPEG, has twice the rows of colour that are needed.
    step = 2 if "422" in name else 1
    return y, colours[0][::step], colours[1][::step], full_range


def _is_used_directly(picture: VideoFrame) -> bool:
    name = picture.format.name
    if any(plane.line_size < 0 for plane in picture.planes):
        return False  # bottom up
    if name == "nv12":
        return picture.width % 2 == 0 and picture.height % 2 == 0
    return name in {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p"}
