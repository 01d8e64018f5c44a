"""What varies from passage to passage: people, bar, light, weather, lens, sensor and registration."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ml.scene.lift import LiftScene
from ml.scene.people import Person, Stander, sample_person
from ml.scene.shapes import Light, Rgb

CLOSED_BELOW = 0.12
"""A bar is closed only if its opening fraction is at most this; anything higher is open."""

LightKind = Literal["sun", "overcast", "flat", "dusk", "night", "backlight"]


@dataclass(frozen=True)
class Slip:
    """A registration error: shift in canonical pixels (about +-6), scale (0.95..1.05), angle (+-0.05)."""

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    angle: float = 0.0


@dataclass(frozen=True)
class Neighbour:
    """Another carrier in the picture: its way along the line in metres from the watched one, or on the
    other side of the line (`down`, riding the other way), its bar's opening and its riders."""

    offset_m: float
    down: bool
    opening: float
    riders: tuple[Person | None, ...]


@dataclass(frozen=True)
class Conditions:
    """One passage's circumstances; 0 switches a factor off wherever a range starts at 0.

    Attributes:
        opening: bar angle, 0 closed .. 1 fully open (to 1.03).
        riders: one entry a seat, None where empty.
        pitch, roll: the carrier's swing, radians (+-0.06, +-0.03).
        bubble: hood, 0 lifted .. 1 lowered.
        light: kind of light, with azimuth and elevation of the sun (or lamp) in radians.
        light_level: brightness before exposure errors (0.02..1.2); exposure: 0.4..2.2.
        warmth: white balance, -0.25 (blue) .. 0.25 (orange); saturation 0.4..1.3; grey: night camera.
        sunlit: sun that reaches the carrier 0..1 (0 under a roof).
        fog_per_m: extinction 0..0.12.
        snow: flakes 0..1 (to 900), snow_size 0.5..3 px, snow_streak 0..14 px; rain 0..1.
        drops, frost, glare, veil: lens, 0..1.
        blur_px: optics 0..1.8 px; motion_px 0..6 px; zoom: resolution 0.35..1; sharpen 0..1.6.
        noise: 0..0.09 of full scale; chroma: share of colour noise 0..1; band: rolling light 0..0.15;
        interlace: comb offset 0..3 px; quality: JPEG 12..95; blocks: blocky coding 0..1.
        vignette 0..0.8; contrast 0.6..1.3.
        slips: registration errors at begin, middle, end.
        standers: people on the ground; neighbours: other carriers.
    """

    opening: float
    riders: tuple[Person | None, ...]
    pitch: float = 0.0
    roll: float = 0.0
    bubble: float = 0.0
    light: LightKind = "overcast"
    sun_azimuth: float = 0.6
    sun_height: float = 0.7
    light_level: float = 1.0
    exposure: float = 1.0
    warmth: float = 0.0
    saturation: float = 1.0
    grey: bool = False
    sunlit: float = 1.0
    fog_per_m: float = 0.0
    snow: float = 0.0
    snow_size: float = 1.0
    snow_streak: float = 0.0
    rain: float = 0.0
    drops: float = 0.0
    frost: float = 0.0
    glare: float = 0.0
    veil: float = 0.0
    blur_px: float = 0.0
    motion_px: float = 0.0
    zoom: float = 1.0
    sharpen: float = 0.0
    noise: float = 0.0
    chroma: float = 0.3
    band: float = 0.0
    interlace: float = 0.0
    quality: int = 95
    blocks: float = 0.0
    vignette: float = 0.0
    contrast: float = 1.0
    slips: tuple[Slip, Slip, Slip] = (Slip(), Slip(), Slip())
    standers: tuple[Stander, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def is_open(self) -> bool:
        """Open unless the bar is fully down: opening > CLOSED_BELOW."""
        return self.opening > CLOSED_BELOW

    @property
    def seats_occupied(self) -> tuple[bool, ...]:
        """One flag a seat."""
        return tuple(rider is not None for rider in self.riders)

    @property
    def occupied(self) -> bool:
        """Whether anybody sits on the carrier."""
        return any(self.seats_occupied)


def plain(scene: LiftScene, opening: float) -> Conditions:
    """Return an empty carrier in flat light with no disturbance at all."""
    return Conditions(opening=opening, riders=(None,) * scene.spec.seats)


def light_of(c: Conditions) -> Light:
    """Return the light that shades a passage's scene."""
    az, h = c.sun_azimuth, c.sun_height
    sun = (math.cos(h) * math.sin(az), math.sin(h), math.cos(h) * math.cos(az))
    k = c.light_level
    table: dict[LightKind, tuple[float, Rgb, Rgb, Rgb]] = {
        # sun strength, sun colour, sky, light from below (snow)
        "sun": (1.05, (1.0, 0.95, 0.86), (0.4, 0.5, 0.68), (0.4, 0.4, 0.42)),
        "overcast": (0.0, (0, 0, 0), (0.85, 0.9, 0.97), (0.42, 0.43, 0.46)),
        "flat": (0.12, (1, 1, 1), (0.72, 0.76, 0.82), (0.56, 0.58, 0.6)),
        "dusk": (0.12, (1.0, 0.6, 0.4), (0.32, 0.38, 0.52), (0.18, 0.2, 0.27)),
        "night": (0.75, (1.0, 0.86, 0.62), (0.11, 0.115, 0.13), (0.16, 0.15, 0.13)),
        "backlight": (1.2, (1.0, 0.94, 0.85), (0.42, 0.48, 0.58), (0.3, 0.31, 0.33)),
    }
    power, sun_rgb, sky, ground = table[c.light]
    tint = np.array([1 + c.warmth, 1.0, 1 - c.warmth])

    def lit(rgb: Rgb, factor: float) -> Rgb:
        r, g, b = (np.asarray(rgb) * tint * factor * k).tolist()
        return (r, g, b)

    haze = {"night": 0.12, "dusk": 0.22}.get(c.light, 0.75)
    return Light(
        sun,
        lit(sun_rgb, power),
        lit(sky, 1.0),
        lit(ground, 1.0),
        lit((haze, haze, haze), 1.0),
        c.fog_per_m,
        c.exposure,
    )


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


def sample_opening(rng: np.random.Generator, is_open: bool) -> float:
    """Draw a bar angle: closed 0..0.06 (rarely to 0.12); open near 1, and half-lowered in 7 % (0.3..0.9)."""
    if not is_open:
        return float(min(abs(rng.normal(0, 0.025)), CLOSED_BELOW))
    return float(
        rng.uniform(0.3, 0.9) if rng.random() < 0.07 else np.clip(rng.normal(0.99, 0.02), 0.92, 1.03)
    )


def _standers(rng: np.random.Generator, scene: LiftScene) -> tuple[Stander, ...]:
    """Draw people on the ground: a queue behind or beside the line, seldom before the camera."""
    out = []
    to_eye = scene.eye.position * [1, 0, 1]
    distance = float(np.linalg.norm(to_eye))
    to_eye = to_eye / distance
    across = np.array([-to_eye[2], 0, to_eye[0]])
    crowd = int(rng.choice([0, 1, 3, 6], p=[0.4, 0.25, 0.22, 0.13]))
    for _ in range(crowd):
        at = -to_eye * rng.uniform(1.8, 12) + across * rng.normal(0, 3.0)
        if abs(at[0]) > scene.spec.half_m + 0.6 or at[2] < -3.5 or at[2] > 4:
            out.append(
                Stander(
                    sample_person(rng),
                    float(at[0]),
                    float(at[2]),
                    float(rng.uniform(-3.1, 3.1)),
                    float(rng.normal(0, 0.25)),
                )
            )
    if rng.random() < 0.18:  # in front of the carrier, seen from the camera
        reach = scene.spec.half_m + 0.6
        for _ in range(int(rng.integers(1, 4))):
            near = float(rng.uniform(0.3, 0.55)) * distance
            at = to_eye * near + across * rng.choice([-1, 1]) * rng.uniform(0.35, 1.3) * reach * (
                1 - near / distance * 0.6
            )
            if np.linalg.norm(at) > 1.6 and abs(at[0]) > reach * 0.5:
                out.append(
                    Stander(
                        sample_person(rng),
                        float(at[0]),
                        float(at[2]),
                        float(rng.uniform(-3.1, 3.1)),
                        float(rng.normal(0, 0.25)),
                    )
                )
    return tuple(out)


def _neighbours(rng: np.random.Generator, scene: LiftScene) -> tuple[Neighbour, ...]:
    out = []
    if rng.random() < 0.45:
        for k in (-1, 1):
            riders = sample_riders(rng, scene.spec.seats, bool(rng.random() < 0.6))
            out.append(
                Neighbour(k * scene.spacing_m, False, sample_opening(rng, bool(rng.random() < 0.6)), riders)
            )
    if rng.random() < 0.3:
        empty: tuple[Person | None, ...] = (None,) * scene.spec.seats
        out.append(Neighbour(float(rng.uniform(-6, 6)), True, float(rng.random() < 0.5), empty))
    return tuple(out)


def _slip(rng: np.random.Generator, size: float) -> Slip:
    dx, dy = rng.normal(0, 1.7 * size, 2).clip(-7, 7)
    return Slip(
        float(dx), float(dy), float(np.exp(rng.normal(0, 0.013 * size))), float(rng.normal(0, 0.01 * size))
    )


def sample_conditions(
    lift: LiftScene,
    rng: np.random.Generator,
    *,
    is_open: bool | None = None,
    occupied: bool | None = None,
) -> Conditions:
    """Draw one passage's circumstances; state and occupancy are drawn too (half, 70 %) unless given."""
    open_ = bool(rng.random() < 0.5) if is_open is None else is_open
    taken = bool(rng.random() < 0.7) if occupied is None else occupied
    kind: LightKind = ("sun", "overcast", "flat", "dusk", "night", "backlight")[
        int(rng.choice(6, p=[0.26, 0.24, 0.18, 0.1, 0.13, 0.09]))
    ]
    behind = math.atan2(-lift.eye.position[0], -lift.eye.position[2])
    azimuth = behind + rng.normal(0, 0.5) if kind == "backlight" else rng.uniform(-math.pi, math.pi)
    night = kind == "night"

    def some(chance: float, low: float, high: float) -> float:
        """Draw a factor that is mostly off."""
        value = rng.uniform(low, high)
        return float(value) if rng.random() < chance else 0.0

    snow = some(0.27, 0.05, 1.0)
    hard = rng.random() < 0.05  # a few passages under all at once
    drawn = Conditions(
        opening=sample_opening(rng, open_),
        riders=sample_riders(rng, lift.spec.seats, taken),
        pitch=float(rng.normal(0, 0.018)),
        roll=float(rng.normal(0, 0.008)),
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
        fog_per_m=some(0.2, 0.01, 0.6 / max(4.0, float(np.linalg.norm(lift.eye.position))) + 0.02)
        * (1.8 if hard else 1),
        snow=snow,
        snow_size=float(rng.uniform(0.5, 2.2)),
        snow_streak=float(rng.uniform(0, 1) ** 2 * 12),
        rain=some(0.04, 0.2, 1.0),
        drops=some(0.1, 0.1, 1.0),
        frost=some(0.06, 0.2, 1.0),
        glare=some(0.5 if kind == "backlight" else 0.06, 0.15, 0.8),
        veil=some(0.15, 0.02, 0.2),
        blur_px=float(rng.gamma(1.5, 0.25)),
        motion_px=some(0.2, 0.5, 4.0),
        zoom=float(rng.uniform(0.45, 1.0)) if rng.random() < 0.33 else 1.0,
        sharpen=some(0.4, 0.2, 1.6),
        noise=float(
            min(rng.gamma(1.3, 0.011) * (2.0 if night or kind == "dusk" else 1) * (1.5 if hard else 1), 0.1)
        ),
        chroma=float(rng.uniform(0, 0.8)),
        band=some(0.06, 0.03, 0.15),
        interlace=some(0.05, 0.5, 2.5),
        quality=int(rng.integers(18, 45) if rng.random() < 0.2 else rng.integers(40, 96)),
        blocks=some(0.16, 0.2, 1.0),
        vignette=some(0.5 if night else 0.2, 0.15, 0.75 if night else 0.45),
        contrast=float(rng.uniform(0.75, 1.2)),
        slips=(_slip(rng, 1.2), _slip(rng, 1.0), _slip(rng, 1.2)),
        standers=_standers(rng, lift),
        neighbours=_neighbours(rng, lift),
    )
    return drawn if hard else bearable(drawn, lift.depth_m)


def bearable(c: Conditions, depth_m: float, most: float = 1.5) -> Conditions:
    """Return the conditions with their obstructions shrunk together until a careful human can decide.

    The sum of what hides the carrier (optical depth of the fog at depth_m, flakes, veil, noise, darkness,
    lost resolution) is at most `most`; stations see any of them, but seldom all at once.
    """
    dark = max(0.0, 0.9 - c.light_level * c.exposure) if c.light in ("night", "dusk") else 0.0
    load = c.fog_per_m * depth_m + 0.9 * c.snow + 3 * c.veil + 14 * c.noise + 0.6 * c.glare + 0.5 * c.frost
    load += dark + (1 - c.zoom) + 0.35 * c.blur_px + 0.12 * c.motion_px + 0.5 * c.blocks
    if load <= most:
        return c
    k = most / load
    return replace(
        c,
        fog_per_m=c.fog_per_m * k,
        snow=c.snow * k,
        veil=c.veil * k,
        noise=c.noise * k,
        glare=c.glare * k,
        frost=c.frost * k,
        blur_px=c.blur_px * k,
        motion_px=c.motion_px * k,
        blocks=c.blocks * k,
        zoom=1 - (1 - c.zoom) * k,
        light_level=c.light_level + dark * (1 - k),
    )
