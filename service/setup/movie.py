"""What is seen of pictures: where edges run; and the movie of one interval, averaged over all carriers."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.edges import gradient
from service.setup.clock import PHASES, Clock

Float32 = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]

WIDTH = 200
"""Width of the feature pictures."""

_FLAT = 4.0  # grey levels per pixel below which an edge counts for little


def edges(grey: npt.NDArray[np.uint8]) -> Bytes:
    """Return int8[T, h, WIDTH, 2]: the edges' direction as a doubled angle, length 127 for a strong edge.

    The doubled angle is the same for light on dark and dark on light: a carrier passes before both.

    Args:
        grey: uint8[T, H, W], twice the features' width or more.
    """
    height = 2 * round(WIDTH * grey.shape[1] / grey.shape[2] / 2)
    out = np.empty((len(grey), height, WIDTH, 2), np.int8)
    for index, picture in enumerate(grey):
        dx, dy = gradient(picture, 0.8)
        square = dx * dx + dy * dy
        norm = square + _FLAT * np.sqrt(square) + 1e-6
        both = np.dstack([(dx * dx - dy * dy) / norm, 2.0 * dx * dy / norm])
        small = cv2.resize(both, (WIDTH, height), interpolation=cv2.INTER_AREA)
        out[index] = np.clip(np.rint(small * 127.0), -127, 127)
    return out


def background(features: Bytes) -> Float32:
    """Return float32[h, w, 2]: what a pixel mostly shows over the whole recording."""
    step = max(1, len(features) // 120)
    return np.asarray(np.median(features[::step], axis=0), np.float32)


def coarse(features: Bytes | Float32) -> Float32:
    """Return float32[T, D]: each picture of [T, h, w, 2] at half the size, as a row."""
    height, width = features.shape[1] // 2, features.shape[2] // 2
    rows = [
        cv2.resize(one.astype(np.float32), (width, height), interpolation=cv2.INTER_AREA).ravel()
        for one in features
    ]
    return np.asarray(rows, np.float32)


def make_movie(
    features: npt.NDArray[np.int8],
    still: Float32,
    clock: Clock,
    carriers: npt.NDArray[np.bool_] | None = None,
) -> Float32:
    """Average feature pictures by phase: people on foot smear, carriers stay.

    Args:
        features: int8[T, h, w, C]. still: float32[h, w, C], their background.
        clock: where the rope was at each of them.
        carriers: bool[T], the pictures to take; all by default.

    Returns:
        float32[PHASES, h, w, C + 1]: the moving part, about -1..1; the last channel is 1 everywhere.
        What all phases share is no carrier and is taken away too.
    """
    taken = clock.moving if carriers is None else clock.moving & carriers
    shape = features.shape[1:]
    total = np.zeros((PHASES, *shape), np.float32)
    weight = np.zeros(PHASES, np.float32)
    for index in np.flatnonzero(taken):
        place = clock.distances[index] % 1.0 * PHASES
        picture = features[index].astype(np.float32)
        picture -= still
        for phase in (int(place), int(place) + 1):
            part = np.float32(1.0 - abs(phase - place))
            total[phase % PHASES] += part * picture
            weight[phase % PHASES] += part
    known = weight > 0.2
    total[known] /= weight[known, None, None, None] * 127.0
    total[~known] = 0.0
    total[known] -= total[known].mean(axis=0)
    movie = np.ones((*total.shape[:3], shape[2] + 1), np.float32)
    movie[..., :-1] = total
    movie[~known] = 0.0
    return movie
