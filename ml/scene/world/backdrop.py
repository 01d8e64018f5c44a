"""A place painted as a deferred picture: albedo, normal and depth.

Light, fog and cast shadows can so change from passage to passage without drawing the place again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from lifts.arrays import Float32, Float64, UInt8
from ml.scene.world.place import Place
from ml.scene.world.polygons import fill, rounded_colours
from ml.scene.world.raster import Eye, Light
from ml.scene.world.shading import SHOULDER, meet_ground, paint_ground, shade_pixels, wrapped
from ml.scene.world.shapes import Shapes

_SKY_M = 3000.0
_NEAREST_M = 0.3


@dataclass(frozen=True, eq=False)
class Layers:
    """A painted view: albedo uint8[H, W, 3] (linear * 255), normal uint8[H, W, 3] ((n + 1) * 127.5),
    depth float32[H, W] in metres, ground uint8[H, W] (255 on the open ground)."""

    albedo: UInt8
    normal: UInt8
    depth: Float32
    ground: UInt8


def paint(place: Place, eye: Eye, affine: Float64, size: tuple[int, int]) -> Layers:
    """Paint the place in the view camera -> affine -> picture of size (width, height)."""
    w, h = size
    back = cv2.invertAffineTransform(affine)
    axes, at = eye.axes.astype(np.float32), eye.position
    camera = np.array([*at, *eye.centre, eye.focal_px])
    drop = float(np.float32(place.ground_y - at[1]))
    t, rise, gx, gz = meet_ground((h, w), np.asarray(back, float), camera, axes, drop, _SKY_M)
    ground = (t < 600) & (t > 0)
    scales = ((gx, 18.0, gz, 18.0), (gx, 150.0, gz, 150.0), (gx, 60.0, gz, 7.0), (gz, 90.0, gx, 90.0))
    # Coarse and fine relief, skiers' tracks along the direction of travel, and relief across.
    coarse, fine, tracks, other = (_lookup(place.texture, u * p, v * q) for u, p, v, q in scales)
    look = np.array([place.groomed, place.sky_blue, *place.snow])
    albedo, codes = paint_ground((t, rise, gx), (coarse, fine, tracks, other), look)
    layers = Layers(
        albedo,
        codes,
        np.where(ground, t, _SKY_M).astype(np.float32),
        ground.astype(np.uint8) * 255,
    )
    _ridge(place, eye, affine, layers)
    _solids(place.solids, eye, affine, layers)
    return layers


def _lookup(tile: Float32, u: Float64, v: Float64) -> Float32:
    big = np.pad(tile, ((0, 1), (0, 1)), mode="wrap")
    return np.asarray(
        cv2.remap(big, wrapped(u, tile.shape[0]), wrapped(v, tile.shape[0]), cv2.INTER_LINEAR), np.float32
    )


def _ridge(place: Place, eye: Eye, affine: Float64, layers: Layers) -> None:
    quads = []
    for p, q in zip(place.ridge[:-1], place.ridge[1:], strict=True):
        foot = [0, -60, 0]
        quads.append([p * [1, 0, 1] + foot, q * [1, 0, 1] + foot, q, p])
    px, depth = eye.project(np.array(quads) + eye.position, affine)
    cover = np.zeros(layers.ground.shape, np.uint8)
    for poly in np.asarray(np.clip(px[depth.min(1) > 1], -30000, 30000), np.int32):
        cv2.fillConvexPoly(cover, poly, 255)
    hit = (cover > 0) & (layers.ground == 0)
    layers.albedo[hit] = (120, 130, 150)
    layers.normal[hit] = (150, 200, 150)
    layers.depth[hit] = 400


def _solids(solids: Shapes, eye: Eye, affine: Float64, layers: Layers) -> None:
    """Draw the solids on all layers, far ones first; tubes as flat strips."""
    scale = math.sqrt(abs(np.linalg.det(affine[:, :2]))) * eye.focal_px
    a, da = eye.project(solids.tubes[:, 0:3], affine)
    c, dc = eye.project(solids.tubes[:, 3:6], affine)
    d = c - a
    v = np.stack([-d[:, 1], d[:, 0]], 1) / np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-6)[:, None]
    r = (solids.tubes[:, 6] * scale / np.maximum((da + dc) / 2, 0.3))[:, None]
    strips = np.stack([a - v * r, c - v * r, c + v * r, a + v * r], 1)
    quads, dq = eye.project(solids.quads, affine)
    q = solids.quads
    normals = np.cross(q[:, 1] - q[:, 0], q[:, 3] - q[:, 0])
    flat = np.linalg.norm(normals, axis=1) < 1e-9
    normals[flat] = np.cross(q[flat, 1] - q[flat, 0], q[flat, 2] - q[flat, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-9)[:, None]
    away = np.sum(normals * (eye.position - q.mean(1)), 1) < 0
    normals[away] *= -1
    polys = np.asarray(np.clip(np.concatenate([strips, quads]), -4000, 8000) * 16, np.int32)
    towards = np.tile(-eye.axes[2], (len(strips), 1))
    codes = rounded_colours((np.concatenate([towards, normals]) + 1) * 127.5)
    albedo = rounded_colours(np.concatenate([solids.tube_rgb, solids.quad_rgb]) * 255)
    depth = np.concatenate([(da + dc) / 2, dq.mean(1)])
    near = np.concatenate([np.minimum(da, dc), dq.min(1, initial=1e9)])
    order = np.argsort(-depth, kind="stable")
    order = order[near[order] > _NEAREST_M]
    which = np.full((*layers.ground.shape, 1), -1, np.int32)
    fill(which, polys[order], np.full(len(order), 4, np.int32), order[:, None].astype(np.int32))
    hit = which[..., 0] >= 0
    drawn = which[..., 0][hit]
    layers.albedo[hit], layers.normal[hit] = albedo[drawn], codes[drawn]
    layers.depth[hit] = depth[drawn]
    layers.ground[hit] = 0


def shade_layers(
    layers: Layers, light: Light, shadow: UInt8, near_m: float, sunlit: float, *, night: bool = False
) -> UInt8:
    """Light a painted view; returns uint8[H, W, 3].

    shadow uint8[H, W] is what falls on the ground; near the carrier (up to about near_m) a roof lets only
    `sunlit` of the sun through; at night lamps reach about 10 m beyond it.
    """
    depth = layers.depth
    sun = 1 - shadow.astype(np.float32) / 255 * (layers.ground > 127)
    if sunlit < 1:
        open_air = np.clip((depth - near_m - 2) / 4, 0, 1)
        sun *= sunlit + (1 - sunlit) * open_air
    if night:
        sun *= np.exp(-np.clip(depth - near_m, 0, None) / 10)
    elif max(light.sun_rgb) > 0:
        sun = np.where(depth >= _SKY_M, 0.25, sun)
    if light.fog_per_m:
        clear = np.exp(-light.fog_per_m * np.where(depth >= _SKY_M, np.float32(60.0), depth))
    else:
        clear = np.zeros((0, 0), np.float32)
    lights = np.array([light.sun, light.sun_rgb, light.sky_rgb, light.ground_rgb, light.fog_rgb])
    reaching = np.asarray(sun, np.float32)
    return shade_pixels(layers.albedo, layers.normal, reaching, clear, lights, light.exposure, *SHOULDER)


_LAMP_M = 0.16
_GLOW = (1.0, 0.9, 0.68)


def with_lamps(back: UInt8, lamps: Float64, eye: Eye, affine: Float64, fog_per_m: float) -> UInt8:
    """Return a lit background uint8[H, W, 3] with lamps float[K, 3] (metres): a bright disc, and its halo.

    Fog widens the halo: light that is scattered between lamp and camera.
    """
    pixel, depth = eye.project(lamps, affine)
    scale = math.sqrt(abs(np.linalg.det(affine[:, :2]))) * eye.focal_px
    height, width = back.shape[:2]
    glow = np.zeros((height, width), np.float32)
    discs = []
    for (x, y), far in zip(pixel.tolist(), depth.tolist(), strict=True):
        if far > 1.0 and -60 < x < width + 60 and -60 < y < height + 60:
            radius = max(_LAMP_M * scale / far, 1.2)
            reach = radius * (4 + 40 * min(fog_per_m, 0.1))
            x0, x1 = (int(np.clip(x + k * 4 * reach, 0, width)) for k in (-1, 1))
            y0, y1 = (int(np.clip(y + k * 4 * reach, 0, height)) for k in (-1, 1))
            across, down = np.mgrid[y0:y1, x0:x1].astype(np.float32)[::-1]
            glow[y0:y1, x0:x1] += np.exp(-np.hypot(across - x, down - y) / reach)
            discs.append((round(x * 16), round(y * 16), round(radius * 16)))
    out = np.clip(back + 190 * np.clip(glow, 0, 1.3)[..., None] * np.asarray(_GLOW, np.float32), 0, 255)
    lit = np.asarray(out, np.uint8)
    for x, y, radius in discs:
        cv2.circle(lit, (x, y), radius, (255, 252, 240), -1, cv2.LINE_AA, 4)
    return lit
