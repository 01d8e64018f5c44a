"""Drawn carriers in a canonical frame: hanger, bench and bail before a background that changes."""

import cv2
import numpy as np
import numpy.typing as npt

from service.domain.arrays import Float64, Image

LINES = (((100, 0), (100, 60)), ((60, 60), (140, 60)), ((60, 60), (50, 150)), ((140, 60), (150, 150)))
BENCH = ((50, 150), (150, 150))
BAR = ((60, 130), (140, 130))


def matrix_of(scale: float, angle: float, dx: float, dy: float) -> Float64:
    """Return float64[2, 3]: a similarity about the frame's centre."""
    matrix = np.asarray(cv2.getRotationMatrix2D((100, 100), np.degrees(angle), scale), np.float64)
    matrix[:, 2] += (dx, dy)
    return matrix


def carrier(matrix: npt.NDArray[np.float64], seed: int) -> Image:
    """Return uint8[200, 200, 3], a carrier moved by a similarity."""
    random = np.random.default_rng(seed)
    coarse = random.integers(90, 170, (8, 8, 3)).astype(np.uint8)
    picture = cv2.resize(coarse, (200, 200), interpolation=cv2.INTER_CUBIC)
    scale = float(np.hypot(*matrix[:, 0]))
    for (start, end), thick in [*((line, 5) for line in LINES), (BENCH, 14), (BAR, 6)]:
        a, b = cv2.transform(np.array([[start, end]], np.float64), matrix)[0]
        ends = (tuple(np.rint(a).astype(int).tolist()), tuple(np.rint(b).astype(int).tolist()))
        cv2.line(picture, *ends, (30, 30, 35), max(1, round(thick * scale)), cv2.LINE_AA)
    return np.asarray(picture, np.uint8)
