"""How a carrier's picture moves along the lift's track."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import apply, pose_at, to_camera
from lifts.schema import Track

LEAST_MOTION_PX = 25.0
"""Canonical pixels of movement from begin to end below which a carrier's times are not to be relied on."""


def track_warnings(track: Track | None) -> list[str]:
    """Say in words what makes passages hard to follow along a track; nothing for a good one or for none."""
    if track is None or (moved := motion_px(track, 0.5)) >= LEAST_MOTION_PX:
        return []
    return [
        (
            f"from begin to end a carrier moves by only {moved:.0f} of the registered picture's 200 pixels "
            f"(at least {LEAST_MOTION_PX:.0f} are needed): when it is where will not be known well. "
            "Move begin and end farther apart, or the camera to where it sees the line more from the side."
        )
    ]


def motion_px(track: Track, way: float) -> float:
    """Return how many canonical pixels a carrier's picture moves per unit of way (root mean square)."""
    return float(np.sqrt((motion_field(track, way) ** 2).sum(axis=1).mean()))


def motion_field(track: Track, way: float, half: float = 0.05) -> npt.NDArray[np.float64]:
    """Return float64[25, 2]: the motion per unit of way, seen in the canonical frame held at `way`."""
    side = np.linspace(40.0, 160.0, 5)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    back = cv2.invertAffineTransform(to_camera(pose_at(track, way)))
    ends = [
        apply(np.asarray(back), apply(to_camera(pose_at(track, way + sign * half)), points))
        for sign in (-1, 1)
    ]
    return np.asarray((ends[1] - ends[0]) / (2 * half))


def drift(track: Track, way: float) -> tuple[float, float]:
    """Return the mean motion in canonical pixels per unit of way, (x, y), with the frame held at `way`."""
    mean = motion_field(track, way).mean(axis=0)
    return float(mean[0]), float(mean[1])
