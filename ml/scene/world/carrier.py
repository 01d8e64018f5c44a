"""A chairlift carrier's measures and its safety bar: centre lines and solids.

Carrier coordinates in metres: x across the bench, y up from the seat's surface, z forward (the direction that
riders look and travel); the origin is the middle of the seat's surface.
"""

# ruff: noqa: RUF005  (arrays and lists are added as vectors here, never concatenated)

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from lifts.arrays import Float64
from ml.scene.world.shapes import BAR_ID, Builder, Rgb, Shapes

Frame = Literal["mast", "bail", "double"]
Back = Literal["panel", "slats", "cushions", "shells"]
BarShape = Literal["u", "v", "curved", "arms"]
Rest = Literal["none", "t", "straight", "full"]


def swing_turn(pitch: float, roll: float = 0.0) -> Float64:
    """Return the turn float64[3, 3] of a carrier that swings about its grip, by two angles in radians."""
    cp, sp, cr, sr = math.cos(pitch), math.sin(pitch), math.cos(roll), math.sin(roll)
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_x @ about_z)


@dataclass(frozen=True)
class BarSpec:
    """The safety bar in its closed position; it turns about the x axis through its hinges.

    Attributes:
        shape: u (square corners), v (front narrower or dipping), curved (bowed front), arms (short stubs).
        halves: two halves that meet in the middle.
        loop: the bar goes on behind the hinges and closes behind the back.
        hinge_y, hinge_z: metres; outset: metres beyond the bench's side (-0.05..0.12).
        front_y, front_z: the cross bar, metres (0.18..0.45, 0.3..0.6).
        radius: metres (0.0125..0.022); padding: radius of the cross bar's foam, 0 for none (to 0.03).
        open_deg: turn of the fully open bar, 75..150 degrees.
        rest: foot rests: none, t, straight (one peg a seat), full (one long tube).
        rests: how many struts; strut_m: their length; strut_lean: forward metres per metre down.
        fold_deg: how far the struts fold against the bar when fully open (0..60 degrees).
        post: a post between the legs under the cross bar.
    """

    shape: BarShape
    halves: bool
    loop: bool
    hinge_y: float
    hinge_z: float
    outset: float
    front_y: float
    front_z: float
    radius: float
    padding: float
    open_deg: float
    rest: Rest
    rests: int
    strut_m: float
    strut_lean: float
    fold_deg: float
    post: bool
    taper: float


@dataclass(frozen=True)
class CarrierSpec:
    """A carrier's measures in metres and paint in linear albedo 0..1; ranges: `fleet.sample_carrier`."""

    seats: int
    frame: Frame
    mast: Literal["straight", "bent", "goose"]
    seat_m: float
    depth_m: float
    back_m: float
    recline: float
    back: Back
    side_arms: bool
    headrests: bool
    tube_m: float
    loop_m: float
    loop_top: float
    loop_low_z: float
    loop_high_z: float
    loop_round: float
    hanger_m: float
    bar: BarSpec
    bubble: bool
    frame_rgb: Rgb
    bar_rgb: Rgb
    seat_rgb: Rgb
    trim_rgb: Rgb
    snow: float

    @property
    def half_m(self) -> float:
        """Half the bench's width in metres."""
        return self.seats * self.seat_m / 2

    def seat_x(self, seat: int) -> float:
        """Return the middle of a seat (0..seats-1) in metres."""
        return (seat + 0.5) * self.seat_m - self.half_m


def rounded(points: Float64, radius: float, n: int = 4) -> Float64:
    """Return a polyline float[K, 3] with its inner corners rounded by up to radius metres."""
    out = [points[0]]
    for before, corner, after in zip(points[:-2], points[1:-1], points[2:], strict=True):
        u, v = before - corner, after - corner
        lu, lv = float(np.linalg.norm(u)), float(np.linalg.norm(v))
        r = min(radius, lu * 0.45, lv * 0.45)
        a, b = corner + u / max(lu, 1e-9) * r, corner + v / max(lv, 1e-9) * r
        t = np.linspace(0, 1, n)[:, None]
        out.extend((1 - t) ** 2 * a + 2 * t * (1 - t) * corner + t**2 * b)
    out.append(points[-1])
    return np.array(out)


def mirrored(points: Float64) -> Float64:
    """Return the points on the carrier's other side."""
    return np.asarray(points * [-1.0, 1.0, 1.0])


def _front(spec: CarrierSpec) -> tuple[Float64, Float64]:
    """Return the left arm (hinge to corner) and the cross bar (corner to middle) of the closed bar."""
    bar = spec.bar
    hx, cx = spec.half_m + bar.outset, (spec.half_m + bar.outset) * bar.taper
    hinge = np.array([-hx, bar.hinge_y, bar.hinge_z])
    corner = np.array([-cx, bar.front_y, bar.front_z])
    bow = {"u": 0.0, "v": 0.0, "curved": 0.1, "arms": 0.0}[bar.shape]
    dip = 0.1 if bar.shape == "v" else 0.0
    t = np.linspace(0, 1, 5)
    cross = np.stack([-cx * (1 - t), bar.front_y - dip * t, bar.front_z + bow * (1 - (1 - t) ** 2)], 1)
    if bar.shape == "arms":
        knee = np.array(
            [-hx, bar.hinge_y * 0.35 + bar.front_y * 0.65, bar.hinge_z * 0.75 + bar.front_z * 0.25]
        )
        return np.array([hinge, knee, corner]), cross
    return np.array([hinge, corner]), cross


@lru_cache(maxsize=64)
def bar_paths(spec: CarrierSpec, opening: float) -> list[tuple[Float64, float]]:
    """Return the bar's centre lines (float[K, 3], radius in metres), opened by a fraction 0..1."""
    bar = spec.bar
    arm, cross = _front(spec)
    paths: list[tuple[Float64, float]] = []
    struts: list[tuple[Float64, float]] = []
    outer = rounded(np.vstack([arm, cross[1:]]), 0.12 if bar.shape != "v" else 0.2)
    if bar.halves:
        gap = np.array([0.04, 0, 0])
        outer = np.vstack([outer[:-1], outer[-1:] - gap])
        paths += [(outer, bar.radius), (mirrored(outer), bar.radius)]
    else:
        paths.append((np.vstack([outer, mirrored(outer)[-2::-1]]), bar.radius))
    if bar.loop:
        hx = spec.half_m + bar.outset
        rear_z = min(bar.hinge_z, -0.45 * spec.depth_m) - 0.22
        rear = np.array([(-hx, bar.hinge_y, bar.hinge_z), (-hx, bar.hinge_y + 0.08, rear_z)])
        rear = np.vstack([rear, mirrored(rear)[::-1]])
        paths.append((rounded(rear, 0.12), bar.radius))
    if bar.padding:
        paths += [(cross[1:4] * [side, 1, 1], bar.padding) for side in (1.0, -1.0)]
    for i in range(bar.rests if bar.rest != "none" else 0):
        struts += _rest(spec, cross, i)
    if bar.rest == "full" and struts:
        ends = [s[0][-1] for s in struts]
        struts.append((np.array([ends[0], ends[-1]]), bar.radius))
    if bar.post:
        top = cross[-1]
        paths.append((np.array([top, [0, 0.04, top[2] - 0.04]]), bar.radius))
    theta = math.radians(bar.open_deg) * opening
    hinge = np.array([0, bar.hinge_y, bar.hinge_z])
    fold = math.radians(bar.fold_deg) * opening
    knee = np.array([0, bar.front_y, bar.front_z])
    struts = [(_turn(p, knee, fold), r) for p, r in struts]
    return [(_turn(p, hinge, theta), r) for p, r in paths + struts]


def _rest(spec: CarrierSpec, cross: Float64, i: int) -> list[tuple[Float64, float]]:
    """Return one foot rest of the closed bar: a strut from the cross bar and what the feet stand on."""
    bar = spec.bar
    reach = abs(float(cross[0, 0])) * 2
    if bar.rest == "full":
        x = (i / max(bar.rests - 1, 1) - 0.5) * reach * 0.8
    else:
        x = ((i + 0.5) / bar.rests - 0.5) * min(reach, spec.half_m * 2)
    y = float(np.interp(-abs(x), cross[:, 0], cross[:, 1]))
    z = float(np.interp(-abs(x), cross[:, 0], cross[:, 2]))
    foot = np.array([x, y - bar.strut_m, z + bar.strut_lean * bar.strut_m])
    out: list[tuple[Float64, float]] = [(np.array([[x, y, z], foot]), bar.radius)]
    wide = {"t": 0.2, "straight": 0.11, "full": 0.0, "none": 0.0}[bar.rest]
    if wide:
        out.append((np.array([foot - [wide, 0, 0], foot + [wide, 0, 0]]), bar.radius * 1.1))
    return out


def _turn(points: Float64, pivot: Float64, theta: float) -> Float64:
    """Turn points about the x axis through pivot, from forward (+z) up to +y."""
    c, s = math.cos(theta), math.sin(theta)
    d = points - pivot
    y, z = d[:, 1] * c + d[:, 2] * s, -d[:, 1] * s + d[:, 2] * c
    return np.stack([points[:, 0], pivot[1] + y, pivot[2] + z], 1)


def bar_shapes(spec: CarrierSpec, opening: float) -> Shapes:
    """Return the bar's solids, all with BAR_ID, opened by a fraction 0..1."""
    b = Builder()
    for points, radius in bar_paths(spec, opening):
        b.line(points, radius, spec.bar_rgb, step_m=0.16, part=BAR_ID)
    return b.build()
