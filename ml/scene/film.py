"""Weather, lens and sensor of a video, computed cheaply for every frame.

What stays the same in all frames (veil, frost, glare, vignette, drops on the glass) is worked out once.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from lifts.arrays import Float32, Float64, UInt8
from ml.scene.lift import HEIGHT, WIDTH
from ml.scene.optics import flared, frosted, resolved, saturated, sharpened, toned
from ml.scene.passage import Circumstances

_DROP_SHIFT = (14, 9)  # what is seen through a drop lies elsewhere


class Film:
    """Turns drawn frames into a camera's. The generator draws what is constant, then each frame's grain."""

    def __init__(self, c: Circumstances, rng: np.random.Generator) -> None:
        self._c = c
        self._gain, self._offset = _lens(c, rng)
        self._flakes = _flakes(c, rng)
        self._grain = _grain(c, rng)
        self._streaks = _streaks(c, rng)
        self._drops = _drops(c, rng)
        self._rng = rng

    def expose(self, img: UInt8, t: float) -> UInt8:
        """Apply weather, lens and sensor to a frame uint8[720, 1280, 3] at a time in seconds."""
        c = self._c
        if len(self._flakes):
            img = _snow(img, self._flakes, c, t)
        if len(self._streaks):
            img = _rain(img, self._streaks, t)
        if self._drops is not None:
            behind = np.roll(cv2.blur(img, (13, 13)), _DROP_SHIFT, (0, 1))
            clear = cv2.multiply(img, cv2.bitwise_not(self._drops), scale=1 / 255)
            img = np.asarray(cv2.add(clear, cv2.multiply(behind, self._drops, scale=1 / 255)), np.uint8)
        img = saturated(resolved(img, c), c.saturation)
        if c.grey:
            grey = cv2.cvtColor(img, cv2.COLOR_RGB2GRAY)
            img = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)
        toned_img = cv2.add(cv2.multiply(img.astype(np.float32), self._gain), self._offset)
        out = np.asarray(np.clip(toned_img, 0, 255), np.uint8)
        if len(self._grain):
            dy, dx = (int(v) for v in self._rng.integers(0, 64, 2))
            more, less = (g[dy : dy + HEIGHT, dx : dx + WIDTH] for g in self._grain)
            out = np.asarray(cv2.subtract(cv2.add(out, more), less), np.uint8)
        return sharpened(out, c.sharpen)


def _streaks(c: Circumstances, rng: np.random.Generator) -> Float64:
    """Return rain float64[N, 5]: x, y, slant (dx over dy), length in pixels, brightness."""
    n = int(c.rain * 900)
    if not n:
        return np.zeros((0, 5))
    slant = rng.normal(0, 0.15) + rng.normal(0, 0.02, n)
    place = rng.uniform([0, 0], [WIDTH, HEIGHT + 80], (n, 2))
    return np.column_stack([place, slant, rng.uniform(15, 60, n), rng.uniform(25, 80, n)])


def _rain(img: UInt8, streaks: Float64, t: float) -> UInt8:
    """Blend streaks over a frame; they fall 2400 pixels a second."""
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    bottom = np.mod(streaks[:, 1] + 2400 * t, HEIGHT + 80)
    left = np.mod(streaks[:, 0] + streaks[:, 2] * 2400 * t, WIDTH)
    for x, y, slant, length, bright in np.column_stack([left, bottom, streaks[:, 2:]]).tolist():
        start = (int(x - slant * length), int(y - length))
        cv2.line(cover, start, (int(x), int(y)), bright, 1, cv2.LINE_AA)
    alpha = cv2.merge([cover, cover, cover])
    kept = cv2.multiply(img, cv2.bitwise_not(alpha), scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.convertScaleAbs(alpha, alpha=200 / 255)), np.uint8)


def _drops(c: Circumstances, rng: np.random.Generator) -> UInt8 | None:
    """Return where drops sit on the glass, uint8[720, 1280, 3] of 0 to 217, or None."""
    if not c.drops:
        return None
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(int(8 + c.drops * 60)):
        r = rng.uniform(8, 34)
        at = (int(rng.uniform(0, WIDTH)), int(rng.uniform(0, HEIGHT)))
        axes = (int(r), int(r * rng.uniform(0.8, 1.4)))
        cv2.ellipse(cover, at, axes, 0, 0, 360, 217, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(cover, (0, 0), 3.0)
    return np.asarray(cv2.merge([soft, soft, soft]), np.uint8)


def _lens(c: Circumstances, rng: np.random.Generator) -> tuple[Float32, Float32]:
    """Return gain and offset float32[720, 1280, 3]: veil, frost, glare, vignette and contrast are affine."""
    state = rng.bit_generator.state
    ends = []
    for level in (0.0, 255.0):
        rng.bit_generator.state = state  # the same frost and glare on both
        img = np.full((HEIGHT, WIDTH, 3), level, np.float32)
        if c.frost or c.veil:
            img = frosted(img, c, rng)
        if c.glare:
            img = flared(img, c.glare, rng)
        ends.append(toned(img, replace(c, saturation=1.0, interlace=0.0)))
    return np.asarray((ends[1] - ends[0]) / 255, np.float32), np.asarray(ends[0], np.float32)


def _grain(c: Circumstances, rng: np.random.Generator) -> tuple[UInt8, ...]:
    """Return brighter and darker noise, uint8[784, 1344, 3] each; frames cut other parts of it."""
    if c.noise < 0.004:
        return ()
    noise = rng.standard_normal((HEIGHT + 64, WIDTH + 64, 1), np.float32)
    noise = noise + np.float32(0.5 * c.chroma) * rng.standard_normal((HEIGHT + 64, WIDTH + 64, 3), np.float32)
    noise = noise * np.float32(255 * c.noise)
    return np.clip(noise, 0, 255).astype(np.uint8), np.clip(-noise, 0, 255).astype(np.uint8)


def _flakes(c: Circumstances, rng: np.random.Generator) -> Float64:
    """Return flakes float64[N, 6]: x, y, speed x and y in pixels a second, radius, brightness."""
    n = int(c.snow**1.5 * 5000)
    size = np.minimum(c.snow_size * 1.6 * rng.lognormal(-0.35, 0.5, n), 9.0)
    fall = 90 + 130 * size * rng.uniform(0.7, 1.3, n)
    wind = rng.normal(0, 60) * (0.4 + size / 2) + rng.normal(0, 12, n)
    place = rng.uniform([0, 0], [WIDTH + 40, HEIGHT + 40], (n, 2))
    return np.column_stack([place, wind, fall, size, rng.uniform(90, 255, n)])


def _snow(img: UInt8, flakes: Float64, c: Circumstances, t: float) -> UInt8:
    """Blend falling flakes over a frame."""
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    at = np.mod(flakes[:, :2] + flakes[:, 2:4] * t, [WIDTH + 40, HEIGHT + 40]) - 20
    centres = (at * 16).astype(int).tolist()
    for centre, r, a in zip(
        centres, np.maximum(flakes[:, 4] * 8, 8).astype(int).tolist(), flakes[:, 5].tolist(), strict=True
    ):
        cv2.circle(cover, centre, r, a, -1, cv2.LINE_AA, 4)
    cover = np.asarray(cv2.blur(cover, (3, 3)))
    glow = 245 * {"night": 0.7, "dusk": 0.55}.get(c.light, 1.0) * min(1.0, c.exposure)
    haze = 0.18 * c.snow
    alpha = cv2.merge([cover, cover, cover])
    hazy = cv2.addWeighted(img, 1 - haze, np.full_like(img, int(glow)), haze, 0)
    kept = cv2.multiply(hazy, cv2.bitwise_not(alpha), scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.convertScaleAbs(alpha, alpha=glow / 255)), np.uint8)
