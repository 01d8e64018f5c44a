"""A camera, a light and a painter: convex polygons, sorted by distance, shaded one by one.

Tubes (capsules; a ball is a tube of length zero) and flat quads are all there is. The fourth channel of the
canvas carries an id, so that the label is drawn by the same strokes as the picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from lifts.arrays import Bool, Float64, UInt8
from ml.scene.world.shade import in_sun
from ml.scene.world.shapes import Reals, Rgb, Shapes

_SHIFT = 4  # sub-pixel bits of OpenCV's polygon coordinates

_NEAR_M = 0.25
_SHADOW_FROM = 0.2  # a weaker sun throws no shadow that could be seen


@dataclass(frozen=True, eq=False)
class Eye:
    """A pinhole camera: position in metres, rows right/down/forward, focal length and centre in pixels."""

    position: Float64
    axes: Float64
    focal_px: float
    centre: tuple[float, float]

    def project(self, points: Float64, affine: Float64) -> tuple[Float64, Float64]:
        """Map points float[..., 3] to picture float[..., 2] (through a 2x3 affine) and depth float[...]."""
        cam = (points - self.position) @ self.axes.T
        depth = cam[..., 2]
        safe = np.maximum(depth, 0.05)
        pixel = cam[..., :2] / safe[..., None] * self.focal_px + self.centre
        return pixel @ affine[:, :2].T + affine[:, 2], depth


@dataclass(frozen=True)
class Light:
    """The light of a picture in linear colour; sun points from the scene towards the sun (unit vector).

    lamp_m: where there is a lamp instead of a sun, its distance from the world's origin in metres, in that
    direction; 0 for a sun. A lamp's light falls off with the square of the distance from it.
    """

    sun: tuple[float, float, float]
    sun_rgb: Rgb
    sky_rgb: Rgb
    ground_rgb: Rgb
    fog_rgb: Rgb
    fog_per_m: float
    exposure: float
    lamp_m: float = 0.0

    def reaching(self, points: Float64) -> tuple[Float64, Float64 | float]:
        """Return unit vectors from points float[N, 3] (metres) towards the light, and its strength there."""
        sun = np.asarray(self.sun)
        if not self.lamp_m:
            return np.broadcast_to(sun, points.shape), 1.0
        towards = sun * self.lamp_m - points
        distance = np.maximum(np.linalg.norm(towards, axis=1), 0.5)
        return towards / distance[:, None], np.minimum((self.lamp_m / distance) ** 2, 4.0)

    def shade(
        self,
        albedo: Reals,
        normals: Reals,
        depth: Reals,
        sunlit: float | Reals = 1.0,
        towards: Float64 | None = None,
    ) -> Float64:
        """Return display colour 0..255 float[..., 3] of surfaces with unit normals at a depth in metres.

        sunlit: how much of the sun reaches each; towards: unit vectors to it, where they are not all `sun`.
        """
        up = (normals[..., 1:2] + 1) * 0.5
        facing = normals @ np.asarray(self.sun) if towards is None else np.sum(normals * towards, -1)
        direct = np.clip(facing, 0, None) * sunlit
        lit = np.asarray(self.ground_rgb) + up * (np.asarray(self.sky_rgb) - np.asarray(self.ground_rgb))
        linear = albedo * (lit + direct[..., None] * np.asarray(self.sun_rgb))
        clear = np.exp(-self.fog_per_m * np.maximum(depth, 0))[..., None]
        linear = linear * clear + np.asarray(self.fog_rgb) * (1 - clear)
        return self.develop(linear)

    def develop(self, linear: Reals) -> Float64:
        """Return display values 0..255 of linear light, with a soft shoulder towards white."""
        x = np.maximum(linear, 0) * self.exposure
        x = x * (1 + x / 6) / (1 + x * 0.55)
        return np.asarray(255 * np.clip(x, 0, 1) ** (1 / 2.2))


_ARC = np.concatenate([np.linspace(-np.pi / 2, np.pi / 2, 6), np.linspace(np.pi / 2, 3 * np.pi / 2, 6)])

_COS, _SIN = np.cos(_ARC), np.sin(_ARC)


def _outline(a: Float64, b: Float64, r: Float64) -> npt.NDArray[np.int32]:
    """Return capsule outlines int32[N, 12, 2] in sub-pixel units: ends float[N, 2], radii float[N, 2]."""
    d = b - a
    length = np.hypot(d[:, 0], d[:, 1])
    tiny = length < 1e-6
    u = np.where(tiny[:, None], [1.0, 0.0], d / np.maximum(length, 1e-6)[:, None])
    v = np.stack([-u[:, 1], u[:, 0]], 1)
    rim = _COS[None, :, None] * u[:, None] + _SIN[None, :, None] * v[:, None]
    points = np.empty((len(a), 12, 2))
    points[:, :6] = b[:, None] + rim[:, :6] * r[:, 1, None, None]
    points[:, 6:] = a[:, None] + rim[:, 6:] * r[:, 0, None, None]
    return np.asarray(np.clip(points, -4000, 8000) * (1 << _SHIFT), np.int32)


def draw(canvas: UInt8, shapes: Shapes, eye: Eye, affine: Float64, light: Light, sunlit: float = 1.0) -> None:
    """Paint shapes on uint8[H, W, 4] (red, green, blue, id), far ones first.

    affine maps camera pixels to canvas pixels; sunlit (0..1) dims the sun, for carriers under a roof. Solids
    shadow each other.
    """
    scale = math.sqrt(abs(np.linalg.det(affine[:, :2]))) * eye.focal_px
    tubes, quads = shapes.tubes, shapes.quads
    a, da = eye.project(tubes[:, 0:3], affine)
    b, db = eye.project(tubes[:, 3:6], affine)
    depth = (da + db) / 2
    # OpenCV fills every pixel that the edge touches: about a third of a pixel too much on each side.
    radius = np.maximum(tubes[:, 6:8] * scale / np.maximum(np.stack([da, db], 1), _NEAR_M) - 0.35, 0.2)
    corners, dq = eye.project(quads, affine)
    quad_px = np.asarray(np.clip(corners, -4000, 8000) * (1 << _SHIFT), np.int32)
    tube_sun, quad_sun = np.full(len(tubes), sunlit), np.full(len(quads), sunlit)
    if sunlit * max(light.sun_rgb) > _SHADOW_FROM:
        tube_lit, quad_lit = in_sun(shapes, light.sun)
        tube_sun, quad_sun = tube_sun * tube_lit, quad_sun * quad_lit
    middle = quads.mean(1)
    tube_mid = (tubes[:, 0:3] + tubes[:, 3:6]) / 2
    tube_towards, tube_near = light.reaching(tube_mid)
    quad_towards, quad_near = light.reaching(middle)
    layers = _tube_layers(shapes, eye, light, tube_sun * tube_near, tube_towards, a, b, radius, depth)
    normals = np.cross(quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-9)[:, None]
    facing = np.sum(normals * (eye.position - middle), 1)
    normals *= np.where(facing < 0, -1.0, 1.0)[:, None]
    quad_rgb = light.shade(shapes.quad_rgb, normals, dq.mean(1), quad_sun * quad_near, quad_towards)
    height, width = canvas.shape[:2]
    tube_far = np.linalg.norm(tube_mid - eye.position, axis=1) - tubes[:, 6:8].mean(1) * 0.1
    quad_far = np.linalg.norm(middle - eye.position, axis=1) + shapes.quad_bias * np.sign(facing)
    reach = radius.max(1, initial=0.0)
    tube_seen = (np.minimum(da, db) > _NEAR_M) & _inside(
        np.minimum(a, b) - reach[:, None], np.maximum(a, b) + reach[:, None], width, height
    )
    quad_seen = (dq.min(1, initial=1e9) > _NEAR_M) & _inside(corners.min(1), corners.max(1), width, height)
    order = np.argsort(-np.concatenate([tube_far, quad_far]), kind="stable")
    seen = np.concatenate([tube_seen, quad_seen])
    n = len(tubes)
    quad_colour = np.concatenate([quad_rgb, shapes.quad_id[:, None]], 1).tolist()
    tube_colour = [colour.tolist() for _, colour in layers]
    thick = (reach > 1.6).tolist()
    for k in order[seen[order]].tolist():
        if k >= n:
            cv2.fillConvexPoly(canvas, quad_px[k - n], quad_colour[k - n], cv2.LINE_8, _SHIFT)
            continue
        if not thick[k]:
            cv2.fillConvexPoly(canvas, layers[1][0][k], tube_colour[1][k], cv2.LINE_8, _SHIFT)
            continue
        for (outline, _), colours in zip(layers, tube_colour, strict=True):
            cv2.fillConvexPoly(canvas, outline[k], colours[k], cv2.LINE_8, _SHIFT)


def _tube_layers(
    shapes: Shapes,
    eye: Eye,
    light: Light,
    sunlit: Float64,
    towards: Float64,
    a: Float64,
    b: Float64,
    radius: Float64,
    depth: Float64,
) -> list[tuple[npt.NDArray[np.int32], Float64]]:
    """Return three nested outlines, from the shaded rim to the lit stripe, with colours float[N, 4].

    The middle layer alone (full width) is used for tubes too thin to show a gradient.
    """
    tubes = shapes.tubes
    axis = tubes[:, 3:6] - tubes[:, 0:3]
    axis /= np.maximum(np.linalg.norm(axis, axis=1), 1e-9)[:, None]
    if float(sunlit.max(initial=0.0)) * max(light.sun_rgb) < 0.05:
        # Without a sun the sky above is the brightest side.
        towards = np.broadcast_to([0.0, 1.0, 0.0], axis.shape)
    side = towards - np.sum(axis * towards, 1)[:, None] * axis
    side /= np.maximum(np.linalg.norm(side, axis=1), 1e-9)[:, None]
    view = eye.position - (tubes[:, 0:3] + tubes[:, 3:6]) / 2
    view -= np.sum(view * axis, 1)[:, None] * axis
    view /= np.maximum(np.linalg.norm(view, axis=1), 1e-9)[:, None]
    shift = (side @ eye.axes.T)[:, :2] * radius.mean(1)[:, None]
    out = []
    thin = (radius.max(1, initial=0.0) <= 1.6)[:, None]
    u = b - a
    u /= np.maximum(np.hypot(u[:, 0], u[:, 1]), 1.0)[:, None]
    for size, move, toward in ((1.0, 0.0, -0.55), (0.8, 0.16, 0.1), (0.45, 0.42, 0.75)):
        normal = side * toward + view * 0.7
        normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-9)[:, None]
        rgb = light.shade(shapes.tube_rgb, normal, depth, sunlit, towards)
        grow = np.where(thin, 1.0, size)
        offset = np.where(thin, 0.0, move) * shift
        colour = np.concatenate([rgb, shapes.tube_id[:, None]], 1)
        # The inner layers reach as far along the tube as the rim does, so that joints show no rings.
        stretch = u * (radius.mean(1)[:, None] * np.where(thin, 0.0, 1 - size))
        out.append((_outline(a + offset - stretch, b + offset + stretch, radius * grow), colour))
    return out


def _inside(low: Float64, high: Float64, width: int, height: int) -> Bool:
    return np.asarray((high >= 0).all(1) & (low[:, 0] <= width) & (low[:, 1] <= height))


def silhouette(mask: UInt8, shapes: Shapes, eye: Eye, affine: Float64, value: int) -> None:
    """Fill everything the shapes cover on uint8[H, W] with one value: shadows, or the whole of a bar."""
    scale = math.sqrt(abs(np.linalg.det(affine[:, :2]))) * eye.focal_px
    a, da = eye.project(shapes.tubes[:, 0:3], affine)
    b, db = eye.project(shapes.tubes[:, 3:6], affine)
    radius = shapes.tubes[:, 6:8] * scale / np.maximum(np.stack([da, db], 1), _NEAR_M) - 0.35
    outline = _outline(a, b, np.maximum(radius, 0.2))
    for k in np.flatnonzero(np.minimum(da, db) > _NEAR_M).tolist():
        cv2.fillConvexPoly(mask, outline[k], value, cv2.LINE_8, _SHIFT)
    corners, dq = eye.project(shapes.quads, affine)
    quad_px = np.asarray(np.clip(corners, -4000, 8000) * (1 << _SHIFT), np.int32)
    for k in np.flatnonzero(dq.min(1, initial=1e9) > _NEAR_M).tolist():
        cv2.fillConvexPoly(mask, quad_px[k], value, cv2.LINE_8, _SHIFT)


def dropped(shapes: Shapes, sun: tuple[float, float, float], ground_y: float) -> Shapes:
    """Return the shapes' cast shadow: every point moved along the sun's ray onto the plane y = ground_y."""
    ray = np.asarray(sun) / max(sun[1], 0.12)
    tubes, quads = shapes.tubes.copy(), shapes.quads.copy()
    tubes[:, 0:3] -= (tubes[:, 1:2] - ground_y) * ray
    tubes[:, 3:6] -= (tubes[:, 4:5] - ground_y) * ray
    quads -= (quads[..., 1:2] - ground_y) * ray
    return replace(shapes, tubes=tubes, quads=quads)
