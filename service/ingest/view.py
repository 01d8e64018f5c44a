"""What a frame looks like, in a few numbers: the raw material of camera health."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

VIEW_WIDTH, VIEW_HEIGHT = 160, 90

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A frame reduced.

    samples: uint8[90, 160], single pixels of the frame, noise and all: equal only if nothing moved at all.
    grey: uint8[90, 160], area averages.
    dark: 95th percentile of the median-filtered grey, 0..255: snow specks and lamps do not lift it.
    contrast: its 95th percentile less its 5th.
    burnt: fraction of the view at the sensor's top.
    sharpness: mean absolute second difference of the frame at half size, grey levels.
    """

    samples: npt.NDArray[np.uint8]
    grey: npt.NDArray[np.uint8]
    dark: float
    contrast: float
    burnt: float
    sharpness: float


def look(image: npt.NDArray[np.uint8]) -> View:
    """Reduce a frame uint8[H, W, 3] BGR to a View; about 1 ms for 1280x720."""
    height, width = image.shape[:2]
    rows = (np.arange(VIEW_HEIGHT) * height) // VIEW_HEIGHT
    columns = (np.arange(VIEW_WIDTH) * width) // VIEW_WIDTH
    samples = np.ascontiguousarray(image[rows[:, None], columns[None, :], 1])
    small = cv2.resize(image, (4 * VIEW_WIDTH, 4 * VIEW_HEIGHT), interpolation=cv2.INTER_AREA)
    fine = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    grey = cv2.resize(fine, (VIEW_WIDTH, VIEW_HEIGHT), interpolation=cv2.INTER_AREA)
    calm = cv2.medianBlur(grey, 5)
    low, high = np.percentile(calm, (5, 95))
    sharpness = float(np.abs(cv2.Laplacian(cv2.medianBlur(fine, 3), cv2.CV_16S)).mean())
    return View(
        samples=samples,
        grey=np.asarray(grey, dtype=np.uint8),
        dark=float(high),
        contrast=float(high - low),
        burnt=float((calm >= 250).mean()),
        sharpness=sharpness,
    )


def outlines(grey: Floats) -> Floats:
    """Return float32[90, 160] edge strengths, evened out so that one bright edge does not decide."""
    calm = cv2.GaussianBlur(grey, (0, 0), 1.0)
    dx = cv2.Sobel(calm, cv2.CV_32F, 1, 0, scale=0.125)
    dy = cv2.Sobel(calm, cv2.CV_32F, 0, 1, scale=0.125)
    return np.asarray(np.minimum(cv2.magnitude(dx, dy), 24.0), dtype=np.float32)


def likeness(a: Floats, b: Floats) -> float:
    """Return the correlation -1..1 of two outlines; 0 if one holds nothing."""
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm > 1e-6 else 0.0


def displacement(reference: Floats, now: Floats) -> tuple[float, float, float]:
    """Return (dx, dy, response) of `now` against `reference` in view pixels, by phase correlation."""
    window = cv2.createHanningWindow((VIEW_WIDTH, VIEW_HEIGHT), cv2.CV_32F)
    (dx, dy), response = cv2.phaseCorrelate(reference, now, window)
    return float(dx), float(dy), float(response)
