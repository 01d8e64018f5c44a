"""The frames since the start, kept until the movie of carriers is made from them."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import warp
from lifts.schema import Pose
from lifts.track import TrackGeometry
from service.domain.arrays import Float32, Image
from service.domain.frame import Frame
from service.line.roi import Roi
from service.vision.outlines import MARGIN_PX

_MOST_FRAMES = 420
_MOST_HELD = 630  # while it is worked on
_MOST_PIXELS = 640 * 480
_JPEG_QUALITY = 94


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A frame of the clip: times in seconds, its reduced grey picture, its colours within the box as JPEG."""

    t_s: float
    t_mono_s: float
    damaged: bool
    small: Image
    jpeg: bytes


class Clip:
    """The frames since the start, with the products of their features with each other.

    The oldest are dropped first. features: float32[N, D]. gram: float32[N, N]. factor: JPEG pixels per camera
    pixel. held: work on it is in progress, so its oldest frames must be kept.
    """

    def __init__(self, roi: Roi, track: TrackGeometry) -> None:
        self._roi = roi
        x0, y0, x1, y1 = roi.box
        scale = max(track.pose(at).scale for at in (0.0, 0.5, 1.0))
        self.factor = min(1.0, scale, (_MOST_PIXELS / ((x1 - x0) * (y1 - y0))) ** 0.5)
        self._size = (max(1, round((x1 - x0) * self.factor)), max(1, round((y1 - y0) * self.factor)))
        self.frames: list[Kept] = []
        self._features: Float32 = np.zeros((0, 0), np.float32)
        self._gram: Float32 = np.zeros((_MOST_HELD, _MOST_HELD), np.float32)
        self.held = False

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def times(self) -> npt.NDArray[np.float64]:
        """The frames' media times, float64[N] seconds."""
        return np.array([kept.t_s for kept in self.frames])

    @property
    def features(self) -> Float32:
        """float32[N, D]."""
        return self._features[: len(self.frames)]

    @property
    def gram(self) -> Float32:
        """float32[N, N]."""
        return self._gram[: len(self.frames), : len(self.frames)]

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.frames[-1].t_s - self.frames[0].t_s if self.frames else 0.0

    def add(self, frame: Frame, small: Image, feature: Float32) -> None:
        """Take in a frame, its reduced picture and its features float32[D]."""
        if len(self.frames) >= (_MOST_HELD if self.held else _MOST_FRAMES):
            self._make_room()
        if self._features.shape[1] != len(feature):
            self._features = np.zeros((_MOST_HELD, len(feature)), np.float32)
        n = len(self.frames)
        self._features[n] = feature
        products = self._features[: n + 1] @ feature
        self._gram[n, : n + 1] = products
        self._gram[: n + 1, n] = products
        _, jpeg = cv2.imencode(
            ".jpg", frame.reduced(self._size, self._roi.box), [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY]
        )
        self.frames.append(Kept(frame.t_s, frame.t_mono_s, frame.damaged, small, jpeg.tobytes()))

    def growing(self, after_s: float | None) -> Iterator[tuple[float, Float32]]:
        """Yield the time and features of each later frame, including those that are added meanwhile."""
        last_s = -np.inf if after_s is None else after_s
        while self.frames and self.frames[-1].t_s > last_s:
            number = next(k for k, kept in enumerate(self.frames) if kept.t_s > last_s)
            last_s = self.frames[number].t_s
            yield last_s, self.features[number]

    def nearest(self, t_s: float) -> Kept | None:
        """Return the frame nearest to a media time; None from an empty clip."""
        return min(self.frames, key=lambda kept: abs(kept.t_s - t_s), default=None)

    def picture(self, kept: Kept) -> Image:
        """Return a kept frame's box in colours, uint8[h, w, 3] BGR, `factor` times its size."""
        return np.asarray(cv2.imdecode(np.frombuffer(kept.jpeg, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)

    def half_grey(self, kept: Kept) -> Image:
        """Return a kept frame's `picture` in grey and half its size, uint8[ceil(h / 2), ceil(w / 2)].

        A JPEG's decoder gives it in a quarter of the time: it leaves colours and fine detail undecoded.
        """
        content = np.frombuffer(kept.jpeg, np.uint8)
        return np.asarray(cv2.imdecode(content, cv2.IMREAD_REDUCED_GRAYSCALE_2), dtype=np.uint8)

    def within_half(self, pose: Pose) -> Pose:
        """Return a pose of the camera in pixels of `half_grey`."""
        within = self._within(pose)
        half = {"x": 0.5 * within.x - 0.25, "y": 0.5 * within.y - 0.25, "scale": 2.0 * within.scale}
        return within.model_copy(update=half)

    def registered(self, picture: Image, pose: Pose, margin_px: int = MARGIN_PX) -> Image:
        """Return a `picture` registered by a pose of the camera, uint8[200 + 2 * margin, ..., 3] BGR."""
        return warp(picture, self._within(pose), margin_px=margin_px)

    def from_camera(self) -> npt.NDArray[np.float64]:
        """Return float64[3, 3]: camera pixels -> pixels of `picture`."""
        return self._roi.from_camera(1.0 / self.factor)

    def snapshot(self) -> Clip:
        """Return the clip as it is now: frames that are added later are not in it."""
        still = copy(self)
        still.frames = list(self.frames)
        return still

    def clear(self) -> None:
        """Forget all."""
        self.frames.clear()

    def _within(self, pose: Pose) -> Pose:
        x, y, _ = self.from_camera() @ (pose.x, pose.y, 1.0)
        return pose.model_copy(update={"x": float(x), "y": float(y), "scale": pose.scale / self.factor})

    def _make_room(self) -> None:
        """Drop the oldest quarter; while held, every second frame, so that no carrier is lost as a whole."""
        n = len(self.frames)
        kept = np.arange(0, n, 2) if self.held else np.arange(_MOST_FRAMES // 4, n)
        self.frames[:] = [self.frames[k] for k in kept]
        self._features[: len(kept)] = self._features[kept]
        self._gram[: len(kept), : len(kept)] = self._gram[np.ix_(kept, kept)]
