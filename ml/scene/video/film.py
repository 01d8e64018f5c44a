"""Weather, lens and sensor of a video, computed cheaply for every frame.

What stays the same in all frames (veil, frost, glare, vignette, drops on the glass) is worked out once. So is
what the camera makes of everything that stands still, unless something falls before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from lifts.arrays import Float32, Float64, UInt8
from ml.scene.lift import HEIGHT, WIDTH
from ml.scene.optics import COARSER, flared, frosted, resolved, saturated, sharpened, toned
from ml.scene.passage import Circumstances
from ml.scene.video.boxes import Size, apart, grown, part
from ml.scene.world.compiled import compiled
from ml.scene.world.raster import Box

_DROP_SHIFT = (14, 9)  # what is seen through a drop lies elsewhere
_REACH_PX = 8  # of the optics' blur


class Film:
    """Turns drawn frames into a camera's. The generator draws what is constant, then each frame's grain.

    still: uint8[H, W, 3], the picture of what never moves, from which frames differ in parts only. Where it
    is smaller than the camera's 720 rows, so is all that weather and lens do.
    """

    def __init__(self, c: Circumstances, still: UInt8, rng: np.random.Generator) -> None:
        height, width = still.shape[:2]
        self._scale, self._size = height / HEIGHT, (width, height)
        c = replace(c, blur_px=c.blur_px * self._scale, zoom=min(1.0, c.zoom / self._scale))
        self._c = c
        self._whole: Box = (0, 0, width, height)
        self._gain, self._offset = _lens(c, self._size, rng)
        self._flakes = _flakes(c, rng)
        self._grain = _grain(c, self._size, rng)
        self._streaks = _streaks(c, rng)
        self._drops = _drops(c, self._size, rng)
        self._rng = rng
        self._everywhere = bool(len(self._flakes) or len(self._streaks) or self._drops is not None)
        self._still = (
            still if self._everywhere else self._developed(self._resolved(still, self._whole), self._whole)
        )

    def expose(self, img: UInt8, t: float, boxes: Sequence[Box]) -> UInt8:
        """Apply weather, lens and sensor to a frame uint8[H, W, 3] at a time in seconds.

        boxes: where it differs from the still picture.
        """
        c, scale = self._c, self._scale
        if self._everywhere:
            if len(self._flakes):
                img = _snow(img, self._flakes, c, t, scale)
            if len(self._streaks):
                img = _rain(img, self._streaks, t, scale)
            if self._drops is not None:
                behind = cv2.blur(img, (2 * round(6 * scale) + 1,) * 2)
                behind = np.roll(behind, [round(shift * scale) for shift in _DROP_SHIFT], (0, 1))
                clear = cv2.multiply(img, cv2.bitwise_not(self._drops), scale=1 / 255)
                img = np.asarray(cv2.add(clear, cv2.multiply(behind, self._drops, scale=1 / 255)), np.uint8)
            out = self._developed(self._resolved(img, self._whole), self._whole)
        else:
            out = self._still.copy()
            whole = self._resolved(img, self._whole) if c.zoom < COARSER else None
            for box in apart([grown(box, _REACH_PX, self._size) for box in boxes]):
                view = part(box)
                seen = self._resolved(img, box) if whole is None else whole[view]
                out[view] = self._developed(seen, box)
        if len(self._grain):
            dy, dx = (int(v) for v in self._rng.integers(0, 64, 2))
            more, less = (g[dy : dy + self._size[1], dx : dx + self._size[0]] for g in self._grain)
            out = np.asarray(cv2.subtract(cv2.add(out, more), less), np.uint8)
        return sharpened(out, c.sharpen)

    def _resolved(self, img: UInt8, box: Box) -> UInt8:
        """Return a part of a picture through the optics; at a resolution of its own only the whole."""
        round_it = grown(box, _REACH_PX, self._size)
        left, top = box[0] - round_it[0], box[1] - round_it[1]
        seen = resolved(np.ascontiguousarray(img[part(round_it)]), self._c)
        return seen[top : top + box[3] - box[1], left : left + box[2] - box[0]]

    def _developed(self, img: UInt8, box: Box) -> UInt8:
        """Return a part of a picture as the sensor gives it, without grain."""
        c = self._c
        img = saturated(np.ascontiguousarray(img), c.saturation)
        if c.grey:
            grey = cv2.cvtColor(img, cv2.COLOR_RGB2GRAY)
            img = np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)
        return _levels(img, self._gain[part(box)], self._offset[part(box)])


@compiled
def _levels(img: UInt8, gain: Float32, offset: Float32) -> UInt8:
    """Return img * gain + offset in whole levels 0..255, all [H, W, 3]."""
    height, width = img.shape[:2]
    out = np.empty((height, width, 3), np.uint8)
    for y in range(height):
        for x in range(width):
            for k in range(3):
                value = np.float32(img[y, x, k]) * gain[y, x, k]
                value = value + offset[y, x, k]
                out[y, x, k] = np.uint8(min(max(value, np.float32(0)), np.float32(255)))
    return out


def _streaks(c: Circumstances, rng: np.random.Generator) -> Float64:
    """Return rain float64[N, 5]: x, y, slant (dx over dy), length in pixels, brightness."""
    n = int(c.rain * 900)
    if not n:
        return np.zeros((0, 5))
    slant = rng.normal(0, 0.15) + rng.normal(0, 0.02, n)
    place = rng.uniform([0, 0], [WIDTH, HEIGHT + 80], (n, 2))
    return np.column_stack([place, slant, rng.uniform(15, 60, n), rng.uniform(25, 80, n)])


def _rain(img: UInt8, streaks: Float64, t: float, scale: float) -> UInt8:
    """Blend streaks over a frame; they fall 2400 pixels a second."""
    cover = np.zeros(img.shape[:2], np.uint8)
    bottom = np.mod(streaks[:, 1] + 2400 * t, HEIGHT + 80)
    left = np.mod(streaks[:, 0] + streaks[:, 2] * 2400 * t, WIDTH)
    for x, y, slant, length, bright in np.column_stack([left, bottom, streaks[:, 2:]]).tolist():
        start = (int((x - slant * length) * scale), int((y - length) * scale))
        cv2.line(cover, start, (int(x * scale), int(y * scale)), bright, 1, cv2.LINE_AA)
    alpha = cv2.merge([cover, cover, cover])
    kept = cv2.multiply(img, cv2.bitwise_not(alpha), scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.convertScaleAbs(alpha, alpha=200 / 255)), np.uint8)


def _drops(c: Circumstances, size: Size, rng: np.random.Generator) -> UInt8 | None:
    """Return where drops sit on the glass, uint8[H, W, 3] of 0 to 217, or None."""
    if not c.drops:
        return None
    cover = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(int(8 + c.drops * 60)):
        r = rng.uniform(8, 34)
        at = (int(rng.uniform(0, WIDTH)), int(rng.uniform(0, HEIGHT)))
        axes = (int(r), int(r * rng.uniform(0.8, 1.4)))
        cv2.ellipse(cover, at, axes, 0, 0, 360, 217, -1, cv2.LINE_AA)
    soft = cv2.GaussianBlur(cover, (0, 0), 3.0)
    if size[0] != WIDTH:
        soft = cv2.resize(soft, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.merge([soft, soft, soft]), np.uint8)


def _lens(c: Circumstances, size: Size, rng: np.random.Generator) -> tuple[Float32, Float32]:
    """Return gain and offset float32[H, W, 3]: veil, frost, glare, vignette and contrast are affine."""
    state = rng.bit_generator.state
    ends = []
    for level in (0.0, 255.0):
        rng.bit_generator.state = state  # the same frost and glare on both
        img = np.full((size[1], size[0], 3), level, np.float32)
        if c.frost or c.veil:
            img = frosted(img, c, rng)
        if c.glare:
            img = flared(img, c.glare, rng)
        ends.append(toned(img, replace(c, saturation=1.0, interlace=0.0)))
    return np.asarray((ends[1] - ends[0]) / 255, np.float32), np.asarray(ends[0], np.float32)


def _grain(c: Circumstances, size: Size, rng: np.random.Generator) -> tuple[UInt8, ...]:
    """Return brighter and darker noise, uint8[H + 64, W + 64, 3] each; frames cut other parts of it."""
    if c.noise < 0.004:
        return ()
    shape = (size[1] + 64, size[0] + 64)
    noise = rng.standard_normal((*shape, 1), np.float32)
    noise = noise + np.float32(0.5 * c.chroma) * rng.standard_normal((*shape, 3), np.float32)
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


def _snow(img: UInt8, flakes: Float64, c: Circumstances, t: float, scale: float) -> UInt8:
    """Blend falling flakes over a frame."""
    cover = np.zeros(img.shape[:2], np.uint8)
    at = np.mod(flakes[:, :2] + flakes[:, 2:4] * t, [WIDTH + 40, HEIGHT + 40]) - 20
    centres = (at * 16 * scale).astype(int).tolist()
    for centre, r, a in zip(
        centres,
        np.maximum(flakes[:, 4] * 8 * scale, 8).astype(int).tolist(),
        flakes[:, 5].tolist(),
        strict=True,
    ):
        cv2.circle(cover, centre, r, a, -1, cv2.LINE_AA, 4)
    cover = np.asarray(cv2.blur(cover, (3, 3)))
    glow = 245 * {"night": 0.7, "dusk": 0.55}.get(c.light, 1.0) * min(1.0, c.exposure)
    haze = 0.18 * c.snow
    alpha = cv2.merge([cover, cover, cover])
    hazy = cv2.addWeighted(img, 1 - haze, np.full_like(img, int(glow)), haze, 0)
    kept = cv2.multiply(hazy, cv2.bitwise_not(alpha), scale=1 / 255)
    return np.asarray(cv2.add(kept, cv2.convertScaleAbs(alpha, alpha=glow / 255)), np.uint8)
