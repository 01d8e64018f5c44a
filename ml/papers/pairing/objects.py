"""Objects before clutter: a rendered stand-in for the paper's two sets of photographs.

Section IV.A has ten kinds of objects on shelves and in totes, and leaves of three species before different
backgrounds, all in pictures of 160x160; neither set comes with this project. Here are ten kinds of outlines:
round, angular, lobed, notched, pointed. A kind's colours, its angle within 30 degrees, its size (a third to a
half of the picture) and its place are drawn anew each time; an object keeps a variation of its outline.
Before it and its background lie shapes of no kind, half as large, in colours of the same range, so that
neither colour nor contrast says where the object is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import pi

import cv2
import numpy as np

from lifts.arrays import Float64, Int64, UInt8
from ml.models.getnet import OBJECTS
from ml.papers.pairing.sets import SPLITS, PairingSet, Placed, Split

SIDE_PX = 160
SMALLEST_PX, LARGEST_PX = 56, 80
TURN_RAD = pi / 6
CLUTTER = 14
KINDS = 10
COUNTS: dict[Split, int] = {"train": 4000, "validation": 1000, "test": 2000}
"""Objects, a tenth of them of each kind."""

_POINTS = 96
_FINE = 4  # bits of a pixel's fraction that OpenCV draws with


@dataclass(frozen=True)
class ObjectSet(PairingSet):
    """Objects of ten kinds in pictures of 160x160x3."""

    layout = OBJECTS
    grey = 127.5

    def labels(self, split: Split) -> Int64:
        """Return the objects' kinds, 0..9 in turn."""
        return np.arange(COUNTS[split]) % KINDS

    def place(self, split: Split, rows: Int64, rng: np.random.Generator) -> Placed:
        """Return uint8[N, 160, 160, 3]; the boxes are the outlines' own."""
        drawn = [self._picture(split, int(row), rng) for row in rows]
        pictures = np.stack([picture for picture, _ in drawn])
        return Placed(pictures, rows % KINDS, np.stack([box for _, box in drawn]))

    @staticmethod
    def _picture(split: Split, row: int, rng: np.random.Generator) -> tuple[UInt8, Int64]:
        picture = _background(rng)
        colours = rng.integers(0, 256, (CLUTTER + 1, 2, 3)).tolist()
        for points, (fill, edge) in zip(_of_no_kind(rng), colours, strict=False):
            _draw(picture, points, fill, edge)
        own = np.random.default_rng([SPLITS.index(split), row])  # an object's own, wherever it is placed
        points = outline(row % KINDS, own) @ _turned(rng.uniform(-TURN_RAD, TURN_RAD))
        size = np.ptp(points, axis=0)
        points *= rng.uniform(SMALLEST_PX, LARGEST_PX) / size.max()
        low, high = points.min(0), points.max(0)
        points += rng.uniform(1 - low, SIDE_PX - 1 - high)
        _draw(picture, points, *colours[-1])
        noise = rng.integers(0, 17, picture.shape, dtype=np.uint8)
        brightened = cv2.add(picture, noise)
        box = np.concatenate([np.floor(points.min(0)), np.ceil(points.max(0))]).astype(np.int64)
        return np.asarray(cv2.subtract(brightened, np.full_like(picture, 8)), np.uint8), box


def outline(kind: int, rng: np.random.Generator) -> Float64:
    """Return an outline float64[96, 2] round (0, 0) of a kind 0..9, varied by a few per cent."""
    t = np.linspace(0, 2 * pi, _POINTS, endpoint=False)
    radius = [
        np.ones_like(t),  # a disc
        1 / np.cos((t % (2 * pi / 3)) - pi / 3),  # a triangle
        1 / np.maximum(abs(np.cos(t)), abs(np.sin(t))),  # a square
        1 + 0.45 * np.cos(5 * t),  # five lobes
        1 + 0.2 * np.sign(np.cos(9 * t)),  # a cogwheel
        np.where(abs(abs(t - pi)) < 0.5, 0.25, 1.0),  # a disc with a notch
        0.35 + np.cos(1.5 * t) ** 2,  # three long lobes
        1 / np.hypot(np.cos(t) / 1.0, np.sin(t) / 0.33),  # a long ellipse
        np.where(np.minimum(abs(np.cos(t)), abs(np.sin(t))) < 0.35, 1.0, 0.45),  # a cross
        np.where(np.sin(t) > 0, 1.0, 0.3),  # half a disc
    ][kind]
    points = radius[:, None] * np.stack([np.cos(t), np.sin(t)], 1)
    bend = sum(rng.normal(0, 0.02) * np.cos(k * t + rng.uniform(0, 2 * pi)) for k in (1, 2, 3))
    found: Float64 = points * (1 + np.asarray(bend))[:, None] * rng.uniform(0.92, 1.08, 2)
    return found


def _of_no_kind(rng: np.random.Generator) -> Float64:
    """Shapes float64[CLUTTER, 6, 2], a fifth of the picture large, anywhere, perhaps beyond its edge."""
    angles = np.sort(rng.uniform(0, 2 * pi, (CLUTTER, 6)))
    radius = rng.uniform(0.3, 1.0, (CLUTTER, 6)) * rng.uniform(8, 24, (CLUTTER, 1))
    found: Float64 = radius[..., None] * np.stack([np.cos(angles), np.sin(angles)], 2)
    return found + rng.uniform(0, SIDE_PX, (CLUTTER, 1, 2))


def _background(rng: np.random.Generator) -> UInt8:
    """Blotches of colour."""
    coarse = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC), np.uint8)


def _draw(picture: UInt8, points: Float64, fill: list[int], edge: list[int]) -> None:
    """Fill an outline float64[K, 2] with a colour, and draw its edge in another."""
    polygon = np.round(points * 2**_FINE).astype(np.int32)
    cv2.fillPoly(picture, [polygon], fill, lineType=cv2.LINE_AA, shift=_FINE)
    cv2.polylines(picture, [polygon], True, edge, 2, cv2.LINE_AA, _FINE)


def _turned(angle: float) -> Float64:
    return np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
