"""One picture of a camera as decoded: planes, converted to colours only where they are needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from lifts.schema import Pose
from service.domain.arrays import Image
from service.domain.planes import (
    Box,
    Content,
    DetailedContent,
    DrawnContent,
    Planes,
    PlanesContent,
    shrunk,
)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a camera. Make one with `of_planes`, `of_decoder` or `of_bgr`.

    index: counts every frame of the connection from 0, also those that were not handed out.
    t_s: media time, seconds from the stream's first frame, strictly increasing within a connection.
    t_mono_s: time.monotonic() when the frame was read.
    damaged: bits of it were lost, here or in a picture it was predicted from: it may show what never was.
    clip: counts the clips of a recording that was joined from several: between two nobody knows how much
        time went by.
    stamp_s: the stream's own stamp, seconds, any origin; None of a picture that no stream sent.
    stood: pictures before it were left undecoded on purpose, because the line stood; it shows that it stands.
    """

    index: int
    t_s: float
    t_mono_s: float
    damaged: bool
    _content: Content
    clip: int = 0
    stamp_s: float | None = None
    stood: bool = False

    @classmethod
    def of_planes(
        cls,
        y: Image,
        u: Image,
        v: Image,
        *,
        index: int,
        t_s: float,
        t_mono_s: float,
        full_range: bool = False,
        damaged: bool = False,
    ) -> Frame:
        """Return a frame on a decoder's planes, which are neither copied nor written to.

        Args:
            y: uint8[H, W].
            u, v: uint8[ceil(H / 2), ceil(W / 2)]; any strides.
            index, t_s, t_mono_s, damaged: as the fields.
            full_range: whether the planes use 0..255 (yuvj420p), not 16..235 and 16..240.

        Raises:
            ValueError: the planes do not belong together.
        """
        half = ((y.shape[0] + 1) // 2, (y.shape[1] + 1) // 2)
        if y.ndim != 2 or u.shape != half or v.shape != half:
            raise ValueError(f"planes: expected y[H, W], u and v half of it, got {y.shape, u.shape, v.shape}")
        content = PlanesContent((y.shape[1], y.shape[0]), lambda: (y, u, v, full_range))
        return cls(index, t_s, t_mono_s, damaged, content)

    @classmethod
    def of_decoder(
        cls,
        planes: Callable[[], Planes],
        size: tuple[int, int],
        *,
        index: int,
        t_s: float,
        t_mono_s: float,
        damaged: bool,
        clip: int = 0,
        stamp_s: float | None = None,
        stood: bool = False,
    ) -> Frame:
        """Return a frame whose planes are made when they are first needed: half of them never are.

        Args:
            planes: returns them, as `of_planes` takes them. size: (width, height) of y.
            index, t_s, t_mono_s, damaged, clip, stamp_s, stood: as the fields.
        """
        return cls(index, t_s, t_mono_s, damaged, PlanesContent(size, planes), clip, stamp_s, stood)

    @classmethod
    def of_bgr(cls, image: Image, *, index: int, t_s: float, t_mono_s: float, damaged: bool = False) -> Frame:
        """Return a frame of a picture uint8[H, W, 3] BGR: `bgr()` gives back the very same; luma is its grey.

        Raises:
            ValueError: it is no such picture.
        """
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ValueError(f"picture: expected uint8[H, W, 3], got {image.dtype}{list(image.shape)}")
        return cls(index, t_s, t_mono_s, damaged, DrawnContent(image))

    def at(self, t_s: float) -> Frame:
        """Return the same picture at another media time; nothing is copied."""
        return replace(self, t_s=t_s)

    def in_pixels_of(self, size: tuple[int, int]) -> Frame:
        """Return the same picture in the pixels of a smaller one, (width, height), of the same shape.

        It is reduced where it is looked at as a whole; `warped` takes what it needs from all its detail.
        """
        if size == self._content.size:
            return self
        return replace(self, _content=DetailedContent(self._content, size))

    @property
    def y(self) -> Image:
        """Brightness, uint8[H, W], a read-only view; see `full_range` for what black and white are."""
        return self._content.y

    @property
    def u(self) -> Image:
        """Blue difference, uint8[ceil(H / 2), ceil(W / 2)], a read-only view, 128 for grey."""
        return self._content.u

    @property
    def v(self) -> Image:
        """Red difference, as `u`."""
        return self._content.v

    @property
    def full_range(self) -> bool:
        """Whether black is 0 and white 255 in `y`; else they are 16 and 235."""
        return self._content.full_range

    @property
    def luma(self) -> Image:
        """The same as `y`: what tracking and health use."""
        return self._content.y

    @property
    def width(self) -> int:
        """Pixels across."""
        return self._content.size[0]

    @property
    def height(self) -> int:
        """Pixels down."""
        return self._content.size[1]

    @property
    def image(self) -> Image:
        """The whole picture, uint8[H, W, 3] BGR; converted when first asked for, then kept. Prefer `bgr`."""
        return self._content.image

    def bgr(self, box: Box | None = None) -> Image:
        """Return the picture, or the part of it in the box, as uint8[h, w, 3] BGR; only that is converted.

        Colours are those of BT.601, as OpenCV decodes video. A box outside the picture gives an
        image of size 0.
        """
        if box is None:
            return self._content.image
        x0, x1 = (min(max(0, at), self.width) for at in (box[0], box[2]))
        y0, y1 = (min(max(0, at), self.height) for at in (box[1], box[3]))
        if x1 <= x0 or y1 <= y0:
            return np.empty((max(0, y1 - y0), max(0, x1 - x0), 3), np.uint8)
        return self._content.bgr((x0, y0, x1, y1))

    def warped(self, pose: Pose, margin_px: int = 0) -> Image:
        """Return the canonical picture, uint8[200 + 2 * margin, 200 + 2 * margin, 3] BGR.

        As `lifts.geometry.warp` makes it of the whole picture, to within rounding: the planes are warped and
        only what came of that is converted.
        """
        return self._content.warped(pose, margin_px)

    def reduced(self, size: tuple[int, int], box: Box | None = None) -> Image:
        """Return the whole picture at (width, height), uint8[h, w, 3] BGR, for people; or the part in a box.

        The planes are reduced first: a small picture never costs the conversion of a large one. A part is
        averaged over areas, for it is measured in.
        """
        x0, y0, x1, y1 = box or (0, 0, self.width, self.height)
        half = ((size[0] + 1) // 2, (size[1] + 1) // 2)
        # Halved, a picture is less than twice too large, and for the eye samples are as good as averages.
        bright = cv2.INTER_LINEAR if box is None else cv2.INTER_AREA
        y = cv2.resize(shrunk(self.y[y0:y1, x0:x1], size, 2), size, interpolation=bright).astype(np.uint8)
        u, v = (
            cv2.resize(shrunk(part, half, 2), half, interpolation=cv2.INTER_LINEAR).astype(np.uint8)
            for plane in (self.u, self.v)
            for part in (plane[y0 // 2 : (y1 + 1) // 2, x0 // 2 : (x1 + 1) // 2],)
        )
        return PlanesContent(size, lambda: (y, u, v, self.full_range)).image
