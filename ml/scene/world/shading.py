"""Shading and grain, compiled: each picture in one pass, with the values that numpy's passes gave."""

from __future__ import annotations

from typing import Any

import numpy as np

from lifts.arrays import Float32, Float64, UInt8
from ml.scene.world.compiled import compiled
from ml.scene.world.polygons import Int32

_LEVELS = (np.arange(257) / 255) ** 2.2
_LEVELS[256] = np.inf
_BINS = 4096
_FIRST = (255 * (np.arange(_BINS + 1) / _BINS) ** (1 / 2.2)).astype(np.int64)


@compiled
def shade_pixels(
    albedo: UInt8,
    normal: UInt8,
    sun: Float32,
    clear: Float32,
    lights: Float64,
    exposure: float,
    first: Any,
    levels: Float64,
) -> UInt8:
    """`Light.shade` and `Light.develop` for pictures, in one pass; returns uint8[H, W, 3].

    albedo, normal: uint8[H, W, 3] as in `backdrop.Layers`; sun: float32[H, W], how much of it reaches each;
    clear: float32[H, W] or [0, 0], what the fog lets through. lights: float64[5, 3], the vector to the sun
    and the colours of sun, sky, ground and fog. first, levels: `SHOULDER`.
    """
    height, width = sun.shape
    out = np.empty((height, width, 3), np.uint8)
    towards, sun_rgb, sky_rgb, ground_rgb, fog_rgb = lights[0], lights[1], lights[2], lights[3], lights[4]
    foggy = clear.size > 0
    between = sky_rgb - ground_rgb
    for y in range(height):
        for x in range(width):
            n0 = np.float32(normal[y, x, 0]) / np.float32(127.5) - np.float32(1)
            n1 = np.float32(normal[y, x, 1]) / np.float32(127.5) - np.float32(1)
            n2 = np.float32(normal[y, x, 2]) / np.float32(127.5) - np.float32(1)
            up = np.float64((n1 + np.float32(1)) * np.float32(0.5))
            facing = n0 * towards[0] + n1 * towards[1] + n2 * towards[2]
            direct = max(facing, 0.0) * sun[y, x]
            for c in range(3):
                lit = ground_rgb[c] + up * between[c]
                linear = np.float64(np.float32(albedo[y, x, c]) / np.float32(255)) * (
                    lit + direct * sun_rgb[c]
                )
                if foggy:
                    linear = linear * clear[y, x] + fog_rgb[c] * (np.float32(1) - clear[y, x])
                g = max(linear, 0.0) * exposure
                g = g * (1 + g / 6) / (1 + g * 0.55)
                if g >= 1:
                    out[y, x, c] = 255
                    continue
                level = first[int(g * _BINS)]
                while g >= levels[level + 1]:
                    level += 1
                out[y, x, c] = level
    return out


SHOULDER = (_FIRST, _LEVELS)
"""Display levels of linear light: the level at each of 4096 bins' start, and where each level begins."""


@compiled
def add_grain(img: Float32, one: Float32, three: Float32, chroma: float, sigma: float) -> Float32:
    """Return img float32[H, W, 3] with grain, stronger in the dark.

    one: float32[H, W, 1]; three: float32[H, W, 3], the coloured share, or [0, 0, 0] for none.
    """
    height, width = img.shape[:2]
    out = np.empty_like(img)
    coloured = three.size > 0
    grey, share, size = np.float32(1 - 0.5 * chroma), np.float32(chroma * 0.6), np.float32(sigma)
    for y in range(height):
        for x in range(width):
            mean = (img[y, x, 0] + img[y, x, 1] + img[y, x, 2]) / np.float32(3)
            dark = np.float32(1.15) - mean / np.float32(400)
            for c in range(3):
                grain = one[y, x, 0 if one.shape[2] == 1 else c]
                if coloured:
                    grain = grain * grey + share * three[y, x, c]
                out[y, x, c] = img[y, x, c] + grain * size * dark
    return out


UNPAINTED = 1
"""Id of a canvas's pixels on which nothing was drawn."""


@compiled
def composed(canvas: UInt8, back: UInt8) -> UInt8:
    """Return what was drawn on a canvas uint8[H, W, 4], and elsewhere the background uint8[H, W, 3]."""
    height, width = back.shape[:2]
    out = np.empty((height, width, 3), np.uint8)
    for y in range(height):
        for x in range(width):
            behind = canvas[y, x, 3] == UNPAINTED
            for k in range(3):
                out[y, x, k] = back[y, x, k] if behind else canvas[y, x, k]
    return out


@compiled
def blended(drawn: UInt8, bare: UInt8, back: UInt8) -> UInt8:
    """Return what was drawn over a background, uint8[H, W, 3].

    drawn: uint8[H, W, 3], black where nothing was drawn. bare: uint8[H, W], how much of the background shows.
    """
    height, width = bare.shape
    out = np.empty((height, width, 3), np.uint8)
    for y in range(height):
        for x in range(width):
            share = int(bare[y, x])
            for k in range(3):
                out[y, x, k] = min(255, drawn[y, x, k] + (back[y, x, k] * share + 127) // 255)
    return out


@compiled
def meet_ground(
    size: tuple[int, int], back: Float64, camera: Float64, axes: Float32, drop: float, sky_m: float
) -> tuple[Float32, Float64, Float64, Float64]:
    """Return where the rays of a picture's pixels meet the ground.

    Args:
        size: height and width. back: float64[2, 3], its pixels to the camera's. axes: float32[3, 3].
        camera: float64[6]: x, y, z in metres, the centre and the focal length in pixels.
        drop: height of the ground above the camera, metres, negative. sky_m: the distance of what never does.

    Returns:
        the distance float32[H, W], the ray's rise, and x and z there, float64[H, W] each.
    """
    height, width = size
    distance, rise = np.empty((height, width), np.float32), np.empty((height, width))
    gx, gz = np.empty((height, width)), np.empty((height, width))
    for y in range(height):
        for x in range(width):
            cx = (back[0, 0] * x + back[0, 1] * y + back[0, 2] - camera[3]) / camera[5]
            cy = (back[1, 0] * x + back[1, 1] * y + back[1, 2] - camera[4]) / camera[5]
            ry = cx * axes[0, 1] + cy * axes[1, 1] + axes[2, 1]
            t = np.float32(drop / ry if ry < -0.004 else sky_m)
            distance[y, x], rise[y, x] = t, ry
            gx[y, x] = camera[0] + t * (cx * axes[0, 0] + cy * axes[1, 0] + axes[2, 0])
            gz[y, x] = camera[2] + t * (cx * axes[0, 2] + cy * axes[1, 2] + axes[2, 2])
    return distance, rise, gx, gz


@compiled
def paint_ground(
    met: tuple[Float32, Float64, Float64], relief: tuple[Float32, Float32, Float32, Float32], look: Float64
) -> tuple[UInt8, UInt8]:
    """Return albedo and normals uint8[H, W, 3] of snow and sky, as in `backdrop.Layers`.

    met: distance, rise and x of `meet_ground`. relief: float32[H, W] each, the snow's: coarse, fine, as
    tracks, and across. look: float64[5], how groomed the snow is, how blue the sky, and the snow's albedo.
    """
    distance, rise, gx = met
    coarse, fine_relief, tracks, other = relief
    height, width = distance.shape
    albedo, codes = np.empty((height, width, 3), np.uint8), np.empty((height, width, 3), np.uint8)
    one, zero = np.float32(1), np.float32(0)
    for y in range(height):
        for x in range(width):
            t = distance[y, x]
            near = min(max(np.float32(14) / t, zero), one)
            fine = fine_relief[y, x] * near
            lanes = np.sin(gx[y, x] * 26) * look[0] * np.float64(min(max(np.float32(6) / t, zero), one))
            track = min(max(tracks[y, x] - np.float32(0.35), zero), one)
            track = track * min(max(np.float32(12) / t, zero), one)
            tone = np.float64(one + np.float32(0.09) * coarse[y, x] + np.float32(0.06) * fine)
            tone = tone + 0.05 * lanes - np.float64(np.float32(0.35) * track)
            sky = min(max(rise[y, x] * 1.6, 0.0), 1.0) * look[1]
            for k in range(3):
                blue = (1.0 - sky) + (0.32, 0.55, 1.0)[k] * sky
                value = np.float32(look[2 + k] * tone if zero < t < np.float32(600) else blue)
                albedo[y, x, k] = np.uint8(min(max(value * np.float32(255), zero), np.float32(255)))
            across = np.float32(
                np.float64(np.float32(0.22) * fine + np.float32(0.12) * coarse[y, x]) + 0.2 * lanes
            )
            along = np.float32(0.15) * other[y, x] * near
            for k in range(3):
                code = ((across, np.float32(0.95), along)[k] + one) * np.float32(127.5)
                codes[y, x, k] = np.uint8(min(max(code, zero), np.float32(255)))
    return albedo, codes


@compiled
def wrapped(values: Float64, size: int) -> Float32:
    """Return values float64[H, W] modulo size, a power of two, as float32[H, W]."""
    out = np.empty(values.shape, np.float32)
    for y in range(values.shape[0]):
        for x in range(values.shape[1]):
            out[y, x] = values[y, x] - np.floor(values[y, x] / size) * size
    return out


_ARC = np.concatenate([np.linspace(-np.pi / 2, np.pi / 2, 6), np.linspace(np.pi / 2, 3 * np.pi / 2, 6)])
_COS, _SIN = np.cos(_ARC), np.sin(_ARC)
_LOWEST, _HIGHEST = -4000.0, 8000.0
"""Limits of a corner in pixels: far outside any picture."""


@compiled
def capsules(a: Float64, b: Float64, radius: Float64) -> Int32:
    """Return outlines int32[N, 12, 2] in sixteenths of a pixel, of ends and radii float64[N, 2] in pixels."""
    out = np.empty((len(a), 12, 2), np.int32)
    for n in range(len(a)):
        _capsule(out[n], a[n, 0], a[n, 1], b[n, 0], b[n, 1], radius[n, 0], radius[n, 1])
    return out


@compiled
def _capsule(out: Any, ax: float, ay: float, bx: float, by: float, r0: float, r1: float) -> None:
    dx, dy = bx - ax, by - ay
    length = np.hypot(dx, dy)
    ux, uy = (1.0, 0.0) if length < 1e-6 else (dx / length, dy / length)
    for k in range(12):
        px, py, r = (bx, by, r1) if k < 6 else (ax, ay, r0)
        x = px + (_COS[k] * ux + _SIN[k] * -uy) * r
        y = py + (_COS[k] * uy + _SIN[k] * ux) * r
        out[k, 0] = np.int32(min(max(x, _LOWEST), _HIGHEST) * 16)
        out[k, 1] = np.int32(min(max(y, _LOWEST), _HIGHEST) * 16)


@compiled
def tube_layers(
    tubes: Float64,
    a: Float64,
    b: Float64,
    radius: Float64,
    thin: Any,
    towards: Float64,
    eye: Float64,
    axes: Float64,
) -> tuple[Int32, Float64]:
    """Return three nested outlines of tubes, from the shaded rim to the lit stripe, and their normals.

    Args:
        tubes: float64[N, 8]. a, b: their ends in the picture, float64[N, 2]; radius float64[N, 2], pixels.
        thin: bool[N]: too thin to show a gradient, all three outlines have the full width.
        towards: float64[N, 3], unit vectors to the light. eye, axes: the camera's place and axes.

    Returns:
        int32[3, N, 12, 2] in sixteenths of a pixel, and float64[3, N, 3].
    """
    count = len(tubes)
    outlines = np.empty((3, count, 12, 2), np.int32)
    normals = np.empty((3, count, 3))
    for n in range(count):
        axis = _unit(tubes[n, 3:6] - tubes[n, 0:3])
        light = towards[n]
        side = _unit(light - _dot(axis, light) * axis)
        view = eye - (tubes[n, 0:3] + tubes[n, 3:6]) / 2
        view = _unit(view - _dot(view, axis) * axis)
        mean = (radius[n, 0] + radius[n, 1]) / 2
        shift_x, shift_y = _dot(side, axes[0]) * mean, _dot(side, axes[1]) * mean
        ux, uy = b[n, 0] - a[n, 0], b[n, 1] - a[n, 1]
        length = max(np.hypot(ux, uy), 1.0)
        ux, uy = ux / length, uy / length
        for k in range(3):
            size, move, toward = ((1.0, 0.0, -0.55), (0.8, 0.16, 0.1), (0.45, 0.42, 0.75))[k]
            normals[k, n] = _unit(side * toward + view * 0.7)
            if thin[n]:
                size, move = 1.0, 0.0
            # The inner layers reach as far along the tube as the rim does, so that joints show no rings.
            stretch = mean * (1 - size)
            ox, oy, sx, sy = move * shift_x, move * shift_y, ux * stretch, uy * stretch
            _capsule(
                outlines[k, n],
                a[n, 0] + ox - sx,
                a[n, 1] + oy - sy,
                b[n, 0] + ox + sx,
                b[n, 1] + oy + sy,
                radius[n, 0] * size,
                radius[n, 1] * size,
            )
    return outlines, normals


@compiled
def _dot(p: Float64, q: Float64) -> Any:
    return p[0] * q[0] + p[1] * q[1] + p[2] * q[2]


@compiled
def _unit(p: Float64) -> Any:
    return p / max(np.sqrt(_dot(p, p)), 1e-9)
