"""Sampling of a passage's circumstances, which `passage` defines."""

from __future__ import annotations

import math

import numpy as np

from lifts.arrays import Float64
from ml.scene.lift import LiftScene
from ml.scene.passage import (
    CLOSED_BELOW,
    Circumstances,
    LightKind,
    Neighbour,
    Slip,
    bearable,
)
from ml.scene.world.people import Person, Stander, sample_person

HALF_LOWERED = 0.07
"""Share of open bars that are moving up or down as the carrier passes."""


def sample_riders(rng: np.random.Generator, seats: int, occupied: bool) -> tuple[Person | None, ...]:
    """Draw who sits where: a full bench (45 %), one alone (20 %), or every seat by chance."""
    if not occupied:
        return (None,) * seats
    pick, family = rng.random(), rng.random() < 0.15
    taken = np.ones(seats, bool) if pick < 0.45 else rng.random(seats) < rng.uniform(0.3, 0.9)
    if pick > 0.8:
        taken[:] = False
    if not taken.any():
        taken[int(rng.integers(seats))] = True
    return tuple(
        sample_person(rng, child=True if family and rng.random() < 0.7 else None) if t else None
        for t in taken
    )


def sample_opening(rng: np.random.Generator, is_open: bool, half_lowered: float = HALF_LOWERED) -> float:
    """Draw a bar angle: closed 0..0.06 (rarely to 0.12); open near 1, and some half-lowered (0.3..0.9)."""
    if not is_open:
        return float(min(abs(rng.normal(0, 0.025)), CLOSED_BELOW))
    return float(
        rng.uniform(0.3, 0.9) if rng.random() < half_lowered else np.clip(rng.normal(0.99, 0.02), 0.92, 1.03)
    )


def _standers(rng: np.random.Generator, scene: LiftScene) -> tuple[Stander, ...]:
    """Draw people on the ground: a queue behind or beside the line, rarely in front of the camera."""
    out = []
    to_eye = scene.eye.position * [1, 0, 1]
    distance = float(np.linalg.norm(to_eye))
    to_eye = to_eye / distance
    across = np.array([-to_eye[2], 0, to_eye[0]])
    crowd = int(rng.choice([0, 1, 3, 6], p=[0.4, 0.25, 0.22, 0.13]))
    for _ in range(crowd):
        at = -to_eye * rng.uniform(1.8, 12) + across * rng.normal(0, 3.0)
        if abs(at[0]) > scene.spec.half_m + 0.6 or at[2] < -3.5 or at[2] > 4:
            out.append(_stander(rng, at))
    if rng.random() < 0.18:  # in front of the carrier, seen from the camera
        reach = scene.spec.half_m + 0.6
        for _ in range(int(rng.integers(1, 4))):
            near = float(rng.uniform(0.3, 0.55)) * distance
            at = to_eye * near + across * rng.choice([-1, 1]) * rng.uniform(0.35, 1.3) * reach * (
                1 - near / distance * 0.6
            )
            if np.linalg.norm(at) > 1.6 and abs(at[0]) > reach * 0.5:
                out.append(_stander(rng, at))
    return tuple(out)


def _stander(rng: np.random.Generator, at: Float64) -> Stander:
    """Draw a person at a place float64[3], and which way they face."""
    person = sample_person(rng)
    return Stander(
        person, float(at[0]), float(at[2]), float(rng.uniform(-3.1, 3.1)), float(rng.normal(0, 0.25))
    )


def _neighbours(rng: np.random.Generator, scene: LiftScene) -> tuple[Neighbour, ...]:
    """Draw the carriers before and behind, which are always present, and sometimes one coming down."""
    out = []
    for k in (-1, 1):
        riders = sample_riders(rng, scene.spec.seats, bool(rng.random() < 0.6))
        out.append(
            Neighbour(k * scene.spacing_m, False, sample_opening(rng, bool(rng.random() < 0.6)), riders)
        )
    if rng.random() < 0.3:
        empty: tuple[Person | None, ...] = (None,) * scene.spec.seats
        out.append(Neighbour(float(rng.uniform(-6, 6)), True, float(rng.random() < 0.5), empty))
    return tuple(out)


def sample_slips(
    lift: LiftScene, rng: np.random.Generator, *, each_by_itself: bool = False
) -> tuple[Slip, Slip, Slip]:
    """Draw registration errors as the service's own registration makes them, canonical pixels.

    Measured by `python -m tests.tools.registration_errors`: they lie along the carrier's motion, since begin
    and end are found by the time that has passed since the middle; at both ends every lift has an offset of
    its own (2.5 px) and a spread (3.5 px), in the middle 1.4 px; across the motion 1.1 px, scale 1 %.
    each_by_itself: begin and end are registered as the middle is, by what they show.
    """
    offsets = np.random.default_rng([lift.seed, 5]).normal(0, 0.0 if each_by_itself else 2.5, 2)
    ends = 1.4 if each_by_itself else 3.5
    out = []
    for direction, offset, spread in zip(
        lift.motions, (offsets[0], 0.0, offsets[1]), (ends, 1.4, ends), strict=True
    ):
        along = float(np.clip(rng.normal(offset, spread), -14, 14))
        across = float(rng.normal(0, 1.1))
        dx, dy = along * direction + across * np.array([-direction[1], direction[0]])
        scale, angle = float(np.exp(rng.normal(0, 0.01))), float(rng.normal(0, 0.004))
        out.append(Slip(float(dx), float(dy), scale, angle))
    return out[0], out[1], out[2]


def sample_conditions(
    lift: LiftScene,
    rng: np.random.Generator,
    *,
    is_open: bool | None = None,
    occupied: bool | None = None,
    half_lowered: float = HALF_LOWERED,
    each_by_itself: bool = False,
) -> Circumstances:
    """Draw one passage's circumstances; state and occupancy are drawn too (half, 70 %) unless given.

    half_lowered: share of open bars that are moving, 0..1.
    each_by_itself: how pictures are registered, see `sample_slips`.
    """
    open_ = bool(rng.random() < 0.5) if is_open is None else is_open
    taken = bool(rng.random() < 0.7) if occupied is None else occupied
    kind: LightKind = ("sun", "overcast", "flat", "dusk", "night", "backlight")[
        int(rng.choice(6, p=[0.26, 0.24, 0.18, 0.1, 0.13, 0.09]))
    ]
    behind = math.atan2(-lift.eye.position[0], -lift.eye.position[2])
    azimuth = behind + rng.normal(0, 0.5) if kind == "backlight" else rng.uniform(-math.pi, math.pi)
    night = kind == "night"

    def draw_factor(chance: float, low: float, high: float) -> float:
        """Draw a factor with the given probability, and 0 otherwise."""
        value = rng.uniform(low, high)
        return float(value) if rng.random() < chance else 0.0

    snow = draw_factor(0.27, 0.05, 1.0)
    hard = rng.random() < 0.05  # a few passages under all at once
    drawn = Circumstances(
        opening=sample_opening(rng, open_, half_lowered),
        riders=sample_riders(rng, lift.spec.seats, taken),
        pitch=float(rng.normal(0, 0.008)),  # guide rails hold it in the station
        roll=float(rng.normal(0, 0.004)),
        bubble=float(lift.spec.bubble and not open_ and rng.random() < 0.3),
        light=kind,
        sun_azimuth=float(azimuth),
        sun_height=float(rng.uniform(1.0, 1.45) if night else rng.uniform(0.2, 1.0)),
        light_level=float(rng.uniform(0.35, 1.3) if night else rng.uniform(0.75, 1.1)),
        exposure=float(np.clip(np.exp(rng.normal(-0.1, 0.28)), 0.45, 1.9)),
        warmth=float(np.clip(rng.normal(0, 0.06), -0.25, 0.25)),
        saturation=float(rng.uniform(0.5, 1.2)),
        grey=bool(rng.random() < (0.35 if night else 0.05)),
        sunlit=float(1 - lift.under_roof),
        fog_per_m=draw_factor(0.2, 0.01, 0.6 / max(4.0, float(np.linalg.norm(lift.eye.position))) + 0.02)
        * (1.8 if hard else 1),
        snow=snow,
        snow_size=float(rng.uniform(0.5, 2.2)),
        snow_streak=float(rng.uniform(0, 1) ** 2 * 12),
        rain=draw_factor(0.04, 0.2, 1.0),
        drops=draw_factor(0.1, 0.1, 1.0),
        frost=draw_factor(0.06, 0.2, 1.0),
        glare=draw_factor(0.5 if kind == "backlight" else 0.06, 0.15, 0.8),
        veil=draw_factor(0.15, 0.02, 0.2),
        blur_px=float(rng.gamma(1.5, 0.25)),
        motion_px=draw_factor(0.2, 0.5, 4.0),
        zoom=float(rng.uniform(0.45, 1.0)) if rng.random() < 0.33 else 1.0,
        sharpen=draw_factor(0.4, 0.2, 1.6),
        noise=float(
            min(rng.gamma(1.3, 0.011) * (2.0 if night or kind == "dusk" else 1) * (1.5 if hard else 1), 0.1)
        ),
        chroma=float(rng.uniform(0, 0.8)),
        band=draw_factor(0.06, 0.03, 0.15),
        interlace=draw_factor(0.05, 0.5, 2.5),
        quality=int(rng.integers(18, 45) if rng.random() < 0.2 else rng.integers(40, 96)),
        blocks=draw_factor(0.16, 0.2, 1.0),
        vignette=draw_factor(0.5 if night else 0.2, 0.15, 0.75 if night else 0.45),
        contrast=float(rng.uniform(0.75, 1.2)),
        slips=sample_slips(lift, rng, each_by_itself=each_by_itself),
        standers=_standers(rng, lift),
        neighbours=_neighbours(rng, lift),
        crf=int(rng.integers(20, 40)) if rng.random() < 0.35 else 0,
        rime=draw_factor(0.12, 0.1, 0.9),
        lamp_m=float(rng.uniform(3, 12)) if night else 0.0,
        lamps=int(rng.integers(1, 5)) if rng.random() < {"night": 0.7, "dusk": 0.4}.get(kind, 0.0) else 0,
        lens=int(rng.integers(2**31)),
    )
    return drawn if hard else bearable(drawn, lift.depth_m)
