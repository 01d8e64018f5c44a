"""An installation drawn from a seed: camera, line and style of the masks."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from lifts.arrays import Float64
from lifts.geometry import CANONICAL_SIZE
from ml.scene.lift import HEIGHT, PIXELS, WIDTH, LiftScene, MaskStyle
from ml.scene.world.carrier import CarrierSpec
from ml.scene.world.fleet import carrier_extent, sample_carrier
from ml.scene.world.place import sample_place
from ml.scene.world.raster import Eye


def sample_azimuth(rng: np.random.Generator) -> float:
    """Draw the camera's azimuth in degrees: 0 before the carrier, 90 at its side, 180 behind it."""
    low, high = ((0, 18), (18, 65), (65, 112), (112, 160), (160, 180))[
        int(rng.choice(5, p=[0.17, 0.28, 0.18, 0.26, 0.11]))
    ]
    return float(rng.uniform(low, high) * rng.choice([-1, 1]))


def camera_axes(position: Float64, target: Float64, roll: float) -> Float64:
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
    """Build a lift around a carrier and a view, which are drawn unless given.

    Ranges: distance 4..25 m, camera 1.5 m below to 4 m above the seat (at most 38 degrees up or down),
    2..6 m from begin to end (less where the view would turn by over 30 degrees), the line's slope
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
    axes = camera_axes(position, centre, roll)
    camera_px = float(rng.uniform(190, 480))
    cam = (points - position) @ axes.T
    flat_points = cam[:, :2] / cam[:, 2:]
    focal = camera_px / float((flat_points.max(0) - flat_points.min(0)).max())
    # Turn the camera a little, so that the carrier does not pass through the centre of its picture.
    shift = np.array([rng.uniform(-0.45, 0.45) * 640, rng.uniform(-0.4, 0.4) * 360]) * (1 - camera_px / 700)
    target = centre - (axes[0] * shift[0] + axes[1] * shift[1]) / focal * float(cam[:, 2].mean())
    eye = Eye(position, camera_axes(position, target, roll), focal, (WIDTH / 2, HEIGHT / 2))
    fill = float(rng.uniform(0.56, 0.9))
    pixel, _ = eye.project(points, PIXELS)
    low, high = pixel.min(0), pixel.max(0)
    unit = fill * CANONICAL_SIZE / float((high - low).max())
    spare = (CANONICAL_SIZE - (high - low) * unit) / 2 - 6
    aim = (low + high) / 2 + rng.uniform(-0.7, 0.7, 2) * np.clip(spare, 0, 40) / unit
    anchor = _unproject(eye, aim, float((centre - position) @ eye.axes[2]))
    slope = math.radians(float(rng.uniform(0, 12)))
    heading = np.array([0.0, math.sin(slope), math.cos(slope)])
    origins = _travel(eye, anchor, heading, float(rng.uniform(2, 6)), rng)
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
        origins=origins,
        unit_px=unit,
        roll=float(-roll * rng.uniform(0, 1)),
        under_roof=float(rng.uniform(0.5, 1.0) if rng.random() < 0.3 else 0.0),
        style=MaskStyle(
            thick, float(rng.uniform(0, 2)), bool(rng.random() < 0.75), bool(rng.random() < 0.9), seed
        ),
        azimuth_deg=math.degrees(azimuth),
        spacing_m=_spacing(eye, anchor, heading, unit, float(rng.uniform(7, 14))),
    )


def _unproject(eye: Eye, pixel: Float64, depth: float) -> Float64:
    """Return the world point float64[3] seen at a camera pixel at a depth in metres."""
    x, y = (pixel - np.asarray(eye.centre)) / eye.focal_px * depth
    return np.asarray(eye.position + eye.axes.T @ np.array([x, y, depth]))


def _spacing(eye: Eye, anchor: Float64, heading: Float64, unit: float, drawn_m: float) -> float:
    """Return the distance between carriers in metres: as drawn, unless the next carrier would hide this one.

    In that case the spacing exceeds the camera's distance: the next carrier is still behind the camera.
    """
    here, depth = eye.project(anchor, PIXELS)
    for ahead_m in (drawn_m, -drawn_m):
        there, near = eye.project(anchor + heading * ahead_m, PIXELS)
        if 0.5 < near < depth and float(np.hypot(*(there - here))) * unit < CANONICAL_SIZE:
            return max(drawn_m, abs(float((eye.position - anchor) @ heading)) + 2.5)
    return drawn_m


def _travel(
    eye: Eye, anchor: Float64, heading: Float64, travel_m: float, rng: np.random.Generator
) -> Float64:
    """Return the carrier's origins at begin, middle and end, shortened until they fit the view."""
    part = float(rng.uniform(0.4, 0.6))
    for length_m in np.linspace(travel_m, 0.8, 12):
        origins = np.array([-heading * length_m * part, np.zeros(3), heading * length_m * (1 - part)])
        pixel, depth = eye.project(origins + anchor, PIXELS)
        rays = origins + anchor - eye.position
        rays /= np.linalg.norm(rays, axis=1)[:, None]
        turn = math.degrees(math.acos(float(np.clip(rays[0] @ rays[2], -1, 1))))
        margin = np.minimum(pixel, [WIDTH, HEIGHT] - pixel).min()
        if depth.min() > 1.5 and turn < 30 and depth.max() / depth.min() < 1.5 and margin > 70:
            break
    return origins
