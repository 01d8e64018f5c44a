"""A chairlift carrier: its measures, its safety bar's centre lines, its solids.

Carrier coordinates in metres: x across the bench, y up from the seat's surface, z forward (the way that
riders look and travel); the origin is the middle of the seat's surface.
"""

# ruff: noqa: RUF005  (arrays and lists are added as vectors here, never concatenated)

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ml.scene.shapes import BAR_ID, Builder, Floats, Rgb, Shapes

Frame = Literal["mast", "bail", "double"]
Back = Literal["panel", "slats", "cushions", "shells"]
BarShape = Literal["u", "v", "curved", "arms"]
Rest = Literal["none", "t", "straight", "full"]


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
    """A carrier's measures in metres and paint in linear albedo 0..1; see `lift.sample_lift` for ranges."""

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


def rounded(points: Floats, radius: float, n: int = 4) -> Floats:
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


def _mirror(points: Floats) -> Floats:
    return np.asarray(points * [-1.0, 1.0, 1.0])


def _front(spec: CarrierSpec) -> tuple[Floats, Floats]:
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


def bar_paths(spec: CarrierSpec, opening: float) -> list[tuple[Floats, float]]:
    """Return the bar's centre lines (float[K, 3], radius in metres), opened by a fraction 0..1."""
    bar = spec.bar
    arm, cross = _front(spec)
    paths: list[tuple[Floats, float]] = []
    struts: list[tuple[Floats, float]] = []
    outer = rounded(np.vstack([arm, cross[1:]]), 0.12 if bar.shape != "v" else 0.2)
    if bar.halves:
        gap = np.array([0.04, 0, 0])
        outer = np.vstack([outer[:-1], outer[-1:] - gap])
        paths += [(outer, bar.radius), (_mirror(outer), bar.radius)]
    else:
        paths.append((np.vstack([outer, _mirror(outer)[-2::-1]]), bar.radius))
    if bar.loop:
        hx = spec.half_m + bar.outset
        rear_z = min(bar.hinge_z, -0.45 * spec.depth_m) - 0.22
        rear = np.array([(-hx, bar.hinge_y, bar.hinge_z), (-hx, bar.hinge_y + 0.08, rear_z)])
        rear = np.vstack([rear, _mirror(rear)[::-1]])
        paths.append((rounded(rear, 0.12), bar.radius))
    if bar.padding:
        for side in (1.0, -1.0):
            inner = cross[1:4] * [side, 1, 1]
            paths.append((inner, bar.padding))
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


def _rest(spec: CarrierSpec, cross: Floats, i: int) -> list[tuple[Floats, float]]:
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
    out: list[tuple[Floats, float]] = [(np.array([[x, y, z], foot]), bar.radius)]
    wide = {"t": 0.2, "straight": 0.11, "full": 0.0, "none": 0.0}[bar.rest]
    if wide:
        out.append((np.array([foot - [wide, 0, 0], foot + [wide, 0, 0]]), bar.radius * 1.1))
    return out


def _turn(points: Floats, pivot: Floats, theta: float) -> Floats:
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


def body_shapes(spec: CarrierSpec) -> Shapes:
    """Return the carrier's solids without its bar: bench, frame and hanger."""
    b = Builder()
    _bench(b, spec)
    {"mast": _mast, "bail": _bail, "double": _double}[spec.frame](b, spec)
    return b.build()


def _back_point(spec: CarrierSpec, x: float, up: float) -> tuple[float, float, float]:
    """Return a point of the back's surface, `up` metres above the seat."""
    return (x, up + 0.03, -spec.depth_m / 2 - spec.recline * up)


def _bench(b: Builder, spec: CarrierSpec) -> None:
    w, d, n = spec.half_m, spec.depth_m / 2, spec.seats
    low = 0.06 if spec.back != "slats" else 0.14
    trim = tuple(0.55 * c for c in spec.seat_rgb)
    dark = (trim[0], trim[1], trim[2])
    b.quad(
        [(-w, 0, -d), (w, 0, -d), (w, 0.03, d), (-w, 0.03, d)], spec.seat_rgb, cells=(n * 2, 2), bias_m=-0.15
    )
    b.quad([(-w, -0.06, d), (w, -0.06, d), (w, 0.03, d + 0.01), (-w, 0.03, d + 0.01)], dark, cells=(n * 2, 1))
    b.quad([(-w, -0.07, -d), (w, -0.07, -d), (w, -0.06, d), (-w, -0.06, d)], dark, cells=(n * 2, 2))
    for x0, x1 in [(spec.seat_x(i) - spec.seat_m / 2, spec.seat_x(i) + spec.seat_m / 2) for i in range(n)]:
        _back(b, spec, x0, x1, low)
    for x in (-w, w):
        b.tube((x, -0.05, d), (x, -0.05, -d - 0.05), spec.tube_m * 0.8, spec.frame_rgb)
        b.tube((x, -0.05, -d - 0.05), _back_point(spec, x, spec.back_m), spec.tube_m * 0.8, spec.frame_rgb)
        if spec.side_arms:
            arm = np.array([_back_point(spec, x, 0.26), (x, 0.24, d * 0.5), (x, 0.0, d * 0.7)])
            b.line(rounded(arm, 0.08), spec.tube_m * 0.7, spec.trim_rgb)
    b.tube((-w, -0.08, -d * 0.6), (w, -0.08, -d * 0.6), spec.tube_m, spec.frame_rgb)
    if spec.snow > 0.75:
        b.quad(
            [(-w, 0.035, -d), (w, 0.035, -d), (w, 0.05, d * 0.7), (-w, 0.05, d * 0.7)],
            (0.8, 0.83, 0.88),
            cells=(n * 2, 2),
        )


def _back(b: Builder, spec: CarrierSpec, x0: float, x1: float, low: float) -> None:
    top, rgb = spec.back_m, spec.seat_rgb
    if spec.back == "slats":
        for up in np.linspace(low, top, 5):
            p, q = _back_point(spec, x0, up), _back_point(spec, x1, up)
            high = [(x1, q[1] + 0.055, q[2] - 0.005), (x0, p[1] + 0.055, p[2] - 0.005)]
            b.quad([p, q, *high], rgb, bias_m=0.12)
        return
    inset = {"panel": 0.0, "cushions": 0.025, "shells": 0.03}.get(spec.back, 0.0)
    p0, p1 = _back_point(spec, x0 + inset, low), _back_point(spec, x1 - inset, low)
    shoulder = top * 0.7 if spec.back == "shells" else top
    m0, m1 = _back_point(spec, x0 + inset, shoulder), _back_point(spec, x1 - inset, shoulder)
    b.quad([p0, p1, m1, m0], rgb, cells=(1, 2), bias_m=0.12)
    if spec.back == "shells":
        t0, t1 = _back_point(spec, x0 + 0.13, top), _back_point(spec, x1 - 0.13, top)
        b.quad([m0, m1, t1, t0], rgb, bias_m=0.12)
    else:
        b.tube(_back_point(spec, x0, top), _back_point(spec, x1, top), spec.tube_m * 0.7, spec.trim_rgb)
    if spec.back == "cushions":
        b.tube(_back_point(spec, x0, low), _back_point(spec, x1, low), spec.tube_m * 0.7, spec.frame_rgb)
    if spec.headrests:
        c = (x0 + x1) / 2
        h0, h1 = _back_point(spec, c - 0.1, top + 0.04), _back_point(spec, c + 0.1, top + 0.04)
        k0, k1 = _back_point(spec, c - 0.09, top + 0.22), _back_point(spec, c + 0.09, top + 0.22)
        b.quad([h0, h1, k1, k0], rgb)


def _grip(b: Builder, spec: CarrierSpec, top: Floats) -> None:
    b.box(
        (top[0] - 0.1, top[1] - 0.08, top[2] - 0.28),
        (top[0] + 0.1, top[1] + 0.16, top[2] + 0.28),
        (0.12, 0.12, 0.13),
    )
    b.tube(top, top + [0, -0.35, 0], spec.tube_m * 1.7, spec.frame_rgb)


def _mast(b: Builder, spec: CarrierSpec) -> None:
    d = spec.depth_m / 2
    back = -d - spec.recline * spec.back_m - 0.07
    foot, top = np.array([0, -0.08, -d * 0.8]), np.array([0, spec.hanger_m, 0.0])
    ways = {
        "straight": [
            foot,
            (0, 0.2, back),
            (0, spec.back_m + 0.5, back),
            (0, spec.hanger_m - 0.4, -0.02),
            top,
        ],
        "bent": [foot, (0, 0.1, back), (0, 1.35, back - 0.05), (0, 1.75, back * 0.3), top],
        "goose": [
            foot,
            (0, 0.1, back),
            (0, 1.5, back - 0.16),
            (0, 2.0, back + 0.1),
            (0, spec.hanger_m - 0.3, 0.16),
            top,
        ],
    }
    b.line(rounded(np.array(ways[spec.mast], float), 0.25), spec.tube_m * 1.35, spec.frame_rgb)
    w = spec.half_m
    b.tube(
        _back_point(spec, -w, spec.back_m * 0.75),
        _back_point(spec, w, spec.back_m * 0.75),
        spec.tube_m,
        spec.frame_rgb,
    )
    _grip(b, spec, top)


def loop_points(spec: CarrierSpec) -> Floats:
    """Return the bail frame's closed loop, left foot over the top to the right foot, float[K, 3]."""
    w = spec.half_m + 0.05
    lo, hi = spec.loop_low_z, spec.loop_high_z
    knee = lo + (hi - lo) * 0.55
    left = np.array(
        [
            (0, -0.1, lo),
            (-w, -0.1, lo),
            (-w, spec.loop_m * 0.62, knee),
            (-w * spec.loop_top, spec.loop_m, hi),
        ]
    )
    return rounded(np.vstack([left, _mirror(left)[::-1]]), spec.loop_round, 5)


def _bail(b: Builder, spec: CarrierSpec) -> None:
    b.line(loop_points(spec), spec.tube_m, spec.frame_rgb, step_m=0.25)
    top = np.array([0, spec.hanger_m, 0.0])
    b.tube((0, spec.loop_m, spec.loop_high_z), top, spec.tube_m * 1.5, spec.frame_rgb)
    w = spec.half_m * spec.loop_top * 0.5
    if spec.mast == "bent":  # two braces from the hanger to the loop
        for x in (-w, w):
            b.tube(
                (x, spec.loop_m, spec.loop_high_z),
                (0, spec.loop_m + 0.35, spec.loop_high_z * 0.8),
                spec.tube_m,
                spec.frame_rgb,
            )
    _grip(b, spec, top)


def _double(b: Builder, spec: CarrierSpec) -> None:
    d, w = spec.depth_m / 2, spec.half_m
    back = -d - spec.recline * spec.back_m - 0.06
    x = w * 0.55
    for side in (-x, x):
        way = np.array(
            [
                (side, -0.08, d * 0.4),
                (side, -0.08, back),
                (side, 1.25, back),
                (side * 0.9, spec.loop_m, -0.05),
            ]
        )
        b.line(rounded(way, 0.2), spec.tube_m * 1.1, spec.frame_rgb)
    b.tube((-x * 0.95, spec.loop_m, -0.05), (x * 0.95, spec.loop_m, -0.05), spec.tube_m * 1.2, spec.frame_rgb)
    top = np.array([0, spec.hanger_m, 0.0])
    b.tube((0, spec.loop_m, -0.05), top, spec.tube_m * 1.5, spec.frame_rgb)
    _grip(b, spec, top)


def bubble_quads(spec: CarrierSpec, lowered: float) -> Floats:
    """Return the hood's panes float[M, 4, 3]; lowered 1 closes it before the riders, 0 lifts it."""
    w = spec.half_m + 0.08
    pivot = np.array([0, 0.35, -0.35])
    angle = np.linspace(math.radians(60), math.radians(-25), 6) + (1 - lowered) * math.radians(85)
    rim = np.stack([np.zeros(6), np.sin(angle) * 0.95 * 1.15, np.cos(angle) * 1.05], 1) + pivot
    xs = np.linspace(-w, w, spec.seats + 1)
    panes = []
    for p, q in itertools.pairwise(rim):
        for x0, x1 in itertools.pairwise(xs):
            panes.append([(x0, p[1], p[2]), (x1, p[1], p[2]), (x1, q[1], q[2]), (x0, q[1], q[2])])
    return np.array(panes, float)
