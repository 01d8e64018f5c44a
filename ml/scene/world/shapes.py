"""Small solids in metres (y up): tubes and quads, and a builder that cuts long ones into sortable pieces."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lifts.arrays import Bool, Float64, UInt8

Reals = npt.NDArray[np.floating[Any]]

Rgb = tuple[float, float, float]
Point = Sequence[float] | Float64

BAR_ID, RIDER_ID = 255, 128


@dataclass(frozen=True, eq=False)
class Shapes:
    """Tubes float64[N, 8] (p0, p1, r0, r1 in metres), quads float64[M, 4, 3], their albedo and ids.

    quad_bias float64[M] in metres: a quad sorts this much farther where its front (corners anticlockwise) is
    seen, as much nearer where its rear is: benches stay behind those who sit on them, from either side.
    """

    tubes: Float64
    tube_rgb: Float64
    tube_id: UInt8
    quads: Float64
    quad_rgb: Float64
    quad_id: UInt8
    quad_bias: Float64

    def rimed(self, amount: float) -> Shapes:
        """Return the shapes with patchy hoar frost on them, 0 none .. 1 white."""
        white = np.array([0.82, 0.85, 0.9])

        def frosted(rgb: Float64, at: Float64) -> Float64:
            patchy = 0.6 + 0.4 * np.sin(at @ np.array([37.0, 23.0, 31.0]))
            return np.asarray(rgb + (white - rgb) * (amount * patchy)[:, None])

        return replace(
            self,
            tube_rgb=frosted(self.tube_rgb, self.tubes[:, 0:3]),
            quad_rgb=frosted(self.quad_rgb, self.quads.mean(1)),
        )

    def mapped(self, rotation: Float64, offset: Float64) -> Shapes:
        """Return the shapes after p -> rotation @ p + offset (float64[3, 3], float64[3])."""
        tubes = self.tubes.copy()
        tubes[:, 0:3] = tubes[:, 0:3] @ rotation.T + offset
        tubes[:, 3:6] = tubes[:, 3:6] @ rotation.T + offset
        quads = self.quads @ rotation.T + offset
        return replace(self, tubes=tubes, quads=quads)

    def only(self, tubes: Bool, quads: Bool) -> Shapes:
        """Return some of the shapes: those where bool[N] and bool[M] are set."""
        kept = {
            f.name: getattr(self, f.name)[tubes if f.name.startswith("tube") else quads] for f in fields(self)
        }
        return Shapes(**kept)

    def marked(self, part: int) -> Shapes:
        """Return the shapes with one id, BAR_ID, RIDER_ID, or 0 for unlabelled parts."""
        return replace(
            self, tube_id=np.full_like(self.tube_id, part), quad_id=np.full_like(self.quad_id, part)
        )


def join(parts: Sequence[Shapes]) -> Shapes:
    """Return all shapes in one."""
    return Shapes(*(np.concatenate([getattr(p, field.name) for p in parts]) for field in fields(Shapes)))


def _numbers(point: Point) -> Sequence[float]:
    return point.tolist() if isinstance(point, np.ndarray) else point


class Builder:
    """Collects tubes and quads; long ones are cut so that sorting by distance stays right."""

    def __init__(self) -> None:
        self._tubes: list[tuple[tuple[float, ...], Rgb, int]] = []
        self._quads: list[tuple[Float64, Rgb, float]] = []

    def tube(
        self,
        a: Point,
        b: Point,
        radius: float,
        rgb: Rgb,
        *,
        end_radius: float | None = None,
        step_m: float = 0.3,
        part: int = 0,
    ) -> None:
        """Add a capsule from a to b, cut into pieces of at most step_m."""
        # Plain numbers: arrays of three are slower to make than to compute with.
        (px, py, pz), (qx, qy, qz) = _numbers(a), _numbers(b)
        dx, dy, dz = qx - px, qy - py, qz - pz
        dr = (radius if end_radius is None else end_radius) - radius
        n = max(1, math.ceil(math.sqrt(dx * dx + dy * dy + dz * dz) / step_m))
        for i in range(n):
            f, g = i / n, (i + 1) / n
            start, end = (px + dx * f, py + dy * f, pz + dz * f), (px + dx * g, py + dy * g, pz + dz * g)
            self._tubes.append(((*start, *end, radius + dr * f, radius + dr * g), rgb, part))

    def line(self, points: Float64, radius: float, rgb: Rgb, *, step_m: float = 0.3, part: int = 0) -> None:
        """Add a bent tube through points float[K, 3]."""
        for a, b in itertools.pairwise(points):
            self.tube(a, b, radius, rgb, step_m=step_m, part=part)

    def ball(self, centre: Point, radius: float, rgb: Rgb) -> None:
        """Add a ball."""
        self.tube(centre, centre, radius, rgb)

    def quad(
        self,
        corners: npt.ArrayLike,
        rgb: Rgb,
        *,
        cells: tuple[int, int] = (1, 1),
        bias_m: float = 0.0,
    ) -> None:
        """Add a flat quad float[4, 3] (in order round its edge), cut into a grid of cells."""
        c = np.asarray(corners, float)
        nu, nv = cells
        if nu == nv == 1:
            self._quads.append((c, rgb, bias_m))
            return
        for i in range(nu):
            for j in range(nv):
                u = np.array([i, i + 1, i + 1, i]) / nu
                v = np.array([j, j, j + 1, j + 1]) / nv
                u, v = u[:, None], v[:, None]
                cell = (1 - v) * ((1 - u) * c[0] + u * c[1]) + v * ((1 - u) * c[3] + u * c[2])
                self._quads.append((cell, rgb, bias_m))

    def box(self, low: Point, high: Point, rgb: Rgb) -> None:
        """Add an upright box."""
        (x0, y0, z0), (x1, y1, z1) = low, high
        self.quad([(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)], rgb)
        self.quad([(x0, y0, z1), (x1, y0, z1), (x1, y1, z1), (x0, y1, z1)], rgb)
        self.quad([(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)], rgb)
        self.quad([(x0, y0, z0), (x1, y0, z0), (x1, y0, z1), (x0, y0, z1)], rgb)
        self.quad([(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)], rgb)
        self.quad([(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)], rgb)

    def build(self) -> Shapes:
        """Return what was collected as arrays."""
        return Shapes(
            np.array([tube for tube, _, _ in self._tubes], float).reshape(-1, 8),
            np.array([rgb for _, rgb, _ in self._tubes], float).reshape(-1, 3),
            np.array([part for _, _, part in self._tubes], np.uint8),
            np.array([quad for quad, _, _ in self._quads], float).reshape(-1, 4, 3),
            np.array([rgb for _, rgb, _ in self._quads], float).reshape(-1, 3),
            np.zeros(len(self._quads), np.uint8),
            np.array([bias_m for _, _, bias_m in self._quads], float),
        )
