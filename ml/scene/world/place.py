"""The surroundings of a lift: snow, mountains, trees, station walls and pillars, fences, towers."""

# ruff: noqa: RUF005  (arrays and lists are added as vectors here, never concatenated)

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from lifts.arrays import Float32, Float64
from ml.scene.world.people import colour
from ml.scene.world.shapes import Builder, Rgb, Shapes


@dataclass(frozen=True, eq=False)
class Place:
    """A station's surroundings in world coordinates (metres, y up).

    solids are drawn on the ground plane y = ground_y; texture is a float32[256, 256] tile of snow relief;
    snow is the ground's albedo; sky_blue scales the sky's; lamps float64[4, 3] stand around it.
    """

    ground_y: float
    solids: Shapes
    texture: Float32
    snow: Rgb
    groomed: float
    sky_blue: float
    ridge: Float64
    lamps: Float64


def noise_tile(rng: np.random.Generator, size: int = 256, octaves: int = 5) -> Float32:
    """Return soft noise float32[size, size] in about -1..1 that repeats without a seam."""
    out = np.zeros((size, size), np.float32)
    for k in range(octaves):
        n = 4 << k
        grid = rng.normal(size=(n, n)).astype(np.float32)
        grid = np.pad(grid, 2, mode="wrap")
        big = cv2.resize(grid, None, fx=size / n, fy=size / n, interpolation=cv2.INTER_CUBIC)
        edge = 2 * size // n
        out += big[edge : edge + size, edge : edge + size] * 0.55**k
    return np.asarray(out / max(float(np.abs(out).max()), 1e-6), np.float32)


def sample_place(rng: np.random.Generator, ground_y: float, away: Float64) -> Place:
    """Draw a place seen along the horizontal direction `away` float[3] over the carrier.

    Solids stand 3..60 m beyond the carrier.
    """
    b = Builder()
    side = np.array([-away[2], 0, away[0]])
    kind = str(rng.choice(["open", "forest", "station", "hall", "bare"], p=[0.22, 0.22, 0.27, 0.17, 0.12]))
    if kind in ("open", "forest"):
        for _ in range(int(rng.integers(4, 12) if kind == "open" else rng.integers(15, 45))):
            at = away * rng.uniform(7, 60) + side * rng.normal(0, 18)
            _tree(b, at, ground_y, rng)
    if kind in ("open", "station") or (kind == "forest" and rng.random() < 0.3):
        for _ in range(int(rng.integers(1, 4))):
            _house(b, away * rng.uniform(6, 28) + side * rng.normal(0, 9), ground_y, rng, away)
    if kind == "hall":
        _hall(b, away, side, ground_y, rng)
    for _ in range(int(rng.integers(0, 4))):
        at = away * rng.uniform(2.5, 12) + side * rng.normal(0, 6)
        if abs(at[0]) > 2.6:
            w = rng.uniform(0.1, 0.35)
            b.tube(
                at + [0, ground_y, 0],
                at + [0, ground_y + rng.uniform(2.5, 6), 0],
                w,
                colour(rng, dark=0.4),
                step_m=1,
            )
    if rng.random() < 0.5:
        _fence(b, away * rng.uniform(2.5, 9) + side * rng.normal(0, 3), ground_y, rng)
    if rng.random() < 0.45:
        _tower(b, ground_y, rng)
    for _ in range(int(rng.integers(0, 4))):  # signs, boxes, mats
        at = away * rng.uniform(2.5, 14) + side * rng.normal(0, 6)
        if abs(at[0]) > 2.4:
            low = at + [0, ground_y + rng.uniform(0, 1.2), 0]
            b.box(low, low + rng.uniform(0.2, 1.3, 3) * [1, 0.8, 0.3], colour(rng))
    steps = np.linspace(0, 2 * np.pi, 60)
    ridge = sum(
        rng.uniform(0.3, 1) / k * np.sin(k * steps + rng.uniform(0, 6.3)) for k in (1, 2, 3, 5, 9, 14)
    )
    height = rng.uniform(0, 0.16) + rng.uniform(0.02, 0.1) * np.asarray(ridge)
    grey = rng.uniform(0.7, 0.92)
    apart = rng.spawn(1)[0]  # so that lamps leave everything that is drawn from rng as it was
    lamps = np.array([away * apart.uniform(4, 30) + side * apart.normal(0, 7) for _ in range(4)])
    lamps[:, 1] = ground_y + apart.uniform(3, 7, 4)
    tint = rng.normal(0, 0.02)
    return Place(
        ground_y=ground_y,
        solids=b.build(),
        texture=noise_tile(rng),
        snow=(grey - tint, grey, min(grey + 0.02 + tint, 0.95)),
        groomed=float(rng.uniform(0, 1) * (rng.random() < 0.6)),
        sky_blue=float(rng.uniform(0.3, 1)),
        ridge=np.stack([np.cos(steps) * 400, height * 400, np.sin(steps) * 400], 1),
        lamps=lamps,
    )


def _tree(b: Builder, at: Float64, y: float, rng: np.random.Generator) -> None:
    h, green = rng.uniform(4, 14), rng.uniform(0.02, 0.07)
    rgb = (green * 0.45, green, green * 0.5)
    snow = rng.random() < 0.5
    b.tube(at + [0, y, 0], at + [0, y + 1.2, 0], 0.18, (0.06, 0.04, 0.03))
    for k in range(5):
        base, w = y + h * (0.1 + 0.17 * k), h * 0.17 * (1 - 0.17 * k)
        for yaw in (0.0, 1.6):
            d = np.array([math.cos(yaw), 0, math.sin(yaw)]) * w
            top = at + [0, base + h * 0.25, 0]
            b.quad([at - d + [0, base, 0], at + d + [0, base, 0], top, top], rgb)
            if snow:
                a, c = (
                    at - d * 0.9 + [0, base + 0.12, 0],
                    at + d * rng.uniform(-0.1, 0.4) + [0, base + 0.2, 0],
                )
                b.quad([a, c, top, top], (0.5, 0.54, 0.6))


def _boards(
    b: Builder, a: Float64, c: Float64, y0: float, y1: float, rgb: Rgb, n: int, rng: np.random.Generator
) -> None:
    """Add a wall from a to c as n courses of slightly different albedo."""
    for k in range(n):
        f, g = y0 + (y1 - y0) * k / n, y0 + (y1 - y0) * (k + 1) / n
        tone = rng.uniform(0.75, 1.2)
        b.quad(
            [a + [0, f, 0], c + [0, f, 0], c + [0, g, 0], a + [0, g, 0]],
            (rgb[0] * tone, rgb[1] * tone, rgb[2] * tone),
        )


def _wall_colour(rng: np.random.Generator) -> Rgb:
    wood, stone = rng.uniform(0.05, 0.35), rng.uniform(0.08, 0.6)
    pick = rng.random()
    if pick < 0.45:
        return (wood, wood * 0.6, wood * 0.35)
    return (stone, stone, stone * 0.95) if pick < 0.8 else colour(rng)


def _house(b: Builder, at: Float64, y: float, rng: np.random.Generator, away: Float64) -> None:
    if abs(at[0]) < 3.2:  # never on the line itself
        at = at + [math.copysign(5.0, at[0]), 0, 0] + away * 4
    w, d, h = rng.uniform(2, 6), rng.uniform(2, 5), rng.uniform(2.5, 6)
    rgb, yaw = _wall_colour(rng), rng.normal(0, 0.3)
    u = np.array([math.cos(yaw), 0, math.sin(yaw)]) * w / 2
    v = np.array([-math.sin(yaw), 0, math.cos(yaw)]) * d / 2
    corners = [at - u - v, at + u - v, at + u + v, at - u + v]
    n = int(rng.integers(4, 14))
    for p, q in zip(corners, corners[1:] + corners[:1], strict=True):
        _boards(b, p, q, y, y + h, rgb, n, rng)
        if rng.random() < 0.7:
            out = (p + q) / 2 - at
            out = out / np.linalg.norm(out) * 0.05
            for f in (0.2, 0.6):
                lo, hi = p + (q - p) * f + out, p + (q - p) * (f + 0.22) + out
                b.quad(
                    [
                        lo + [0, y + h * 0.4, 0],
                        hi + [0, y + h * 0.4, 0],
                        hi + [0, y + h * 0.7, 0],
                        lo + [0, y + h * 0.7, 0],
                    ],
                    (0.03, 0.04, 0.06),
                )
    roof = [c + (c - at) * 0.15 + [0, y + h, 0] for c in corners]
    b.quad(roof, (0.75, 0.78, 0.82) if rng.random() < 0.6 else (0.1, 0.09, 0.09))
    for p, q in zip(roof, roof[1:] + roof[:1], strict=True):
        b.quad([p, q, q + [0, 0.35, 0], p + [0, 0.35, 0]], (0.78, 0.8, 0.85))


def _hall(b: Builder, away: Float64, side: Float64, y: float, rng: np.random.Generator) -> None:
    """Add the inside of a station: a back wall with an opening, pillars, beams and a ceiling."""
    far, height, rgb = rng.uniform(5, 14), rng.uniform(4.2, 6), _wall_colour(rng)
    n = int(rng.integers(5, 16))
    gap = rng.uniform(-6, 6)
    for lo, hi in ((-16.0, gap - 2.5), (gap + 2.5, 16.0)):
        for k in np.arange(lo, hi, 2.0):
            _boards(
                b, away * far + side * k, away * far + side * min(k + 2.0, hi), y, y + height, rgb, n, rng
            )
    dark = (rgb[0] * 0.5, rgb[1] * 0.5, rgb[2] * 0.5)
    for k in np.arange(1.0, far, 1.5):
        p, q = away * k - side * 16 + [0, y + height, 0], away * k + side * 16 + [0, y + height, 0]
        b.tube(p, q, 0.12, dark, step_m=2)
        b.quad(
            [p, q, q + away * 1.5, p + away * 1.5], (rgb[0] * 0.7, rgb[1] * 0.7, rgb[2] * 0.7), cells=(12, 1)
        )
    for k in rng.uniform(-8, 8, 3):
        at = away * (far * rng.uniform(0.4, 0.95)) + side * k
        if abs(at[0]) > 2.6:
            b.tube(
                at + [0, y, 0], at + [0, y + height, 0], rng.uniform(0.12, 0.3), _wall_colour(rng), step_m=1
            )


def _fence(b: Builder, at: Float64, y: float, rng: np.random.Generator) -> None:
    rgb = colour(rng) if rng.random() < 0.6 else (0.7, 0.2, 0.03)
    x = math.copysign(max(abs(at[0]), 2.4), at[0])
    zs = np.arange(-8, 8, 2.0) + at[2]
    for z in zs:
        b.tube((x, y, z), (x, y + 1.1, z), 0.04, (0.1, 0.1, 0.1))
        for up in (0.25, 0.55, 0.85, 1.05):
            b.tube((x, y + up, z), (x, y + up, z + 2.0), 0.02, rgb, step_m=1)


def _tower(b: Builder, y: float, rng: np.random.Generator) -> None:
    x, z = math.copysign(rng.uniform(2.2, 3.2), rng.normal()), rng.uniform(14, 40) * rng.choice([-1, 1])
    top, grey = y + rng.uniform(6, 10), rng.uniform(0.15, 0.5)
    b.tube((x, y, z), (x, top, z), 0.3, (grey, grey, grey), step_m=1)
    b.tube((x - 3, top, z), (x + 3, top, z), 0.18, (grey, grey, grey), step_m=1)
