"""How a carrier's picture moves along a straight rope at constant speed, and stacks of pictures moved back.

A pinhole camera sees every point of a carrier move towards one vanishing point. With q the point's place
relative to any fixed centre, w the distance since a reference (1 is the distance between two carriers)::

    q(w) = (q(0) + velocity * w) / (1 + shrink * w)

for all points at the carrier's depth at once: a similarity of three numbers, whatever the carrier's size.
It is `lifts.geometry.pose_at`'s model: 1 + shrink * w is proportional to the pose's scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Motion:
    """The three numbers of a carrier's movement, in pixels of the picture it was measured in.

    centre: the fixed point that velocity refers to. velocity: pixels per interval, at the reference.
    shrink: how much farther away, as a part of the depth at the reference, after one interval.
    """

    centre: tuple[float, float]
    velocity: tuple[float, float]
    shrink: float

    def depth(self, distance: float) -> float:
        """Return the depth relative to the reference's; where it nears 0 the carrier passes the camera."""
        return 1.0 + self.shrink * distance

    def matrix(self, distance: float) -> Float64:
        """Return float64[2, 3]: a point at the reference -> the same point of the carrier at `distance`."""
        part = 1.0 / self.depth(distance)
        (cx, cy), (vx, vy) = self.centre, self.velocity
        return np.array(
            [[part, 0.0, cx + part * (vx * distance - cx)], [0.0, part, cy + part * (vy * distance - cy)]]
        )

    def centred(self, x: float, y: float) -> Motion:
        """Return the same movement relative to another centre."""
        dx, dy = x - self.centre[0], y - self.centre[1]
        (vx, vy), k = self.velocity, self.shrink
        return Motion((x, y), (vx - k * dx, vy - k * dy), k)

    def later(self, distance: float) -> Motion:
        """Return the same movement with the reference moved by `distance`."""
        depth, (vx, vy) = self.depth(distance), self.velocity
        return Motion(self.centre, (vx / depth, vy / depth), self.shrink / depth)

    def enlarged(self, factor: float) -> Motion:
        """Return the movement in a picture `factor` times as large (pixel centres at integers)."""
        (cx, cy), (vx, vy) = self.centre, self.velocity
        half = (factor - 1.0) / 2.0
        return Motion((cx * factor + half, cy * factor + half), (vx * factor, vy * factor), self.shrink)


@dataclass(frozen=True)
class Window:
    """A part of a picture, in whole pixels."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def around(cls, weight: Float32) -> Window:
        """Return the smallest window round all pixels of float32[h, w] that weigh anything."""
        rows, columns = np.nonzero(weight > 0.02)
        if not len(rows):
            return cls(0, 0, weight.shape[1], weight.shape[0])
        x, y = int(columns.min()), int(rows.min())
        return cls(x, y, int(columns.max()) + 1 - x, int(rows.max()) + 1 - y)

    def cut(self, picture: Float32) -> Float32:
        """Return the part of float32[h, w, ...] within the window."""
        return picture[self.y : self.y + self.height, self.x : self.x + self.width]


def moved(picture: Float32, matrix: Float64, window: Window) -> Float32:
    """Return the window's part of a picture float32[h, w, C] read through `matrix`, 0 outside the picture."""
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (window.x, window.y)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(picture, shifted, (window.width, window.height), flags=flags)
    return np.asarray(out, np.float32)


@dataclass(frozen=True, eq=False)
class Stack:
    """Pictures of one carrier moved back to where it is at the reference, and averaged.

    mean: float32[h, w, C]. energy: float32[h, w], mean of the squares of the single pictures.
    seen: float32[h, w], the part of the pictures in which the pixel was in view, 0..1.
    """

    mean: Float32
    energy: Float32
    seen: Float32


def stack(pictures: Float32, distances: Float64, motion: Motion) -> Stack:
    """Average pictures float32[N, h, w, C + 1] at `distances` float64[N], moved back by `motion`.

    The last channel of each picture is 1 where the picture is valid, else 0, and not averaged.
    """
    height, width, channels = pictures.shape[1:]
    whole = Window(0, 0, width, height)
    total = np.zeros((height, width, channels), np.float32)
    energy = np.zeros((height, width), np.float32)
    for picture, distance in zip(pictures, distances, strict=True):
        back = moved(picture, motion.matrix(float(distance)), whole)
        total += back
        energy += np.einsum("hwc,hwc->hw", back[..., :-1], back[..., :-1])
    seen = total[..., -1]
    count = np.maximum(seen, np.float32(1e-3))
    mean = np.asarray(total[..., :-1] / count[..., None], np.float32)
    return Stack(mean, np.asarray(energy / count, np.float32), np.asarray(seen / len(pictures), np.float32))
