"""A lift drawn with a few lines: carriers on a known straight rope, people who walk about, a still place."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from service.setup.motion import Motion
from service.setup.video import PICTURES_PER_S, Recording

WIDTH, HEIGHT = 400, 225
FACTOR = 3.2
INTERVAL_S = 4.0

SIDEWAYS = Motion((200.0, 112.0), (330.0, 20.0), 0.3)
"""Past the camera and a little away from it; pixels of the reduced picture."""

AWAY = Motion((200.0, 112.0), (130.0, -60.0), 0.9)


def film(
    motion: Motion | None,
    seconds: float,
    *,
    walkers: int = 2,
    stands: tuple[float, float] | None = None,
    seed: int = 0,
) -> Recording:
    """Draw a recording: a carrier is at the reference at 2 s and every INTERVAL_S of the line's running.

    motion: of the carriers; None for a place without any. stands: from when to when the line does.
    """
    rng = np.random.default_rng(seed)
    place = cv2.GaussianBlur(rng.uniform(90, 210, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 4)
    cv2.rectangle(place, (260, 40), (330, 120), 80, -1)
    start = rng.uniform(0, WIDTH, walkers)
    speed = rng.uniform(-30, 30, walkers)
    times = np.arange(round(seconds * PICTURES_PER_S)) / PICTURES_PER_S
    pictures = []
    for t_s in times:
        picture = np.asarray(place, np.float32).copy()
        for x, v in zip(start, speed, strict=True):
            foot = round((x + v * t_s) % WIDTH)
            cv2.rectangle(picture, (foot, 150 + round(4 * np.sin(t_s * 5))), (foot + 9, 190), 60, -1)
        if motion is not None:
            _draw_carriers(picture, motion, rope_distance(float(t_s), stands))
        noisy = picture + rng.normal(0, 2, picture.shape)
        pictures.append(np.clip(noisy, 0, 255).astype(np.uint8))
    return Recording(np.stack(pictures), times, round(WIDTH * FACTOR), round(HEIGHT * FACTOR))


def rope_distance(t_s: float, stands: tuple[float, float] | None = None) -> float:
    """Return how far the rope has gone since a carrier was at the reference, in intervals."""
    if stands is not None:
        t_s -= min(max(t_s - stands[0], 0.0), stands[1] - stands[0])
    return (t_s - 2.0) / INTERVAL_S


def _draw_carriers(picture: npt.NDArray[np.float32], motion: Motion, distance: float) -> None:
    for number in range(-4, 5):
        at = distance % 1.0 + number
        if not 0.35 < motion.depth(at) < 3.0:
            continue
        for line, thick in (
            ([(200, -40), (200, 70)], 4),
            ([(165, 150), (165, 85), (180, 70), (220, 70), (235, 85), (235, 150)], 4),
            ([(160, 140), (240, 140)], 10),
            ([(165, 115), (235, 112)], 3),
        ):
            points = cv2.transform(np.array([line], np.float64), motion.matrix(at))[0]
            width = max(1, round(thick / motion.depth(at)))
            cv2.polylines(picture, [np.rint(points).astype(np.int32)], False, 35, width, cv2.LINE_AA)
