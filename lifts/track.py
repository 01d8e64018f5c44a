"""The geometry of a lift's track: poses and motion of a carrier, cached for each place."""

from __future__ import annotations

import math
from functools import cached_property

import cv2
import numpy as np

from lifts.arrays import Float64
from lifts.geometry import apply, middle_fraction, pose_at, to_camera
from lifts.schema import Pose, Track


class TrackGeometry:
    """A track with the quantities derived from it, which are cached.

    Progress is a carrier's place on the track: 0 at begin, 1 at end, by the distance travelled in the world.

    Attributes:
        track: in the pixels of the camera's picture.
        middle: progress of the middle pose, 0.05..0.95.
        px_per_progress: canonical pixels that a carrier's picture moves per unit of progress near the middle
            (root mean square over the frame).
    """

    def __init__(self, track: Track) -> None:
        self.track = track
        self.middle = middle_fraction(track)
        self._poses: dict[float, Pose] = {}
        self._drifts: dict[float, tuple[float, float]] = {}

    @cached_property
    def px_per_progress(self) -> float:
        """Canonical pixels of motion per unit of progress near the middle (root mean square)."""
        return motion_px(self.track, self.middle)

    def pose(self, progress: float) -> Pose:
        """Return the pose of a carrier at a place on the track."""
        if progress not in self._poses:
            self._poses[progress] = pose_at(self.track, progress)
        return self._poses[progress]

    def drift(self, progress: float) -> tuple[float, float]:
        """Return the mean motion at a place on the track, (x, y) canonical pixels per unit of progress."""
        if progress not in self._drifts:
            x, y = _motion_field(self.track, progress).mean(axis=0)
            self._drifts[progress] = float(x), float(y)
        return self._drifts[progress]

    def scaled(self, factor: float) -> TrackGeometry:
        """Return the same track in the pixels of a picture `factor` times as wide."""
        return self if math.isclose(factor, 1.0) else TrackGeometry(scaled(self.track, factor))


def motion_px(track: Track, progress: float) -> float:
    """Return how many canonical pixels a picture moves per unit of progress (root mean square)."""
    return float(np.sqrt((_motion_field(track, progress) ** 2).sum(axis=1).mean()))


def scaled(track: Track, factor: float) -> Track:
    """Return a track in the pixels of a picture `factor` times as wide as its own."""
    if math.isclose(factor, 1.0):
        return track
    poses = {
        name: pose.model_copy(
            update={
                "x": (pose.x + 0.5) * factor - 0.5,
                "y": (pose.y + 0.5) * factor - 0.5,
                "scale": pose.scale / factor,
            }
        )
        for name, pose in (("begin", track.begin), ("middle", track.middle), ("end", track.end))
    }
    return track.model_copy(update=poses)


def _motion_field(track: Track, progress: float) -> Float64:
    """Return float64[25, 2], the motion per unit of progress at 25 points of the canonical frame."""
    side = np.linspace(40.0, 160.0, 5)
    points = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    back = cv2.invertAffineTransform(to_camera(pose_at(track, progress)))
    ends = [
        apply(np.asarray(back), apply(to_camera(pose_at(track, progress + sign * 0.05)), points))
        for sign in (-1, 1)
    ]
    return np.asarray((ends[1] - ends[0]) / (2 * 0.05))
