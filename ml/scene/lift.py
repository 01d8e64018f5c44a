"""An installation: its carrier, camera, surroundings and track."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lifts.arrays import Float64
from lifts.geometry import to_canonical
from lifts.schema import Camera, Lift, Pose, Track
from ml.scene.texture.seats import SeatStyle, textured_body
from ml.scene.world.carrier import CarrierSpec
from ml.scene.world.frames import body_shapes
from ml.scene.world.place import Place
from ml.scene.world.raster import Eye
from ml.scene.world.shapes import Shapes

WIDTH, HEIGHT = 1280, 720

PIXELS = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
"""The affine transform that leaves camera pixels as they are."""


@dataclass(frozen=True)
class MaskStyle:
    """How an operator drew the masks: thickness 3..8 px (0: the bar's own pixels), corner jitter 0..2 px,
    hidden parts drawn or not, foot rests drawn or not."""

    thickness: int
    jitter: float
    hidden: bool
    rests: bool
    seed: int


@dataclass(frozen=True, eq=False)
class LiftScene:
    """Everything constant about an installation.

    Attributes:
        seed: the seed it was drawn from.
        spec: the carrier's measures and paint.
        eye: the camera (1280x720), world axes: x across the line, y up, z the direction of travel, metres.
        place: the surroundings.
        anchor: the carrier's reference point float64[3] in carrier coordinates, landing on (100, 100).
        origins: float64[3, 3]: the carrier's origin at begin, middle (the world's origin) and end.
        unit_px: canonical pixels per camera pixel at the middle pose.
        roll: the pose's angle in radians (undoes part of the camera's roll).
        under_roof: 0..1, how much a station roof keeps the sun from the carrier.
        style: how the masks are drawn.
        seat: a bench of another material; None for the spec's own.
    """

    seed: int
    spec: CarrierSpec
    eye: Eye
    place: Place
    anchor: Float64
    origins: Float64
    unit_px: float
    roll: float
    under_roof: float
    style: MaskStyle
    azimuth_deg: float
    spacing_m: float
    seat: SeatStyle | None = None

    @cached_property
    def body(self) -> Shapes:
        """The carrier without its bar, in carrier coordinates."""
        return textured_body(self.spec, self.seat) if self.seat else body_shapes(self.spec)

    @property
    def heading(self) -> Float64:
        """The unit vector of travel."""
        travel = self.origins[2] - self.origins[0]
        return np.asarray(travel / np.linalg.norm(travel))

    def motion_px_per_m(self, position: int) -> Float64:
        """Canonical pixels float64[2] that the carrier moves a metre on; position is 0 begin .. 2 end."""
        origin = self.origins[position]
        ahead = np.stack([origin, origin + self.heading * 0.1]) + self.anchor
        pixel, _ = self.eye.project(ahead, to_canonical(self.pose(origin)))
        return np.asarray((pixel[1] - pixel[0]) / 0.1)

    @cached_property
    def motions(self) -> tuple[Float64, Float64, Float64]:
        """Unit vectors float64[2] of the carrier's movement in the canonical frame at begin, middle, end."""
        begin, middle, end = (self.motion_px_per_m(position) for position in range(3))
        return _unit(begin), _unit(middle), _unit(end)

    @property
    def depth_m(self) -> float:
        """The carrier's depth in the camera at the middle, metres."""
        return float((self.anchor - self.eye.position) @ self.eye.axes[2])

    def pose(self, origin: Float64) -> Pose:
        """Return the pose of a carrier whose origin is at `origin` (float[3], world metres)."""
        pixel, depth = self.eye.project(origin + self.anchor, PIXELS)
        _, reference = self.eye.project(self.origins[1] + self.anchor, PIXELS)
        scale = self.unit_px * max(float(depth), 0.1) / float(reference)
        return Pose(x=float(pixel[0]), y=float(pixel[1]), scale=scale, angle=self.roll)

    @cached_property
    def lift(self) -> Lift:
        """The installation as it is registered."""
        begin, middle, end = (self.pose(origin) for origin in self.origins)
        return Lift(
            id=f"scene-{self.seed}",
            name=f"Scene {self.seed}",
            seats=self.spec.seats,
            camera=Camera(width=WIDTH, height=HEIGHT),
            track=Track(begin=begin, middle=middle, end=end),
        )


def _unit(vector: Float64) -> Float64:
    return np.asarray(vector / max(float(np.hypot(*vector)), 1e-6))


def zoomed(affine: Float64, k: float) -> Float64:
    """Return the affine for a picture k times as large (pixel centres stay pixel centres)."""
    out = np.asarray(affine, float) * k
    out[:, 2] += (k - 1) / 2
    return out
