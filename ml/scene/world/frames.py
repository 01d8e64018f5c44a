"""The carrier without its bar: bench, mast, bail or double hanger, and the hood."""

# ruff: noqa: RUF005  (arrays and lists are added as vectors here, never concatenated)

from __future__ import annotations

import itertools
import math

import numpy as np

from lifts.arrays import Float64
from ml.scene.world.carrier import (
    CarrierSpec,
    mirrored,
    rounded,
)
from ml.scene.world.shapes import Builder, Shapes, join


def body_shapes(spec: CarrierSpec) -> Shapes:
    """Return the carrier's solids without its bar: bench, frame and hanger."""
    b = Builder()
    _bench(b, spec)
    return join([b.build(), frame_shapes(spec)])


def frame_shapes(spec: CarrierSpec) -> Shapes:
    """Return what the bench hangs on: mast, bail or double hanger."""
    b = Builder()
    {"mast": _mast, "bail": _bail, "double": _double}[spec.frame](b, spec)
    return b.build()


def back_point(spec: CarrierSpec, x: float, up: float) -> tuple[float, float, float]:
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
        b.tube((x, -0.05, -d - 0.05), back_point(spec, x, spec.back_m), spec.tube_m * 0.8, spec.frame_rgb)
        if spec.side_arms:
            arm = np.array([back_point(spec, x, 0.26), (x, 0.24, d * 0.5), (x, 0.0, d * 0.7)])
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
            p, q = back_point(spec, x0, up), back_point(spec, x1, up)
            high = [(x1, q[1] + 0.055, q[2] - 0.005), (x0, p[1] + 0.055, p[2] - 0.005)]
            b.quad([p, q, *high], rgb, bias_m=0.12)
        return
    inset = {"panel": 0.0, "cushions": 0.025, "shells": 0.03}.get(spec.back, 0.0)
    p0, p1 = back_point(spec, x0 + inset, low), back_point(spec, x1 - inset, low)
    shoulder = top * 0.7 if spec.back == "shells" else top
    m0, m1 = back_point(spec, x0 + inset, shoulder), back_point(spec, x1 - inset, shoulder)
    b.quad([p0, p1, m1, m0], rgb, cells=(1, 2), bias_m=0.12)
    if spec.back == "shells":
        t0, t1 = back_point(spec, x0 + 0.13, top), back_point(spec, x1 - 0.13, top)
        b.quad([m0, m1, t1, t0], rgb, bias_m=0.12)
    else:
        b.tube(back_point(spec, x0, top), back_point(spec, x1, top), spec.tube_m * 0.7, spec.trim_rgb)
    if spec.back == "cushions":
        b.tube(back_point(spec, x0, low), back_point(spec, x1, low), spec.tube_m * 0.7, spec.frame_rgb)
    if spec.headrests:
        c = (x0 + x1) / 2
        h0, h1 = back_point(spec, c - 0.1, top + 0.04), back_point(spec, c + 0.1, top + 0.04)
        k0, k1 = back_point(spec, c - 0.09, top + 0.22), back_point(spec, c + 0.09, top + 0.22)
        b.quad([h0, h1, k1, k0], rgb)


def _grip(b: Builder, spec: CarrierSpec, top: Float64) -> None:
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
    paths = {
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
    b.line(rounded(np.array(paths[spec.mast], float), 0.25), spec.tube_m * 1.35, spec.frame_rgb)
    w = spec.half_m
    b.tube(
        back_point(spec, -w, spec.back_m * 0.75),
        back_point(spec, w, spec.back_m * 0.75),
        spec.tube_m,
        spec.frame_rgb,
    )
    _grip(b, spec, top)


def loop_points(spec: CarrierSpec) -> Float64:
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
    return rounded(np.vstack([left, mirrored(left)[::-1]]), spec.loop_round, 5)


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
        path = np.array(
            [
                (side, -0.08, d * 0.4),
                (side, -0.08, back),
                (side, 1.25, back),
                (side * 0.9, spec.loop_m, -0.05),
            ]
        )
        b.line(rounded(path, 0.2), spec.tube_m * 1.1, spec.frame_rgb)
    b.tube((-x * 0.95, spec.loop_m, -0.05), (x * 0.95, spec.loop_m, -0.05), spec.tube_m * 1.2, spec.frame_rgb)
    top = np.array([0, spec.hanger_m, 0.0])
    b.tube((0, spec.loop_m, -0.05), top, spec.tube_m * 1.5, spec.frame_rgb)
    _grip(b, spec, top)


def bubble_quads(spec: CarrierSpec, lowered: float) -> Float64:
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
