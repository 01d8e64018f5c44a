"""People as capsules: riders on the bench, and people standing or skiing near the station."""

# ruff: noqa: RUF005  (arrays and lists are added as vectors here, never concatenated)

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lifts.arrays import Float64
from ml.scene.world.carrier import CarrierSpec
from ml.scene.world.shapes import Builder, Rgb, Shapes

Gear = Literal["skis", "board", "none"]
Arms = Literal["lap", "bar", "wide", "up"]

_DARK: tuple[Rgb, ...] = ((0.02, 0.02, 0.025), (0.04, 0.045, 0.05), (0.02, 0.03, 0.07), (0.1, 0.1, 0.11))
_SKIN: tuple[Rgb, ...] = ((0.6, 0.36, 0.26), (0.5, 0.28, 0.18), (0.25, 0.13, 0.08))


@dataclass(frozen=True)
class Person:
    """One person.

    Attributes:
        size: 1 for a grown-up (0.92..1.08), 0.6..0.75 for a child.
        lean, side: torso forward and sideways, radians (-0.2..0.5, -0.25..0.25).
        turn: head's turn, radians (-1.2..1.2).
        arms: lap, bar (hands on the lowered bar), wide (behind the neighbours), up (raised).
        gear: what hangs on the feet; gear_yaw, gear_pitch: its angles, radians (+-0.25, +-0.35).
        poles, pack: carries poles; wears a backpack (on the front when seated).
        jacket, trousers, helmet, skin, gear_rgb: linear albedo 0..1.
        knees: how far the knees are apart, metres (0.08..0.2).
    """

    size: float
    lean: float
    side: float
    turn: float
    arms: Arms
    gear: Gear
    gear_yaw: float
    gear_pitch: float
    poles: bool
    pack: bool
    jacket: Rgb
    trousers: Rgb
    helmet: Rgb
    skin: Rgb
    gear_rgb: Rgb
    knees: float


def colour(rng: np.random.Generator, *, dark: float = 0.0) -> Rgb:
    """Return a random paint or cloth colour in linear albedo; `dark` is the share of near blacks."""
    if rng.random() < dark:
        return _DARK[int(rng.integers(len(_DARK)))]
    hue, sat, value = rng.random() * 6, rng.uniform(0.25, 1.0), rng.uniform(0.06, 0.75)
    k = (np.array([5.0, 3.0, 1.0]) + hue) % 6
    rgb = value * (1 - sat * np.clip(np.minimum(k, 4 - k), 0, 1))
    return (float(rgb[0]), float(rgb[1]), float(rgb[2]))


def sample_person(rng: np.random.Generator, *, child: bool | None = None) -> Person:
    """Draw a person; one in five is a child unless `child` says."""
    small = rng.random() < 0.2 if child is None else child
    return Person(
        size=float(rng.uniform(0.6, 0.75) if small else rng.uniform(0.92, 1.08)),
        lean=float(rng.normal(0.08, 0.12)),
        side=float(rng.normal(0, 0.09)),
        turn=float(rng.normal(0, 0.45)),
        arms=("lap", "bar", "wide", "up")[int(rng.choice(4, p=[0.5, 0.36, 0.09, 0.05]))],
        gear=("skis", "board", "none")[int(rng.choice(3, p=[0.7, 0.24, 0.06]))],
        gear_yaw=float(rng.normal(0, 0.13)),
        gear_pitch=float(rng.normal(-0.05, 0.15)),
        poles=bool(rng.random() < 0.5),
        pack=bool(rng.random() < 0.15),
        jacket=colour(rng, dark=0.3),
        trousers=colour(rng, dark=0.6),
        helmet=colour(rng, dark=0.4) if rng.random() < 0.8 else (0.75, 0.75, 0.75),
        skin=_SKIN[int(rng.choice(3, p=[0.5, 0.3, 0.2]))],
        gear_rgb=colour(rng, dark=0.2),
        knees=float(rng.uniform(0.08, 0.17)),
    )


def _head(b: Builder, p: Person, neck: Float64, yaw: float) -> None:
    s = p.size
    k = 0.5 + 0.5 * s  # children have comparatively big heads
    front = np.array([math.sin(yaw), 0.0, math.cos(yaw)])
    centre = neck + [0, 0.15 * k, 0] + front * 0.02
    b.tube(neck - [0, 0.02, 0], centre, 0.065 * k, p.skin)
    b.tube(centre - [0, 0.02 * k, 0], centre + np.array([0, 0.03, 0]) - front * 0.02, 0.118 * k, p.helmet)
    b.ball(centre + front * 0.035 * k - [0, 0.045 * k, 0], 0.088 * k, p.skin)
    across = np.array([front[2], 0, -front[0]]) * 0.055 * k
    goggles = centre + front * 0.085 * k + [0, 0.005, 0]
    b.tube(goggles - across, goggles + across, 0.043 * k, (0.03, 0.025, 0.03))


def _gear(b: Builder, p: Person, feet: tuple[Float64, Float64], yaw: float, pitch: float) -> None:
    s = p.size
    axis = np.array([math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch)])
    across = np.array([math.cos(yaw), 0, -math.sin(yaw)])
    if p.gear == "skis":
        for foot in feet:
            c = foot - [0, 0.09 * s, 0]
            tail, tip = c - axis * 0.75 * s, c + axis * 0.85 * s
            half = across * 0.045
            b.quad([tail - half, tail + half, tip + half, tip - half], p.gear_rgb, cells=(1, 5))
            b.tube(tip, tip + axis * 0.08 + [0, 0.05, 0], 0.03, p.gear_rgb)
    elif p.gear == "board":
        c = (feet[0] + feet[1]) / 2 - [0, 0.09 * s, 0]
        half = across * 0.13
        a, z = c - axis * 0.75 * s, c + axis * 0.75 * s
        b.quad([a - half, a + half, z + half, z - half], p.gear_rgb, cells=(2, 5))


def seated(b: Builder, p: Person, spec: CarrierSpec, seat: int, grip: Float64 | None) -> None:
    """Add a rider on a seat; grip float[2, 3]: where the two hands hold the bar, if they do."""
    s, x = p.size, spec.seat_x(seat)
    back = -spec.depth_m / 2
    hips = np.array([x, 0.1 * s + 0.04, back + 0.17])
    chest = (
        hips + np.array([math.sin(p.side), math.cos(p.side) * math.cos(p.lean), math.sin(p.lean)]) * 0.42 * s
    )
    chest[2] -= 0.05
    b.tube(hips, hips * 0.5 + chest * 0.5, 0.165 * s, p.jacket, end_radius=0.175 * s)
    b.tube(hips * 0.5 + chest * 0.5, chest, 0.175 * s, p.jacket, end_radius=0.15 * s)
    across = np.array([0.19 * s, 0.02, 0.0])
    feet = []
    for k, sign in enumerate((-1.0, 1.0)):
        knee = np.array([x + sign * p.knees * s, hips[1] + 0.03, back + 0.17 + 0.44 * s])
        hip = hips + [sign * 0.09 * s, -0.02, 0]
        b.tube(hip, knee, 0.095 * s, p.trousers, end_radius=0.075 * s, step_m=0.2)
        ankle = knee + [sign * 0.0, -0.4 * s, (0.06 + 0.1 * p.gear_pitch) * s]
        b.tube(knee, ankle, 0.07 * s, p.trousers, end_radius=0.065 * s, step_m=0.22)
        b.tube(ankle, ankle + [0, -0.05 * s, 0.14 * s], 0.065 * s, (0.07, 0.07, 0.08))
        feet.append(ankle)
        shoulder = chest + across * sign
        if grip is not None:
            hand = grip[k]
            far = float(np.linalg.norm(hand - shoulder))
            hand = shoulder + (hand - shoulder) * min(1.0, 0.62 * s / max(far, 1e-6))
        elif p.arms == "up":
            hand = shoulder + np.array([sign * 0.1, 0.48, 0.2]) * s
        elif p.arms == "wide":
            hand = shoulder + np.array([sign * 0.42, -0.02, -0.16]) * s
        else:
            hand = np.array([x + sign * 0.07, hips[1] + 0.14 * s, knee[2] - 0.18 * s])
        elbow = (shoulder + hand) / 2 + np.array([sign * 0.07, -0.1, -0.02]) * s
        b.tube(shoulder, elbow, 0.068 * s, p.jacket, end_radius=0.058 * s)
        b.tube(elbow, hand, 0.057 * s, p.jacket, end_radius=0.05 * s)
        b.ball(hand, 0.055 * s, (0.05, 0.05, 0.055))
    _head(b, p, chest + [0, 0.11 * s, 0], p.turn)
    _gear(b, p, (feet[0], feet[1]), p.gear_yaw + (0.9 if p.gear == "board" else 0.0), p.gear_pitch)
    if p.poles:
        for sign in (-1.0, 1.0):
            top = np.array([x + sign * 0.1, hips[1] + 0.2, 0.12])
            b.tube(top, top + [0.25 * p.turn, -0.95, 0.35], 0.012, (0.25, 0.25, 0.27), step_m=0.4)
    if p.pack:
        b.tube(hips + [0, 0.12, 0.22], chest + [0, -0.08, 0.2], 0.11 * s, p.gear_rgb)


@dataclass(frozen=True)
class Stander:
    """A person on the ground: place in metres (x, z, world axes), facing and gait in radians.

    vx, vz: speed in metres a second, used in videos (0 for somebody who waits).
    """

    person: Person
    x: float
    z: float
    facing: float
    stride: float
    vx: float = 0.0
    vz: float = 0.0


def standing(who: Stander, ground_y: float, time_s: float = 0.0) -> Shapes:
    """Return a standing or skiing person's solids in world coordinates at a time in seconds."""
    p, s, b = who.person, who.person.size, Builder()
    stride = who.stride * (math.cos(5 * time_s) if abs(who.vx) + abs(who.vz) > 0.05 else 1.0)
    hips = np.array([0.0, 0.88 * s, -0.03])
    chest = hips + np.array([p.side * 0.4, 0.45, 0.12 + 0.5 * max(p.lean, 0)]) * s
    b.tube(hips, (hips + chest) / 2, 0.16 * s, p.jacket, end_radius=0.18 * s)
    b.tube((hips + chest) / 2, chest, 0.18 * s, p.jacket, end_radius=0.15 * s)
    feet = []
    for sign in (-1.0, 1.0):
        swing = stride * sign
        knee = np.array([sign * 0.11, 0.48, 0.14 + 0.5 * swing]) * s
        ankle = np.array([sign * 0.12, 0.12, 0.4 * swing]) * s
        b.tube(hips + [sign * 0.08 * s, -0.02, 0], knee, 0.1 * s, p.trousers, end_radius=0.08 * s)
        b.tube(knee, ankle, 0.075 * s, p.trousers, end_radius=0.07 * s)
        b.tube(ankle, ankle + [0, -0.05 * s, 0.12 * s], 0.065 * s, (0.06, 0.06, 0.07))
        feet.append(ankle)
        shoulder = chest + [sign * 0.19 * s, 0.02, 0]
        elbow = shoulder + np.array([sign * 0.08, -0.27, -0.02 - swing * 0.4]) * s
        hand = elbow + np.array([sign * 0.02, -0.1, 0.22]) * s
        b.tube(shoulder, elbow, 0.068 * s, p.jacket)
        b.tube(elbow, hand, 0.055 * s, p.jacket)
        b.ball(hand, 0.055 * s, (0.05, 0.05, 0.055))
        if p.poles:
            b.tube(hand, hand + np.array([sign * 0.1, -0.85, -0.25]) * s, 0.012, (0.3, 0.3, 0.32), step_m=0.5)
    _head(b, p, chest + [0, 0.12 * s, 0.02], p.turn)
    _gear(b, p, (feet[0], feet[1]), 0.0, 0.0)
    if p.pack:
        b.tube(hips + [0, 0.12, -0.2], chest + [0, -0.05, -0.2], 0.13 * s, p.gear_rgb)
    c, t = math.cos(who.facing), math.sin(who.facing)
    turn = np.array([[c, 0, t], [0, 1, 0], [-t, 0, c]])
    place = np.array([who.x + who.vx * time_s, ground_y, who.z + who.vz * time_s])
    return b.build().mapped(turn, place)
