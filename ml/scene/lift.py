"""An installation: its carrier, camera, surroundings, track and masks, all drawn from one seed."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import cv2
import numpy as np

from lifts.geometry import CANONICAL_SIZE, to_canonical
from lifts.schema import Camera, Lift, MaskPair, Pose, Track
from ml.scene.world.backdrop import paint, shade_layers
from ml.scene.world.carrier import (
    CarrierSpec,
    bar_paths,
    bar_shapes,
)
from ml.scene.world.fleet import carrier_extent, sample_carrier
from ml.scene.world.frames import body_shapes
from ml.scene.world.place import Place, sample_place
from ml.scene.world.raster import Eye, Light, draw, silhouette
from ml.scene.world.shapes import BAR_ID, Bytes, Floats, Shapes, join

WIDTH, HEIGHT = 1280, 720

PLAIN = Light(
    (0.3, 0.85, 0.43), (0.5, 0.5, 0.48), (0.75, 0.8, 0.9), (0.5, 0.52, 0.55), (0.8, 0.8, 0.8), 0.0, 0.9
)
"""Flat daylight, for reference pictures and masks."""


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
        eye: the camera (1280x720), world axes: x across the line, y up, z the way of travel, metres.
        place: the surroundings.
        anchor: the carrier's reference point float64[3] in carrier coordinates, landing on (100, 100).
        ways: float64[3, 3]: the carrier's origin at begin, middle (the world's origin) and end.
        unit_px: canonical pixels per camera pixel at the middle pose.
        roll: the pose's angle in radians (undoes part of the camera's roll).
        under_roof: 0..1, how much a station roof keeps the sun from the carrier.
        style: how the masks are drawn.
    """

    seed: int
    spec: CarrierSpec
    eye: Eye
    place: Place
    anchor: Floats
    ways: Floats
    unit_px: float
    roll: float
    under_roof: float
    style: MaskStyle
    azimuth_deg: float
    spacing_m: float

    @cached_property
    def body(self) -> Shapes:
        """The carrier without its bar, in carrier coordinates."""
        return body_shapes(self.spec)

    @property
    def heading(self) -> Floats:
        """The unit vector of travel."""
        way = self.ways[2] - self.ways[0]
        return np.asarray(way / np.linalg.norm(way))

    def motion_px_per_m(self, position: int) -> Floats:
        """Canonical pixels float64[2] that the carrier moves a metre on; position is 0 begin .. 2 end."""
        way = self.ways[position]
        ahead = np.stack([way, way + self.heading * 0.1]) + self.anchor
        pixel, _ = self.eye.project(ahead, to_canonical(self.pose(way)))
        return np.asarray((pixel[1] - pixel[0]) / 0.1)

    @cached_property
    def motions(self) -> tuple[Floats, Floats, Floats]:
        """Unit vectors float64[2] of the carrier's movement in the canonical frame at begin, middle, end."""
        begin, middle, end = (self.motion_px_per_m(position) for position in range(3))
        return _unit(begin), _unit(middle), _unit(end)

    @property
    def depth_m(self) -> float:
        """The carrier's depth in the camera at the middle, metres."""
        return float((self.anchor - self.eye.position) @ self.eye.axes[2])

    def pose(self, origin: Floats) -> Pose:
        """Return the pose of a carrier whose origin is at `origin` (float[3], world metres)."""
        pixel, depth = self.eye.project(origin + self.anchor, _IDENTITY)
        _, reference = self.eye.project(self.ways[1] + self.anchor, _IDENTITY)
        scale = self.unit_px * max(float(depth), 0.1) / float(reference)
        return Pose(x=float(pixel[0]), y=float(pixel[1]), scale=scale, angle=self.roll)

    @cached_property
    def lift(self) -> Lift:
        """The installation as it is registered."""
        begin, middle, end = (self.pose(way) for way in self.ways)
        return Lift(
            id=f"scene-{self.seed}",
            name=f"Scene {self.seed}",
            seats=self.spec.seats,
            camera=Camera(width=WIDTH, height=HEIGHT),
            track=Track(begin=begin, middle=middle, end=end),
        )

    def masks(self) -> MaskPair:
        """Return the masks an operator would draw at the middle pose on the canonical frame."""
        rng = np.random.default_rng(np.random.SeedSequence([self.style.seed, 77]))
        return MaskPair(open=_draw_mask(self, 1.0, rng), close=_draw_mask(self, 0.0, rng))

    def reference(self, state: str) -> Bytes:
        """Return the empty carrier in plain light at the middle, uint8[200, 200, 3]; state open or closed."""
        affine = zoomed(to_canonical(self.pose(self.ways[1])), 2)
        side = 2 * CANONICAL_SIZE
        layers = paint(self.place, self.eye, affine, (side, side))
        canvas = np.zeros((side, side, 4), np.uint8)
        none = np.zeros((side, side), np.uint8)
        canvas[..., :3] = shade_layers(layers, PLAIN, none, self.depth_m, 1.0)
        draw(
            canvas, join([self.body, bar_shapes(self.spec, float(state == "open"))]), self.eye, affine, PLAIN
        )
        size = (CANONICAL_SIZE, CANONICAL_SIZE)
        return np.asarray(cv2.resize(canvas[..., :3], size, interpolation=cv2.INTER_AREA), np.uint8)


_IDENTITY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.hypot(*vector)), 1e-6))


def bar_views(scene: LiftScene, opening: float, pose: Pose) -> tuple[Bytes, Bytes]:
    """Return the empty carrier's bar at the middle: visible and whole pixels, uint8[400, 400] of 0/255."""
    affine = zoomed(to_canonical(pose), 2)
    bar = bar_shapes(scene.spec, opening)
    canvas = np.zeros((2 * CANONICAL_SIZE, 2 * CANONICAL_SIZE, 4), np.uint8)
    draw(canvas, join([scene.body, bar]), scene.eye, affine, PLAIN)
    whole = np.zeros(canvas.shape[:2], np.uint8)
    silhouette(whole, bar, scene.eye, affine, 255)
    return (canvas[..., 3] == BAR_ID).astype(np.uint8) * 255, whole


def zoomed(affine: Floats, k: float) -> Floats:
    """Return the affine for a picture k times as large (pixel centres stay pixel centres)."""
    out = np.asarray(affine, float) * k
    out[:, 2] += (k - 1) / 2
    return out


def _draw_mask(scene: LiftScene, opening: float, rng: np.random.Generator) -> Bytes:
    style = scene.style
    pose = scene.pose(scene.ways[1])
    visible, whole = bar_views(scene, opening, pose)
    mask = np.zeros((CANONICAL_SIZE, CANONICAL_SIZE), np.uint8)
    if style.thickness == 0:
        source = whole if style.hidden else visible
        small = cv2.resize(source, (CANONICAL_SIZE, CANONICAL_SIZE), interpolation=cv2.INTER_AREA)
        mask[cv2.dilate(small, np.ones((2, 2), np.uint8)) > 60] = 255
        return mask
    affine = to_canonical(pose)
    near = cv2.dilate(visible, np.ones((7, 7), np.uint8))
    paths = bar_paths(scene.spec, opening)
    if scene.spec.bar.rest != "none" and not style.rests:
        paths = [p for p in paths if p[1] != scene.spec.bar.radius * 1.1]
    for points, _ in paths:
        pixel, depth = scene.eye.project(points, affine)
        if depth.min() < 0.3:
            continue
        pixel = _simplified(pixel) + 0.0
        pixel += rng.normal(0, style.jitter / 2, pixel.shape).clip(-style.jitter, style.jitter)
        for p, q in itertools.pairwise(pixel):
            n = max(1, int(np.hypot(*(q - p)) / 3))
            for i in range(n):
                s, e = p + (q - p) * i / n, p + (q - p) * (i + 1) / n
                mid = np.clip(np.round((s + e) + 0.5), 0, 2 * CANONICAL_SIZE - 1).astype(int)
                if style.hidden or near[mid[1], mid[0]]:
                    ends = [tuple(int(v) for v in np.round(x * 16)) for x in (s, e)]
                    cv2.line(mask, ends[0], ends[1], 255, style.thickness, cv2.LINE_8, 4)
    if not mask.any() and not style.hidden:  # nothing shows: the operator draws where the bar must be
        return _draw_mask(replace(scene, style=replace(style, hidden=True)), opening, rng)
    return mask


def _simplified(points: Floats) -> Floats:
    """Return the polyline with corners that an operator would click: bends of under 1.5 px are left out."""
    poly = cv2.approxPolyDP(points.astype(np.float32).reshape(-1, 1, 2), 1.5, False)
    return np.asarray(poly, float).reshape(-1, 2)


def sample_azimuth(rng: np.random.Generator) -> float:
    """Draw the camera's azimuth in degrees: 0 before the carrier, 90 at its side, 180 behind it."""
    low, high = ((0, 18), (18, 65), (65, 112), (112, 160), (160, 180))[
        int(rng.choice(5, p=[0.17, 0.28, 0.18, 0.26, 0.11]))
    ]
    return float(rng.uniform(low, high) * rng.choice([-1, 1]))


def look(position: Floats, target: Floats, roll: float) -> Floats:
    """Return a camera's axes float64[3, 3] (rows right, down, forward)."""
    forward = (target - position) / np.linalg.norm(target - position)
    right = np.cross(forward, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    c, s = math.cos(roll), math.sin(roll)
    return np.stack([c * right + s * down, -s * right + c * down, forward])


@lru_cache(maxsize=64)
def sample_lift(seed: int) -> LiftScene:
    """Draw an installation: any seed; the same seed always gives the same lift."""
    return make_lift(seed, np.random.default_rng(np.random.SeedSequence([seed, 1])))


def make_lift(
    seed: int, rng: np.random.Generator, *, spec: CarrierSpec | None = None, azimuth_deg: float | None = None
) -> LiftScene:
    """Build a lift round a carrier and a view (drawn where not given).

    Ranges: distance 4..25 m, camera 1.5 m below to 4 m above the seat (at most 38 degrees up or down),
    way from begin to end 2..6 m (less where the view would turn by over 30 degrees), the line's slope
    0..12 degrees, the carrier 45..90 % of the canonical frame.
    """
    spec = spec or sample_carrier(rng)
    azimuth = math.radians(sample_azimuth(rng) if azimuth_deg is None else azimuth_deg)
    points = carrier_extent(spec)
    size = float(np.linalg.norm(points.max(0) - points.min(0)))
    distance = float(np.exp(rng.uniform(math.log(max(4.0, 1.5 * size)), math.log(25.0))))
    height = float(np.clip(rng.triangular(-1.5, 0.8, 4.0), -0.6 * distance, 0.6 * distance))
    flat = math.sqrt(max(distance**2 - height**2, 1.0))
    centre = (points.max(0) + points.min(0)) / 2
    position = np.array([math.sin(azimuth) * flat, height + 0.3, math.cos(azimuth) * flat])
    position[0] += 0.0 if abs(position[0]) > 0.05 else 0.05
    roll = float(rng.normal(0, 0.03) * (rng.random() < 0.4))
    axes = look(position, centre, roll)
    camera_px = float(rng.uniform(190, 480))
    cam = (points - position) @ axes.T
    flat_points = cam[:, :2] / cam[:, 2:]
    focal = camera_px / float((flat_points.max(0) - flat_points.min(0)).max())
    # Turn the camera a little, so that the carrier does not pass the middle of its picture.
    shift = np.array([rng.uniform(-0.45, 0.45) * 640, rng.uniform(-0.4, 0.4) * 360]) * (1 - camera_px / 700)
    target = centre - (axes[0] * shift[0] + axes[1] * shift[1]) / focal * float(cam[:, 2].mean())
    eye = Eye(position, look(position, target, roll), focal, (WIDTH / 2, HEIGHT / 2))
    fill = float(rng.uniform(0.56, 0.9))
    pixel, _ = eye.project(points, _IDENTITY)
    low, high = pixel.min(0), pixel.max(0)
    unit = fill * CANONICAL_SIZE / float((high - low).max())
    spare = (CANONICAL_SIZE - (high - low) * unit) / 2 - 6
    aim = (low + high) / 2 + rng.uniform(-0.7, 0.7, 2) * np.clip(spare, 0, 40) / unit
    anchor = _unproject(eye, aim, float((centre - position) @ eye.axes[2]))
    slope = math.radians(float(rng.uniform(0, 12)))
    heading = np.array([0.0, math.sin(slope), math.cos(slope)])
    ways = _travel(eye, anchor, heading, float(rng.uniform(2, 6)), rng)
    floor = min(-0.5 - rng.uniform(0, 0.25), float(position[1]) - 0.6)
    away = centre - position
    away[1] = 0.0
    away /= np.linalg.norm(away)
    thick = int(rng.choice([0, 3, 4, 5, 6, 7, 8], p=[0.12, 0.14, 0.2, 0.2, 0.16, 0.1, 0.08]))
    return LiftScene(
        seed=seed,
        spec=spec,
        eye=eye,
        place=sample_place(rng, floor, away),
        anchor=anchor,
        ways=ways,
        unit_px=unit,
        roll=float(-roll * rng.uniform(0, 1)),
        under_roof=float(rng.uniform(0.5, 1.0) if rng.random() < 0.3 else 0.0),
        style=MaskStyle(
            thick, float(rng.uniform(0, 2)), bool(rng.random() < 0.75), bool(rng.random() < 0.9), seed
        ),
        azimuth_deg=math.degrees(azimuth),
        spacing_m=_spacing(eye, anchor, heading, unit, float(rng.uniform(7, 14))),
    )


def _unproject(eye: Eye, pixel: Floats, depth: float) -> Floats:
    """Return the world point float64[3] seen at a camera pixel at a depth in metres."""
    x, y = (pixel - np.asarray(eye.centre)) / eye.focal_px * depth
    return np.asarray(eye.position + eye.axes.T @ np.array([x, y, depth]))


def _spacing(eye: Eye, anchor: Floats, heading: Floats, unit: float, drawn_m: float) -> float:
    """Return the way from carrier to carrier, as drawn unless the next one hides this one from its camera.

    A camera on the line's axis watches the carrier that has just left behind it, or the next one's riders
    would be all that it ever sees.
    """
    here, depth = eye.project(anchor, _IDENTITY)
    for way in (drawn_m, -drawn_m):
        there, near = eye.project(anchor + heading * way, _IDENTITY)
        if 0.5 < near < depth and float(np.hypot(*(there - here))) * unit < CANONICAL_SIZE:
            return max(drawn_m, abs(float((eye.position - anchor) @ heading)) + 2.5)
    return drawn_m


def _travel(eye: Eye, anchor: Floats, heading: Floats, way_m: float, rng: np.random.Generator) -> Floats:
    """Return the carrier's origins at begin, middle and end, as far apart as the view allows."""
    part = float(rng.uniform(0.4, 0.6))
    for way in np.linspace(way_m, 0.8, 12):
        ways = np.array([-heading * way * part, np.zeros(3), heading * way * (1 - part)])
        pixel, depth = eye.project(ways + anchor, _IDENTITY)
        rays = ways + anchor - eye.position
        rays /= np.linalg.norm(rays, axis=1)[:, None]
        turn = math.degrees(math.acos(float(np.clip(rays[0] @ rays[2], -1, 1))))
        margin = np.minimum(pixel, [WIDTH, HEIGHT] - pixel).min()
        if depth.min() > 1.5 and turn < 30 and depth.max() / depth.min() < 1.5 and margin > 70:
            break
    return ways
