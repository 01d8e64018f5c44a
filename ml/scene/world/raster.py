"""A camera, a light and a painter: convex polygons, sorted by distance, shaded one by one.

Tubes (capsules; a ball is a tube of length zero) and flat quads are all there is. The fourth channel of the
canvas carries an id, so that the label is drawn by the same strokes as the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lifts.arrays import Bool, Float64, UInt8
from ml.scene.world.polygons import SUB_PIXEL_BITS as _SHIFT
from ml.scene.world.polygons import Int32, fill, rounded_colours
from ml.scene.world.shade import in_sun
from ml.scene.world.shading import capsules, tube_layers
from ml.scene.world.shapes import Reals, Rgb, Shapes

_NEAR_M = 0.25
_THIN_PX = 1.6  # a tube of a smaller radius shows no gradient
_OVERCAST = 0.05  # a weaker sun gives a tube no lit side
_SHADOW_FROM = 0.2  # a weaker sun throws no shadow that could be seen


Box = tuple[int, int, int, int]
"""Left, top, right and bottom of a part of a canvas, in whole pixels; right and bottom excluded."""


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

    @property
    def throws_shadows(self) -> bool:
        """Whether it throws shadows on the ground that can be seen."""
        return max(self.sun_rgb) > 0.15

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


def sun_on(shapes: Shapes, light: Light, sunlit: float = 1.0) -> tuple[Float64, Float64]:
    """Return how much of the sun reaches each tube float64[N] and each quad float64[M], 0..1.

    sunlit (0..1) dims the sun, for carriers under a roof. Solids shadow each other.
    """
    tube_sun, quad_sun = np.full(len(shapes.tubes), sunlit), np.full(len(shapes.quads), sunlit)
    if sunlit * max(light.sun_rgb) > _SHADOW_FROM:
        tube_lit, quad_lit = in_sun(shapes, light.sun)
        tube_sun, quad_sun = tube_sun * tube_lit, quad_sun * quad_lit
    return tube_sun, quad_sun


def lit_from_above(shapes: Shapes, light: Light, tube_sun: Float64) -> bool:
    """Whether no tube has a lit side: then the sky above is the brightest side of each."""
    middles = (shapes.tubes[:, 0:3] + shapes.tubes[:, 3:6]) / 2
    near = light.reaching(middles)[1]
    return bool(float((tube_sun * near).max(initial=0.0)) * max(light.sun_rgb) < _OVERCAST)


def draw(
    canvas: UInt8,
    shapes: Shapes,
    eye: Eye,
    affine: Float64,
    light: Light,
    sunlit: float = 1.0,
    *,
    sun: tuple[Float64, Float64] | None = None,
    within: Sequence[Box] | None = None,
) -> None:
    """Paint shapes on uint8[H, W, 4] (red, green, blue, id), far ones first.

    Args:
        canvas: drawn on.
        shapes: in world coordinates, metres.
        eye, affine: the camera, and camera pixels to canvas pixels.
        light, sunlit: see `sun_on`.
        sun: what `sun_on` gives, if it is known already.
        within: parts of the canvas; what touches none of them is left out, and pixels outside them have no
            meaning. The whole canvas if not given.
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
    tube_sun, quad_sun = sun or sun_on(shapes, light, sunlit)
    overcast = lit_from_above(shapes, light, tube_sun)
    middle = quads.mean(1)
    tube_mid = (tubes[:, 0:3] + tubes[:, 3:6]) / 2
    boxes = [(0, 0, canvas.shape[1], canvas.shape[0])] if within is None else within
    reach = radius.max(1, initial=0.0)
    tube_seen = (np.minimum(da, db) > _NEAR_M) & _inside(
        np.minimum(a, b) - reach[:, None], np.maximum(a, b) + reach[:, None], boxes
    )
    quad_seen = (dq.min(1, initial=1e9) > _NEAR_M) & _inside(corners.min(1), corners.max(1), boxes)
    # Only what is in the picture is shaded.
    shapes = shapes.only(tube_seen, quad_seen)
    tubes, quads, tube_mid, middle = shapes.tubes, shapes.quads, tube_mid[tube_seen], middle[quad_seen]
    towards, near = light.reaching(tube_mid)
    if overcast:
        towards = np.broadcast_to([0.0, 1.0, 0.0], towards.shape)
    thin = reach[tube_seen] <= _THIN_PX
    outlines, normals = tube_layers(
        tubes, a[tube_seen], b[tube_seen], radius[tube_seen], thin, towards, eye.position, eye.axes
    )
    tube_colour = light.shade(shapes.tube_rgb, normals, depth[tube_seen], tube_sun[tube_seen] * near, towards)
    towards, near = light.reaching(middle)
    normals = np.cross(quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1), 1e-9)[:, None]
    facing = np.sum(normals * (eye.position - middle), 1)
    normals *= np.where(facing < 0, -1.0, 1.0)[:, None]
    quad_colour = light.shade(
        shapes.quad_rgb, normals, dq[quad_seen].mean(1), quad_sun[quad_seen] * near, towards
    )
    tube_far = np.linalg.norm(tube_mid - eye.position, axis=1) - tubes[:, 6:8].mean(1) * 0.1
    quad_far = np.linalg.norm(middle - eye.position, axis=1) + shapes.quad_bias * np.sign(facing)
    order = np.argsort(-np.concatenate([tube_far, quad_far]), kind="stable")
    n, m = len(tubes), len(quads)
    polygons = np.concatenate([outlines.reshape(-1, 12, 2), _padded(quad_px[quad_seen])])
    colours = np.empty((len(polygons), 4), np.uint8)
    colours[:, :3] = rounded_colours(np.concatenate([tube_colour.reshape(-1, 3), quad_colour]))
    colours[:, 3] = np.concatenate([np.tile(shapes.tube_id, 3), shapes.quad_id])
    sides = np.full(len(polygons), 12, np.int32)
    sides[3 * n :] = 4
    # A thick tube is its three layers in a row, a thin one the middle layer, a quad follows all tubes.
    thick = np.concatenate([~thin, np.zeros(m, bool)])
    first = np.concatenate([np.where(thick[:n], 0, n) + np.arange(n), 3 * n + np.arange(m)])
    strokes = np.where(thick, 3, 1)[order]
    layer = np.arange(strokes.sum()) - np.repeat(np.cumsum(strokes) - strokes, strokes)
    painted = np.repeat(first[order], strokes) + layer * n
    fill(canvas, polygons[painted], sides[painted], colours[painted])


def _padded(quads: Int32) -> Int32:
    """Return quads int32[M, 4, 2] with room for as many corners as a tube's outline has."""
    out = np.zeros((len(quads), 12, 2), np.int32)
    out[:, :4] = quads
    return out


def _inside(low: Float64, high: Float64, boxes: Sequence[Box]) -> Bool:
    inside = np.zeros(len(low), bool)
    for left, top, right, bottom in boxes:
        inside |= (high >= (left, top)).all(1) & (low <= (right, bottom)).all(1)
    return inside


def extent(shapes: Shapes, eye: Eye, affine: Float64) -> Float64:
    """Return float64[4], left, top, right and bottom of everything the shapes can cover, in canvas pixels.

    Left is greater than right if nothing can be seen.
    """
    scale = math.sqrt(abs(np.linalg.det(affine[:, :2]))) * eye.focal_px
    a, da = eye.project(shapes.tubes[:, 0:3], affine)
    b, db = eye.project(shapes.tubes[:, 3:6], affine)
    seen = np.minimum(da, db) > _NEAR_M
    nearest = np.maximum(np.minimum(da, db), _NEAR_M)
    reach = (shapes.tubes[:, 6:8].max(1, initial=0.0) * scale / nearest + 1)[seen, None]
    corners, dq = eye.project(shapes.quads, affine)
    faces = corners[dq.min(1, initial=1e9) > _NEAR_M].reshape(-1, 2)
    low = np.concatenate([a[seen] - reach, b[seen] - reach, faces])
    high = np.concatenate([a[seen] + reach, b[seen] + reach, faces])
    return np.concatenate([low.min(0, initial=np.inf), high.max(0, initial=-np.inf)])


def silhouette(mask: UInt8, shapes: Shapes, eye: Eye, affine: Float64, value: int) -> None:
    """Fill everything the shapes cover on uint8[H, W] with one value: shadows, or the whole of a bar."""
    scale = math.sqrt(abs(np.linalg.det(affine[:, :2]))) * eye.focal_px
    a, da = eye.project(shapes.tubes[:, 0:3], affine)
    b, db = eye.project(shapes.tubes[:, 3:6], affine)
    radius = shapes.tubes[:, 6:8] * scale / np.maximum(np.stack([da, db], 1), _NEAR_M) - 0.35
    seen = np.flatnonzero(np.minimum(da, db) > _NEAR_M)
    outline = capsules(a[seen], b[seen], np.maximum(radius[seen], 0.2))
    corners, dq = eye.project(shapes.quads, affine)
    quad_px = np.asarray(
        np.clip(corners[dq.min(1, initial=1e9) > _NEAR_M], -4000, 8000) * (1 << _SHIFT), np.int32
    )
    for polygons in (outline, quad_px):
        sides = np.full(len(polygons), polygons.shape[1], np.int32)
        fill(mask[..., None], polygons, sides, np.full((len(polygons), 1), value, np.uint8))


def dropped(shapes: Shapes, sun: tuple[float, float, float], ground_y: float) -> Shapes:
    """Return the shapes' cast shadow: every point moved along the sun's ray onto the plane y = ground_y."""
    ray = np.asarray(sun) / max(sun[1], 0.12)
    tubes, quads = shapes.tubes.copy(), shapes.quads.copy()
    tubes[:, 0:3] -= (tubes[:, 1:2] - ground_y) * ray
    tubes[:, 3:6] -= (tubes[:, 4:5] - ground_y) * ray
    quads -= (quads[..., 1:2] - ground_y) * ray
    return replace(shapes, tubes=tubes, quads=quads)
