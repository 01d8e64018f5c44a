"""From light to a compressed picture: weather, lens, sensor, compression.

Every function takes and gives float32[H, W, 3] display values 0..255 unless it says otherwise.
"""

from __future__ import annotations

import math
from typing import TypeVar

import cv2
import numpy as np

from lifts.arrays import Float32, UInt8
from ml.scene.codec import h264
from ml.scene.passage import Circumstances
from ml.scene.world.shading import add_grain

COARSER = 0.97
"""Below this zoom the camera's own resolution is coarser than the picture's."""

AnyPicture = TypeVar("AnyPicture", UInt8, Float32)


def expose(
    picture: UInt8,
    c: Circumstances,
    rng: np.random.Generator,
    motion: tuple[float, float],
    lens: np.random.Generator,
) -> UInt8:
    """Return uint8[H, W, 3] as the camera would deliver it.

    Args:
        picture: what is before the camera.
        c: weather, lens and sensor.
        rng: draws what differs from picture to picture: flakes, streaks, grain.
        motion: the unit direction of the carrier's movement in the picture (x, y); it steers motion blur.
        lens: draws what stays the same: the wind, drops and frost on the glass, the glare.
    """
    img = picture.astype(np.float32)
    wind = float(lens.normal(0, 0.5))
    if c.snow:
        img = snowfall(img, c, rng, wind)
    if c.rain:
        img = rainfall(img, c, rng, 0.4 * wind)
    if c.motion_px > 0.4:
        img = smear(img, c.motion_px, motion)
    if c.drops:
        img = lens_drops(img, c.drops, lens)
    if c.frost or c.veil:
        img = frosted(img, c, lens)
    if c.glare:
        img = flared(img, c.glare, lens)
    img = resolved(img, c)
    img = toned(img, c)
    img = noisy(img, c, rng)
    img = sharpened(img, c.sharpen)
    out = np.clip(img, 0, 255).astype(np.uint8)
    if c.grey:
        out = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)  # type: ignore[assignment]
    return coded(out, c, rng)


def snowfall(img: Float32, c: Circumstances, rng: np.random.Generator, slant: float) -> Float32:
    """Add flakes: many small far ones and a few large near ones, falling at a slant (radians)."""
    h, w = img.shape[:2]
    count = int(c.snow**1.5 * 800 * h * w / 40000 / max(c.snow_size, 0.6))
    cover = np.zeros((h, w), np.uint8)
    xs, ys = rng.uniform(-5, w + 5, count) * 16, rng.uniform(-5, h + 5, count) * 16
    size = np.minimum(c.snow_size * rng.lognormal(-0.35, 0.5, count), 7.0)
    streak = c.snow_streak * size / max(c.snow_size, 0.1) * 16
    alpha = rng.uniform(70, 255, count) * np.clip(1.4 - 0.04 * c.snow_streak, 0.4, 1)
    ends = (
        np.stack([xs, ys, xs + streak * math.sin(slant), ys + streak * math.cos(slant)], 1)
        .astype(int)
        .tolist()
    )
    radii, alphas = (size * 8).astype(int).tolist(), alpha.tolist()
    for (x0, y0, x1, y1), r, a in zip(ends, radii, alphas, strict=True):
        if c.snow_streak > 1.5 and r < 40:
            cv2.line(cover, (x0, y0), (x1, y1), a, max(1, r // 8), cv2.LINE_AA, 4)
        else:
            cv2.circle(cover, (x0, y0), max(r, 6), a, -1, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(cover, (0, 0), 0.5 + 0.15 * c.snow_size).astype(np.float32)[..., None] / 255
    glow = {"night": 0.7, "dusk": 0.55}.get(c.light, 1.0) * min(1.0, c.exposure)
    haze = 0.22 * c.snow
    white = np.float32(245 * glow)
    img = img * (1 - haze) + white * 0.9 * haze
    return np.asarray(img * (1 - soft) + white * soft, np.float32)


def rainfall(img: Float32, c: Circumstances, rng: np.random.Generator, slant: float) -> Float32:
    """Add faint long streaks, `slant` wide for each unit of height."""
    h, w = img.shape[:2]
    cover = np.zeros((h, w), np.uint8)
    for x, y, n, a in rng.uniform([0, -20, 8, 30], [w, h, 30, 90], (int(c.rain * 150), 4)):
        cv2.line(cover, (int(x), int(y)), (int(x + n * slant), int(y + n)), float(a), 1, cv2.LINE_AA)
    soft = cover.astype(np.float32)[..., None] / 255
    return np.asarray(img * (1 - soft) + 200 * soft, np.float32)


def smear(img: Float32, length_px: float, direction: tuple[float, float]) -> Float32:
    """Blur along a direction."""
    n = int(2 * math.ceil(length_px / 2) + 1)
    kernel = np.zeros((n, n), np.float32)
    m = n // 2
    half = length_px / 2
    a = (int((m - direction[0] * half) * 16), int((m - direction[1] * half) * 16))
    b = (int((m + direction[0] * half) * 16), int((m + direction[1] * half) * 16))
    cv2.line(kernel, a, b, 1.0, 1, cv2.LINE_8, 4)
    kernel[m, m] = 1.0
    return np.asarray(
        cv2.filter2D(img, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.float32
    )


def lens_drops(img: Float32, amount: float, rng: np.random.Generator) -> Float32:
    """Blur and shift the picture behind a few drops on the glass."""
    h, w = img.shape[:2]
    cover = np.zeros((h, w), np.uint8)
    for _ in range(int(2 + amount * 9)):
        r = rng.uniform(4, 16)
        axes = (int(r), int(r * rng.uniform(0.8, 1.4)))
        cv2.ellipse(
            cover, (int(rng.uniform(0, w)), int(rng.uniform(0, h))), axes, 0, 0, 360, 255, -1, cv2.LINE_AA
        )
    soft = cv2.GaussianBlur(cover, (0, 0), 1.5).astype(np.float32)[..., None] / 255
    behind = cv2.GaussianBlur(img, (0, 0), 4.0)
    behind = np.roll(behind, (int(rng.integers(4, 12)), int(rng.integers(-8, 8))), (0, 1)) * 1.04
    return np.asarray(img * (1 - soft * 0.85) + behind * soft * 0.85, np.float32)


def frosted(img: Float32, c: Circumstances, rng: np.random.Generator) -> Float32:
    """Lay a veil over the picture: even (dirt, damp) and crystalline from one edge (frost, stuck snow)."""
    h, w = img.shape[:2]
    white = np.float32({"night": 70, "dusk": 120}.get(c.light, 225))
    img = img * (1 - c.veil) + white * c.veil
    if c.frost:
        grain = cv2.resize(
            rng.normal(0, 1, (25, 25)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
        )
        yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
        direction = rng.uniform(0, 2 * math.pi)
        edge = ((xx / w - 0.5) * math.cos(direction) + (yy / h - 0.5) * math.sin(direction)) * 2
        cover = np.clip((edge - 1.0 + 0.9 * c.frost) * 1.6 + 0.25 * grain, 0, 0.92)[..., None]
        img = img * (1 - cover) + (0.5 * cv2.GaussianBlur(img, (0, 0), 5.0) + 0.5 * white) * cover
    return np.asarray(img, np.float32)


def flared(img: Float32, amount: float, rng: np.random.Generator) -> Float32:
    """Add the glow of a lamp or the sun near the picture's edge."""
    h, w = img.shape[:2]
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    cx, cy = rng.uniform(-0.2, 1.2) * w, rng.uniform(-0.3, 0.35) * h
    r = np.hypot(xx - cx, yy - cy) / w
    glow = np.exp(-((r / rng.uniform(0.2, 0.6)) ** 1.3))[..., None] * amount
    rgb = np.array([255, 246, 225], np.float32)
    return np.asarray(img * (1 - 0.55 * glow) + rgb * 0.6 * glow + 25 * amount, np.float32)


def resolved(img: AnyPicture, c: Circumstances) -> AnyPicture:
    """Blur by the optics, then go through the camera's own resolution; uint8 or float32."""
    if c.blur_px > 0.15:
        img = np.asarray(cv2.GaussianBlur(img, (0, 0), min(c.blur_px, 2.2)), img.dtype)
    if c.zoom < COARSER:
        h, w = img.shape[:2]
        small = cv2.resize(img, (round(w * c.zoom), round(h * c.zoom)), interpolation=cv2.INTER_AREA)
        img = np.asarray(cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR), img.dtype)
    return img


def saturated(img: AnyPicture, saturation: float) -> AnyPicture:
    """Pull the colours towards their grey (below 1) or away from it; uint8 or float32."""
    if abs(saturation - 1) <= 0.02:
        return img
    mix = np.full((3, 3), (1 - saturation) / 3) + np.eye(3) * saturation
    return np.asarray(cv2.transform(img, mix), img.dtype)


def sharpened(img: AnyPicture, amount: float) -> AnyPicture:
    """Sharpen as cameras do, with an unsharp mask of one pixel; uint8 or float32."""
    if not amount:
        return img
    soft = cv2.GaussianBlur(img, (0, 0), 1.0)
    return np.asarray(cv2.addWeighted(img, 1 + amount, soft, -amount, 0), img.dtype)


def toned(img: Float32, c: Circumstances) -> Float32:
    """Apply contrast, saturation, vignette, rolling bands and interlacing."""
    h, w = img.shape[:2]
    img = np.asarray((img - 128) * c.contrast + 128, np.float32)
    img = saturated(img, c.saturation)
    if c.vignette:
        y, x = np.linspace(-1, 1, h, dtype=np.float32), np.linspace(-1, 1, w, dtype=np.float32)
        img *= (1 - c.vignette * np.clip((y[:, None] ** 2 + x[None] ** 2) / 2, 0, 1))[..., None]
    if c.band:
        wave = 1 + c.band * np.sin(np.arange(h) / h * 2 * math.pi * 1.7 + c.sun_azimuth * 3)
        img = img * wave[:, None, None].astype(np.float32)
    if c.interlace:
        img[1::2] = np.roll(img[1::2], round(c.interlace), axis=1)
    return np.asarray(img, np.float32)


def noisy(img: Float32, c: Circumstances, rng: np.random.Generator) -> Float32:
    """Add sensor noise: stronger in the shadows after gamma, partly in colour."""
    if c.noise < 0.002:
        return img
    h, w = img.shape[:2]
    sigma = np.float32(255 * c.noise)
    grain = rng.standard_normal((h, w, 1), np.float32)
    coloured = c.chroma > 0.1 and not c.grey
    colour = rng.standard_normal((h, w, 3), np.float32) if coloured else np.zeros((0, 0, 0), np.float32)
    if c.blocks > 0.3:  # the camera's denoiser leaves grain of more than a pixel
        if coloured:
            grain = grain * np.float32(1 - 0.5 * c.chroma) + np.float32(c.chroma * 0.6) * colour
            colour = colour[:0]
        grain = np.atleast_3d(cv2.GaussianBlur(grain, (0, 0), 0.7)) * np.float32(1.8)
    return add_grain(img, grain, colour, c.chroma, float(sigma))


def coded(img: UInt8, c: Circumstances, rng: np.random.Generator) -> UInt8:
    """Compress and decompress; block borders lie anywhere, as the camera's grid does on a registered crop."""
    h, w = img.shape[:2]
    if c.crf:
        up, left, *moved = (int(v) for v in rng.integers([0, 0, -3, -3], [16, 16, 4, 4]))
        wide = cv2.copyMakeBorder(img, up, 16 - up, left, 16 - left, cv2.BORDER_REPLICATE)
        before = np.roll(wide, moved, (0, 1))  # the carrier, and much of what is round it, has moved on
        return h264(np.asarray(before, np.uint8), np.asarray(wide, np.uint8), c.crf)[
            up : up + h, left : left + w
        ]
    if c.blocks and h <= 400:
        k = 1 + round(c.blocks)  # blocks of the larger camera picture look larger or smaller here
        img = np.asarray(cv2.medianBlur(img, 3) if k == 2 and c.blocks > 0.8 else img)
    dx, dy = (int(v) for v in rng.integers(0, 8, 2))
    padded = cv2.copyMakeBorder(img, dy, 8 - dy, dx, 8 - dx, cv2.BORDER_REPLICATE)
    quality = max(10, int(c.quality * (1 - 0.45 * c.blocks)))
    _, data = cv2.imencode(".jpg", padded[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    back = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return np.ascontiguousarray(back[dy : dy + h, dx : dx + w, ::-1]) if back is not None else img
