"""Drawn textures that stand behind a carrier: woods, meadows, rock, bark, snow, crowds, lattices.

A pattern is uint8[512, 512, 3] RGB in display values, as in daylight. Every one has detail of several scales:
what is seen through a seat is neither the seat nor somebody on it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np

from lifts.arrays import Float32, UInt8

SIDE = 512

Palette = tuple[tuple[int, int, int], ...]

_AUTUMN: Palette = ((52, 38, 28), (104, 62, 30), (168, 92, 30), (196, 138, 52), (120, 112, 48), (64, 72, 40))
_MEADOW: Palette = ((34, 54, 22), (70, 104, 36), (112, 140, 54), (158, 158, 80), (186, 172, 112))
_ROCK: Palette = ((40, 38, 38), (88, 84, 80), (124, 118, 110), (158, 152, 144), (196, 192, 188))
_BARK: Palette = ((26, 20, 16), (66, 50, 38), (104, 82, 62), (150, 126, 100))
_LEAVES: Palette = ((14, 22, 10), (34, 52, 20), (66, 92, 34), (110, 132, 60), (160, 172, 110))


def noise(rng: np.random.Generator, cells: tuple[int, int], octaves: int, keep: float = 0.55) -> Float32:
    """Return noise float32[512, 512] in about -1..1, coarse to fine.

    Args:
        cells: of the coarsest octave, down and across; fewer down than across give upright streaks.
        octaves: each has twice as many cells as the one before. keep: amplitude that each keeps of it.
    """
    out = np.zeros((SIDE, SIDE), np.float32)
    for k in range(octaves):
        down, across = (min(n << k, SIDE) for n in cells)
        grid = rng.standard_normal((down, across), np.float32)
        out += np.float32(keep**k) * cv2.resize(grid, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(out / np.float32(2.2 * out.std() + 1e-6), np.float32)


def coloured(values: Float32, palette: Palette) -> UInt8:
    """Return values float32[H, W] in about -1..1 as colours of a palette, from its first to its last."""
    steps = np.linspace(0, len(palette) - 1, 256)
    known = np.asarray(palette, float)
    table = np.stack([np.interp(steps, range(len(palette)), known[:, c]) for c in range(3)], 1)
    level = np.clip((values + 1) * 127.5, 0, 255).astype(np.uint8)
    return np.asarray(table.astype(np.uint8)[level])


def _speckled(img: UInt8, rng: np.random.Generator, amount: float) -> UInt8:
    grain = 1 + np.float32(amount) * rng.standard_normal((SIDE, SIDE, 1), np.float32)
    return np.asarray(np.clip(img * grain, 0, 255), np.uint8)


def conifers(rng: np.random.Generator) -> UInt8:
    """Firs before firs, far ones pale, near ones dark, with or without snow on their branches."""
    snowy = rng.uniform(0, 0.6) * (rng.random() < 0.6)
    sky = (225, 228, 232) if rng.random() < 0.6 else (150, 178, 214)
    img = np.full((SIDE, SIDE, 3), sky, np.uint8)
    for depth in np.linspace(1.0, 0.0, int(rng.integers(3, 6))):
        height = (90 + 260 * (1 - depth)) * rng.uniform(0.8, 1.3)
        dark = np.array([18, 34, 22]) * rng.uniform(0.7, 1.6)
        rgb = dark * (1 - 0.7 * depth) + np.array([120, 140, 150]) * 0.7 * depth
        for x in np.arange(-20, SIDE + 20, height * rng.uniform(0.14, 0.3)):
            foot = rng.uniform(0.5, 1.1) * SIDE
            _fir(img, rng, (x + rng.normal(0, 8), foot), height * rng.uniform(0.7, 1.25), rgb, snowy)
    return _speckled(img, rng, 0.14)


def _fir(
    img: UInt8,
    rng: np.random.Generator,
    foot: tuple[float, float],
    height: float,
    rgb: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    snowy: float,
) -> None:
    x, y = foot
    levels = int(rng.integers(9, 16))
    for k in range(levels, 0, -1):
        part = k / levels
        top, wide = y - height * (1 - part * 0.92), height * 0.19 * part
        drop = height / levels * rng.uniform(1.1, 1.9)
        edge = np.linspace(-1, 1, 7)
        low = top + drop * (1 - 0.45 * np.abs(edge)) + rng.normal(0, drop * 0.18, 7)
        across = x + edge * wide * rng.uniform(0.75, 1.25, 7)
        corners = np.stack([np.append(across, x), np.append(low, top - drop * 0.5)], 1).astype(np.int32)
        tone = rng.uniform(0.65, 1.35)
        colour = (215, 222, 232) if rng.random() < snowy else tuple((rgb * tone).tolist())
        cv2.fillPoly(img, [corners], colour)


def woods(rng: np.random.Generator) -> UInt8:
    """Autumn or summer leaves in clumps, with pale trunks and branches between them."""
    palette = _AUTUMN if rng.random() < 0.6 else _LEAVES
    clumps = noise(rng, (5, 5), 7, rng.uniform(0.62, 0.8))
    img = coloured(clumps, palette)
    bark = (150, 140, 128) if rng.random() < 0.5 else (44, 36, 30)
    for _ in range(int(rng.integers(4, 26))):
        x, lean, wide = rng.uniform(0, SIDE), rng.normal(0, 0.12), int(rng.integers(1, 9))
        cv2.line(
            img, (int(x), SIDE), (int(x + lean * SIDE), int(rng.uniform(-40, 300))), bark, wide, cv2.LINE_AA
        )
        for _ in range(int(rng.integers(0, 5))):
            at, reach = rng.uniform(0, SIDE), rng.normal(0, 90)
            start = (int(x + lean * at), int(SIDE - at))
            end = (int(x + lean * at + reach), int(SIDE - at - abs(reach) * 0.7))
            cv2.line(img, start, end, bark, max(1, wide // 3), cv2.LINE_AA)
    leaves = noise(rng, (40, 40), 4, 0.8) > rng.uniform(-0.2, 0.5)
    img[leaves] = coloured(noise(rng, (24, 24), 5, 0.8), palette)[leaves]
    return _speckled(img, rng, 0.12)


def meadow(rng: np.random.Generator) -> UInt8:
    """Grass in upright streaks, with flowers or stones."""
    streaks = 0.7 * noise(rng, (3, 60), 4, 0.8) + 0.5 * noise(rng, (4, 4), 5)
    img = coloured(np.asarray(streaks, np.float32), _MEADOW)
    spots = ((230, 220, 90), (240, 240, 236), (200, 70, 60), (140, 130, 190))[int(rng.integers(4))]
    for x, y, r in (
        rng.uniform([0, 0, 1], [SIDE, SIDE, 5], (int(rng.integers(0, 120)), 3)).astype(int).tolist()
    ):
        cv2.circle(img, (x, y), r, spots, -1, cv2.LINE_AA)
    return _speckled(img, rng, 0.1)


def rock(rng: np.random.Generator) -> UInt8:
    """Ridged rock, with snow in its hollows or scree."""
    ridges = np.asarray(1 - 2.2 * np.abs(noise(rng, (4, 4), 7, 0.6)), np.float32)
    img = coloured(ridges, _ROCK)
    if rng.random() < 0.6:
        cover = noise(rng, (5, 5), 6) > rng.uniform(0.0, 0.7)
        img[cover] = (226, 230, 238)
    return _speckled(img, rng, 0.1)


def bark(rng: np.random.Generator) -> UInt8:
    """Bark, or a wall of boards: streaks with dark cracks."""
    streaks = noise(rng, (3, 40), 5, 0.7)
    img = coloured(streaks, _BARK if rng.random() < 0.7 else _ROCK)
    if rng.random() < 0.6:
        wide = int(rng.integers(14, 70))
        for x in range(0, SIDE, wide):
            img[:, x : x + wide] = np.clip(img[:, x : x + wide] * rng.uniform(0.65, 1.3), 0, 255)
            img[:, x : x + max(1, wide // 14)] = (18, 14, 12)
    return _speckled(np.ascontiguousarray(np.rot90(img)) if rng.random() < 0.5 else img, rng, 0.08)


def tracked_snow(rng: np.random.Generator) -> UInt8:
    """Snow with ski tracks, ruts and the blue shadows of trees and pylons."""
    relief = noise(rng, (4, 4), 7, 0.6)
    img = np.clip(np.array([222, 228, 238]) * (1 + 0.09 * relief[..., None]), 0, 255).astype(np.uint8)
    shade = np.ones((SIDE, SIDE), np.float32)
    for _ in range(int(rng.integers(2, 14))):
        x, lean, wide = rng.uniform(-100, SIDE), rng.uniform(0.3, 1.3), int(rng.integers(3, 46))
        cv2.line(shade, (int(x), SIDE), (int(x + lean * SIDE), 0), rng.uniform(0.45, 0.8), wide, cv2.LINE_AA)
    shade = np.asarray(cv2.GaussianBlur(shade, (0, 0), 1.5), np.float32)
    img = np.clip(img * (shade[..., None] ** np.array([1.25, 1.1, 0.85])), 0, 255).astype(np.uint8)
    for _ in range(int(rng.integers(8, 50))):
        bend, start, lean = rng.normal(0, 60), rng.uniform(-100, SIDE + 100), rng.normal(0, 160)
        t = np.linspace(0, 1, 16)
        path = np.stack([start + lean * t + bend * np.sin(t * math.pi * rng.uniform(0.5, 3)), t * SIDE], 1)
        tone = int(rng.integers(120, 205))
        line = path.astype(np.int32)
        cv2.polylines(img, [line], False, (tone, tone + 6, tone + 14), int(rng.integers(1, 4)), cv2.LINE_AA)
    return _speckled(img, rng, 0.03)


def crowd(rng: np.random.Generator) -> UInt8:
    """A queue: people before people, their skis and poles, on snow or before a building."""
    img = tracked_snow(rng) if rng.random() < 0.6 else bark(rng)
    for foot in np.sort(rng.uniform(110, SIDE + 180, int(rng.integers(25, 90)))):
        tall = 40 + 0.26 * foot * rng.uniform(0.7, 1.15)
        x = rng.uniform(0, SIDE)
        jacket, trousers, helmet = (_cloth(rng) for _ in range(3))
        half = tall * 0.13
        for side in (-1, 1):
            hip, heel = (
                (int(x + side * half * 0.4), int(foot - tall * 0.45)),
                (int(x + side * half * 0.6), int(foot)),
            )
            cv2.line(img, hip, heel, trousers, max(1, int(half * 0.6)), cv2.LINE_AA)
            toe = (heel[0] + int(tall * rng.normal(0, 0.3)), heel[1] + int(tall * 0.06))
            cv2.line(img, heel, toe, helmet, max(1, int(tall * 0.03)), cv2.LINE_AA)
            pole = (int(x + side * half * 2), int(foot))
            cv2.line(img, (int(x + side * half), int(foot - tall * 0.5)), pole, (60, 60, 64), 1, cv2.LINE_AA)
        body = (int(x), int(foot - tall * 0.62))
        cv2.ellipse(
            img, body, (int(half), int(tall * 0.21)), rng.normal(0, 8), 0, 360, jacket, -1, cv2.LINE_AA
        )
        head = (int(x + rng.normal(0, 2)), int(foot - tall * 0.9))
        cv2.circle(img, head, max(2, int(tall * 0.085)), helmet, -1, cv2.LINE_AA)
        if rng.random() < 0.5:
            cv2.circle(
                img, (head[0], head[1] + 2), max(1, int(tall * 0.05)), (196, 150, 126), -1, cv2.LINE_AA
            )
    return _speckled(img, rng, 0.08)


def _cloth(rng: np.random.Generator) -> tuple[int, int, int]:
    if rng.random() < 0.4:
        dark = int(rng.integers(14, 70))
        return dark, dark, dark + 6
    pure, grey = rng.integers(20, 235, 3), int(rng.integers(30, 170))
    r, g, b = (pure * 0.55 + grey * 0.45).astype(int).tolist()
    return r, g, b


def lattice(rng: np.random.Generator) -> UInt8:
    """Girders, railings, nets and stairs: straight lines that are no bar."""
    img = coloured(noise(rng, (3, 3), 5), _ROCK if rng.random() < 0.7 else _LEAVES)
    for _ in range(int(rng.integers(1, 4))):
        tone = int(rng.integers(20, 220))
        colour = (tone, tone, tone) if rng.random() < 0.7 else _cloth(rng)
        gap, wide = rng.uniform(18, 150), int(rng.integers(1, 14))
        for angle in rng.choice(
            [0.0, 0.5, 0.8, 1.57, 2.3, 2.6], int(rng.integers(1, 3)), replace=False
        ).tolist():
            normal = np.array([-math.sin(angle), math.cos(angle)])
            along = np.array([math.cos(angle), math.sin(angle)]) * SIDE
            for k in np.arange(-SIDE, SIDE, gap):
                middle = np.array([SIDE, SIDE]) / 2 + normal * k
                ends = [tuple(int(v) for v in middle + along * sign) for sign in (-1, 1)]
                cv2.line(img, ends[0], ends[1], colour, wide, cv2.LINE_AA)
                if wide > 4:  # a round bar has a lit side
                    lit = [(x, y - wide // 4) for x, y in ends]
                    cv2.line(img, lit[0], lit[1], tuple(min(255, v + 40) for v in colour), 1, cv2.LINE_AA)
    return _speckled(img, rng, 0.06)


PATTERNS: dict[str, Callable[[np.random.Generator], UInt8]] = {
    "conifers": conifers,
    "woods": woods,
    "meadow": meadow,
    "rock": rock,
    "bark": bark,
    "snow": tracked_snow,
    "crowd": crowd,
    "lattice": lattice,
}
"""All patterns by name."""
