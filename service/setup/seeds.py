"""First guesses of a carrier's movement: what moves alike over a few neighbouring phases."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from service.setup.motion import Motion

Float32 = npt.NDArray[np.float32]

_REACH = 3  # phases before and after
_MOST_X, _MOST_Y = 6, 4  # pixels moved within the reach
_SLOWEST = 0.06  # picture widths per interval: slower is no carrier near enough to watch
_BLOCK = 11
_GRID = 3


@dataclass(frozen=True, eq=False)
class Seed:
    """A guess at one phase: the movement, and float32[h, w] in 0..1, which pixels follow it."""

    phase: int
    motion: Motion
    weight: Float32


def find_seeds(movie: Float32, phase: int, within: Float32 | None = None, most: int = 3) -> list[Seed]:
    """Return guesses of what moves at one phase of a movie float32[P, h, w, C + 1], strongest first.

    A movie of about 100 pixels' width is enough, and quicker.

    within: float32[h, w], 1 where the carrier is known to be, else 0.
    """
    height, width = movie.shape[1:3]
    strength, flow = _flows(movie, phase)
    if within is not None:
        strength = strength * within
    ys, xs = (a.ravel() for a in np.mgrid[_GRID // 2 : height : _GRID, _GRID // 2 : width : _GRID])
    velocity = flow[ys, xs]  # [B, 2]
    speed = np.hypot(velocity[:, 0], velocity[:, 1])
    weight = strength[ys, xs] * (speed > _SLOWEST * width)
    found: list[Seed] = []
    for _ in range(most):
        spread = 0.14 * width
        near = np.exp(-((xs[:, None] - xs) ** 2 + (ys[:, None] - ys) ** 2) / (2 * spread**2))
        sums = near @ weight
        anchor = int(sums.argmax())
        if sums[anchor] < 1e-3:
            break
        local = weight * near[anchor]
        fitted = _fit(xs - xs[anchor], ys - ys[anchor], velocity, local)
        if fitted is not None:
            (vx, vy, shrink), agree = fitted
            motion = Motion((float(xs[anchor]), float(ys[anchor])), (vx, vy), shrink)
            grid = (agree & (near[anchor] > 0.1) & (weight > 0)).astype(np.float32)
            shape = (len(range(_GRID // 2, height, _GRID)), len(range(_GRID // 2, width, _GRID)))
            mask = cv2.resize(grid.reshape(shape), (width, height), interpolation=cv2.INTER_LINEAR)
            found.append(Seed(phase, motion, np.asarray(mask, np.float32)))
        weight = weight * (near[anchor] < 0.4)
    return found


def _flows(movie: Float32, phase: int) -> tuple[Float32, Float32]:
    """Return how strongly blocks move alike, float32[h, w], and how: float32[h, w, 2], px per interval."""
    phases, height, width = movie.shape[:3]
    near = [movie[(phase + step) % phases, ..., :-1] for step in range(-_REACH, _REACH + 1)]
    blur = (_BLOCK, _BLOCK)
    energies = np.mean([np.einsum("hwc,hwc->hw", one, one) for one in near], axis=0)
    energy = cv2.boxFilter(np.asarray(energies, np.float32), -1, blur)
    best = np.zeros((height, width), np.float32)
    flow = np.zeros((height, width, 2), np.float32)
    for dy in range(-_MOST_Y, _MOST_Y + 1):
        for dx in range(-_MOST_X, _MOST_X + 1):
            total = np.zeros((height, width, movie.shape[3] - 1), np.float32)
            for step, picture in enumerate(near, start=-_REACH):
                sx, sy = round(dx * step / _REACH), round(dy * step / _REACH)
                y0, y1 = max(0, -sy), min(height, height - sy)
                x0, x1 = max(0, -sx), min(width, width - sx)
                total[y0:y1, x0:x1] += picture[y0 + sy : y1 + sy, x0 + sx : x1 + sx]
            alike = cv2.boxFilter(np.einsum("hwc,hwc->hw", total, total) / len(near) ** 2, -1, blur)
            more = alike > best
            best[more] = alike[more]
            flow[more] = (dx, dy)
    confidence = np.clip((best / (energy + 1e-4) - 0.3) / 0.3, 0, 1)
    return np.asarray(best * confidence, np.float32), np.asarray(
        flow * np.float32(phases / _REACH), np.float32
    )


def _fit(
    x: npt.NDArray[np.int64], y: npt.NDArray[np.int64], velocity: Float32, weight: npt.NDArray[np.float64]
) -> tuple[tuple[float, float, float], npt.NDArray[np.bool_]] | None:
    """Fit velocity - shrink * place to the blocks' flows; returns the three numbers and who agrees."""
    speed = np.hypot(velocity[:, 0], velocity[:, 1])
    agree = weight > 0
    # The middle of the flows to begin with, weighted: robust against a few wild blocks.
    centre = [_weighted_median(velocity[agree, axis], weight[agree]) for axis in (0, 1)]
    numbers = np.array([*centre, 0.0])
    for _ in range(4):
        off_x = velocity[:, 0] - (numbers[0] - numbers[2] * x)
        off_y = velocity[:, 1] - (numbers[1] - numbers[2] * y)
        agree = (weight > 0) & (np.hypot(off_x, off_y) < 15.0 + 0.15 * speed)
        if agree.sum() < 4:
            return None
        root = np.sqrt(weight[agree])
        rows = np.zeros((2 * int(agree.sum()) + 1, 3))
        values = np.zeros(len(rows))
        half = int(agree.sum())
        rows[:half, 0], rows[:half, 2] = root, -x[agree] * root
        rows[half:-1, 1], rows[half:-1, 2] = root, -y[agree] * root
        values[:half], values[half:-1] = velocity[agree, 0] * root, velocity[agree, 1] * root
        rows[-1, 2] = 4.0 * np.sqrt(weight[agree].sum())  # few blocks cannot tell: no change of size then
        numbers = np.linalg.lstsq(rows, values, rcond=None)[0]
    return (float(numbers[0]), float(numbers[1]), float(np.clip(numbers[2], -3.0, 3.0))), agree


def _weighted_median(values: Float32, weight: npt.NDArray[np.float64]) -> float:
    order = np.argsort(values)
    total = np.cumsum(weight[order])
    return float(values[order][int(np.searchsorted(total, total[-1] / 2))])
