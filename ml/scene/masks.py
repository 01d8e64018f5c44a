"""The masks that an operator would draw for a lift, and reference pictures of the empty carrier."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any, Literal, get_args

import cv2
import numpy as np

from lifts.arrays import Float64, UInt8
from lifts.geometry import CANONICAL_SIZE, to_canonical
from lifts.schema import MaskPair, Pose
from ml.scene.lift import LiftScene, zoomed
from ml.scene.world.backdrop import paint, shade_layers
from ml.scene.world.carrier import bar_paths, bar_shapes, swing_turn
from ml.scene.world.raster import Light, draw, silhouette
from ml.scene.world.shapes import BAR_ID, join

PLAIN = Light(
    (0.3, 0.85, 0.43), (0.5, 0.5, 0.48), (0.75, 0.8, 0.9), (0.5, 0.52, 0.55), (0.8, 0.8, 0.8), 0.0, 0.9
)
"""Flat daylight, for reference pictures and masks."""


def draw_masks(scene: LiftScene) -> MaskPair:
    """Return the masks that an operator would draw at the middle pose: uint8[200, 200] each, 0 or 255."""
    rng = np.random.default_rng(np.random.SeedSequence([scene.style.seed, 77]))
    return MaskPair(open=_draw_mask(scene, 1.0, rng), close=_draw_mask(scene, 0.0, rng))


Habit = Literal[
    "careful", "thin", "thick", "wobbly", "off", "turned", "no rests", "visible only", "half", "swinging"
]
"""How a person draws masks: as the style says; with lines of 2 or of 14 pixels; with a shaking hand; 5 pixels
off; turned by 3 degrees; without foot rests; without what is hidden; one half of the bar; traced from a
carrier that swings, by 3.5 degrees."""

HABITS: tuple[Habit, ...] = get_args(Habit)

_OFF_PX, _TURNED_RAD, _SWING_RAD, _SHAKE_PX = 5.0, math.radians(3), 0.06, 2.2


def draw_habitual(scene: LiftScene, habit: Habit, rng: np.random.Generator) -> MaskPair:
    """Return the masks as a person of some habit draws them, uint8[200, 200] each, 0 or 255.

    Each is drawn by itself: shifted, turned or shaken in its own way. The half is the same of both.
    """
    style = replace(scene.style, seed=int(rng.integers(2**31)))
    changes: dict[Habit, dict[str, Any]] = {
        "thin": {"thickness": 2},
        "thick": {"thickness": 14},
        "visible only": {"hidden": False},
    }
    drawn = replace(scene, style=replace(style, **changes.get(habit, {})))
    if habit == "no rests":
        drawn = replace(drawn, spec=replace(scene.spec, bar=replace(scene.spec.bar, rest="none")))
    side = float(rng.choice([-1.0, 1.0]))
    masks = []
    for opening in (1.0, 0.0):
        swing = float(rng.choice([-1, 1])) * _SWING_RAD if habit == "swinging" else 0.0
        mask = _draw_mask(drawn, opening, rng, swing)
        kept = _changed(drawn, mask, habit, rng, side)
        masks.append(kept if kept.any() else mask)
    return MaskPair(open=masks[0], close=masks[1])


def _changed(scene: LiftScene, mask: UInt8, habit: Habit, rng: np.random.Generator, side: float) -> UInt8:
    size = (CANONICAL_SIZE, CANONICAL_SIZE)
    if habit == "half":
        ends = np.array([[-1.0, 0.3, 0.3], [0.0, 0.3, 0.3], [1.0, 0.3, 0.3]])
        pixel, _ = scene.eye.project(ends, to_canonical(scene.pose(scene.origins[1])))
        across = pixel[2] - pixel[0]
        ys, xs = np.mgrid[0:CANONICAL_SIZE, 0:CANONICAL_SIZE]
        beyond = (xs - pixel[1][0]) * across[0] + (ys - pixel[1][1]) * across[1]
        return np.where(beyond * side > 0, mask, 0).astype(np.uint8)
    if habit == "wobbly":
        field = rng.normal(0, 1, (2, 9, 9)).astype(np.float32)
        dx, dy = (cv2.resize(part, size, interpolation=cv2.INTER_CUBIC) * _SHAKE_PX for part in field)
        xs, ys = np.meshgrid(*[np.arange(CANONICAL_SIZE, dtype=np.float32)] * 2)
        return np.asarray(cv2.remap(mask, xs + dx, ys + dy, cv2.INTER_NEAREST), np.uint8)
    angle, reach = (_TURNED_RAD, 0.0) if habit == "turned" else (0.0, _OFF_PX)
    if habit not in ("turned", "off"):
        return mask
    towards, turn = rng.uniform(0, 2 * math.pi), float(rng.choice([-1, 1])) * angle
    centre = (CANONICAL_SIZE / 2, CANONICAL_SIZE / 2)
    matrix = np.asarray(cv2.getRotationMatrix2D(centre, math.degrees(turn), 1.0), float)
    matrix[:, 2] += np.array([math.cos(towards), math.sin(towards)]) * reach
    return np.asarray(cv2.warpAffine(mask, matrix, size, flags=cv2.INTER_NEAREST), np.uint8)


def draw_reference(scene: LiftScene, state: str) -> UInt8:
    """Return the empty carrier in plain light at the middle, uint8[200, 200, 3]; state open or closed."""
    affine = zoomed(to_canonical(scene.pose(scene.origins[1])), 2)
    side = 2 * CANONICAL_SIZE
    layers = paint(scene.place, scene.eye, affine, (side, side))
    canvas = np.zeros((side, side, 4), np.uint8)
    none = np.zeros((side, side), np.uint8)
    canvas[..., :3] = shade_layers(layers, PLAIN, none, scene.depth_m, 1.0)
    bar = bar_shapes(scene.spec, float(state == "open"))
    draw(canvas, join([scene.body, bar]), scene.eye, affine, PLAIN)
    size = (CANONICAL_SIZE, CANONICAL_SIZE)
    return np.asarray(cv2.resize(canvas[..., :3], size, interpolation=cv2.INTER_AREA), np.uint8)


def draw_references(scene: LiftScene) -> dict[str, UInt8]:
    """Return both reference pictures by the names that a lift folder has for them."""
    return {
        "reference_open": draw_reference(scene, "open"),
        "reference_close": draw_reference(scene, "closed"),
    }


def bar_views(scene: LiftScene, opening: float, pose: Pose, swing: float = 0.0) -> tuple[UInt8, UInt8]:
    """Return the empty carrier's bar at the middle: visible and whole pixels, uint8[400, 400] of 0/255.

    swing: the carrier's about its grip, radians.
    """
    affine = zoomed(to_canonical(pose), 2)
    bar, body = bar_shapes(scene.spec, opening), scene.body
    if swing:
        grip = np.array([0, scene.spec.hanger_m, 0])
        turn = swing_turn(swing)
        bar, body = (part.mapped(turn, grip - turn @ grip) for part in (bar, body))
    canvas = np.zeros((2 * CANONICAL_SIZE, 2 * CANONICAL_SIZE, 4), np.uint8)
    draw(canvas, join([body, bar]), scene.eye, affine, PLAIN)
    whole = np.zeros(canvas.shape[:2], np.uint8)
    silhouette(whole, bar, scene.eye, affine, 255)
    return (canvas[..., 3] == BAR_ID).astype(np.uint8) * 255, whole


def _draw_mask(scene: LiftScene, opening: float, rng: np.random.Generator, swing: float = 0.0) -> UInt8:
    style = scene.style
    pose = scene.pose(scene.origins[1])
    visible, whole = bar_views(scene, opening, pose, swing)
    mask = np.zeros((CANONICAL_SIZE, CANONICAL_SIZE), np.uint8)
    if style.thickness == 0:
        source = whole if style.hidden else visible
        small = cv2.resize(source, (CANONICAL_SIZE, CANONICAL_SIZE), interpolation=cv2.INTER_AREA)
        mask[cv2.dilate(small, np.ones((2, 2), np.uint8)) > 60] = 255
        return mask
    affine = to_canonical(pose)
    near = cv2.dilate(visible, np.ones((7, 7), np.uint8))
    paths = bar_paths(scene.spec, opening)
    grip = np.array([0, scene.spec.hanger_m, 0])
    if scene.spec.bar.rest != "none" and not style.rests:
        paths = [p for p in paths if p[1] != scene.spec.bar.radius * 1.1]
    for points, _ in paths:
        placed = (points - grip) @ swing_turn(swing).T + grip if swing else points
        pixel, depth = scene.eye.project(placed, affine)
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
        return _draw_mask(replace(scene, style=replace(style, hidden=True)), opening, rng, swing)
    return mask


def _simplified(points: Float64) -> Float64:
    """Return the polyline with corners that an operator would click: bends of under 1.5 px are left out."""
    poly = cv2.approxPolyDP(points.astype(np.float32).reshape(-1, 1, 2), 1.5, False)
    return np.asarray(poly, float).reshape(-1, 2)
