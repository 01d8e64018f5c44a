"""A passage's circumstances: people, bar, light, weather, lens, sensor and registration."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ml.scene.lift import LiftScene
from ml.scene.world.people import Person, Stander
from ml.scene.world.raster import Light
from ml.scene.world.shapes import Rgb

CLOSED_BELOW = 0.12
"""A bar is closed only if its opening fraction is at most this; anything higher is open."""

LightKind = Literal["sun", "overcast", "flat", "dusk", "night", "backlight"]


@dataclass(frozen=True)
class Slip:
    """A registration error: shift in canonical pixels (+-14), scale (0.95..1.05), angle (+-0.02)."""

    dx: float = 0.0
    dy: float = 0.0
    scale: float = 1.0
    angle: float = 0.0


@dataclass(frozen=True)
class Neighbour:
    """Another carrier in the picture.

    offset_m: its distance from the watched carrier along the line, metres. down: whether it rides in the
    opposite direction, on the other side of the line. opening: of its bar. riders: one entry per seat.
    """

    offset_m: float
    down: bool
    opening: float
    riders: tuple[Person | None, ...]


@dataclass(frozen=True)
class Circumstances:
    """One passage's circumstances; 0 switches a factor off wherever a range starts at 0.

    Attributes:
        opening: bar angle, 0 closed .. 1 fully open (to 1.03).
        riders: one entry a seat, None where empty.
        pitch, roll: the carrier's swing, radians (+-0.06, +-0.03).
        bubble: hood, 0 lifted .. 1 lowered.
        light: kind of light, with azimuth and elevation of the sun (or lamp) in radians.
        lamp_m: distance of the lamp in that direction at night, 3..12 m (0: far away).
        lamps: number of further lamps that are lit, 0..4.
        light_level: brightness before exposure errors (0.02..1.2); exposure: 0.4..2.2.
        warmth: white balance, -0.25 (blue) .. 0.25 (orange); saturation 0.4..1.3; grey: night camera.
        sunlit: share of the sun that reaches the carrier, 0..1 (0 under a roof).
        fog_per_m: extinction 0..0.12.
        snow: flakes 0..1 (to 900), snow_size 0.5..3 px, snow_streak 0..14 px; rain 0..1.
        drops, frost, glare, veil: lens, 0..1.
        blur_px: optics 0..1.8 px; motion_px 0..6 px; zoom: resolution 0.35..1; sharpen 0..1.6.
        noise: 0..0.09 of full scale; chroma: share of colour noise 0..1; band: rolling light 0..0.15;
        interlace: comb offset 0..3 px; quality: JPEG 12..95; blocks: blocky coding 0..1.
        crf: H.264 instead of JPEG, 18 (fine) .. 42 (coarse), 0 for none.
        vignette 0..0.8; contrast 0.6..1.3.
        lens: seed of the wind and of the places of drops, frost and glare.
        slips: registration errors at begin, middle, end.
        rime: hoar frost and ice on carrier and bar, 0..1.
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
    crf: int = 0
    rime: float = 0.0
    lamp_m: float = 0.0
    lamps: int = 0
    lens: int = 0

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


def plain(scene: LiftScene, opening: float) -> Circumstances:
    """Return an empty carrier in flat light with no disturbance at all."""
    return Circumstances(opening=opening, riders=(None,) * scene.spec.seats)


def light_of(c: Circumstances) -> Light:
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
        c.lamp_m,
    )


def bearable(c: Circumstances, depth_m: float, most: float = 1.5) -> Circumstances:
    """Return the conditions with all obstructions scaled down together until a careful human can decide.

    Their sum (optical depth of the fog at depth_m, flakes, veil, noise, darkness, lost resolution) is then at
    most `most`. Each of them occurs at stations, but rarely all at once.
    """
    dark = max(0.0, 0.9 - c.light_level * c.exposure) if c.light in ("night", "dusk") else 0.0
    load = c.fog_per_m * depth_m + 0.9 * c.snow + 3 * c.veil + 14 * c.noise + 0.6 * c.glare + 0.5 * c.frost
    load += 0.04 * max(0, c.crf - 26)
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
        crf=round(26 + (c.crf - 26) * k) if c.crf > 26 else c.crf,
        zoom=1 - (1 - c.zoom) * k,
        light_level=c.light_level + dark * (1 - k),
    )
