"""From areas to the lines in their middle: thinning, tracing, simplifying."""

from __future__ import annotations

import cv2
import numpy as np

from lifts.arrays import Bool, Float64

_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
"""A pixel's neighbours (dy, dx), clockwise from the one above."""

Pixel = tuple[int, int]


def thin(area: Bool) -> Bool:
    """Return the lines in the middle of an area, bool[H, W], one pixel wide and as connected as the area.

    Zhang and Suen, "A fast parallel algorithm for thinning digital patterns" (CACM 27, 1984).
    """
    line = np.zeros(area.shape, np.bool_)
    ys, xs = np.nonzero(area)
    if not ys.size:
        return line
    box = np.s_[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    kept = np.pad(np.asarray(area[box], np.uint8), 1)
    while True:
        before = int(kept.sum())
        for first in (True, False):
            ring = [np.roll(kept, (-dy, -dx), (0, 1)) for dy, dx in _AROUND]
            count = np.sum(ring, axis=0)
            rises = sum((ring[i] == 0) & (ring[(i + 1) % 8] == 1) for i in range(8)) == 1
            north, east, south, west = ring[::2]
            if first:
                side = (north & east & south) | (east & south & west)
            else:
                side = (north & east & west) | (north & south & west)
            kept[(count >= 2) & (count <= 6) & rises & (side == 0)] = 0
        if int(kept.sum()) == before:
            line[box] = kept[1:-1, 1:-1] > 0
            return line


def trace(line: Bool, spur_px: float) -> list[Float64]:
    """Return the strokes of a thinned area, each float64[K, 2] of (x, y), from end or crossing to the next.

    Branches that end freely and are shorter than `spur_px` are fringes of thinning where they hang on a
    crossing: they are left out, and what they hung on is one stroke.
    """
    pixels = {(int(y), int(x)) for y, x in zip(*np.nonzero(line), strict=True)}
    while True:
        strokes = _strokes(pixels)
        ends = _degrees(pixels)
        spurs = sorted((s for s in strokes if _is_spur(s, ends, spur_px)), key=len, reverse=True)
        if not spurs:
            return [np.array([(x, y) for y, x in stroke], np.float64) for stroke in strokes]
        # Of a fork at a line's end one side stays: only the shortest at each crossing goes.
        shortest = {s[0] if ends[s[0]] > 2 else s[-1]: s for s in spurs}
        pixels -= {p for spur in shortest.values() for p in spur if ends[p] <= 2}
        # What is left of a crossing may be a corner of three pixels.
        left = np.zeros(line.shape, np.bool_)
        for p in pixels:
            left[p] = True
        pixels = {(int(y), int(x)) for y, x in zip(*np.nonzero(thin(left)), strict=True)}


def simplify(stroke: Float64, tolerance_px: float) -> Float64:
    """Return a stroke with the fewest corners that stay within a tolerance (Douglas and Peucker).

    One that closes on itself is cut at its first point and where it is furthest from there.
    """
    if len(stroke) > 2 and (stroke[0] == stroke[-1]).all():
        half = int(np.hypot(*(stroke - stroke[0]).T).argmax())
        first, second = (simplify(part, tolerance_px) for part in (stroke[: half + 1], stroke[half:]))
        return np.vstack([first, second[1:]])
    poly = cv2.approxPolyDP(stroke.astype(np.float32).reshape(-1, 1, 2), tolerance_px, False)
    return np.asarray(poly, np.float64).reshape(-1, 2)


def _next_to(pixel: Pixel, pixels: set[Pixel]) -> list[Pixel]:
    """Return a pixel's neighbours; one across a corner does not count where the way round it is open."""
    y, x = pixel
    straight = [(y + dy, x + dx) for dy, dx in _AROUND[::2] if (y + dy, x + dx) in pixels]
    across = [
        (y + dy, x + dx)
        for dy, dx in _AROUND[1::2]
        if (y + dy, x + dx) in pixels and (y + dy, x) not in pixels and (y, x + dx) not in pixels
    ]
    return straight + across


def _degrees(pixels: set[Pixel]) -> dict[Pixel, int]:
    return {p: len(_next_to(p, pixels)) for p in pixels}


def _is_spur(stroke: list[Pixel], degrees: dict[Pixel, int], spur_px: float) -> bool:
    free = sorted((degrees[stroke[0]], degrees[stroke[-1]]))
    return len(stroke) > 1 and free[0] == 1 and free[1] > 2 and _length(stroke) < spur_px


def _length(stroke: list[Pixel]) -> float:
    return float(np.hypot(*np.diff(np.array(stroke, float), axis=0).T).sum())


def _strokes(pixels: set[Pixel]) -> list[list[Pixel]]:
    """Return chains of pixels between ends and crossings, then the closed ones; lone pixels by themselves."""
    degrees = _degrees(pixels)
    nodes = sorted(p for p in pixels if degrees[p] != 2)
    used: set[frozenset[Pixel]] = set()
    strokes = [[p] for p in nodes if degrees[p] == 0]
    for node in nodes:
        strokes += [  # a walk may use up another of the node's ways: a loop
            _walk(node, towards, pixels, degrees, used)
            for towards in _next_to(node, pixels)
            if frozenset((node, towards)) not in used
        ]
    walked = {p for stroke in strokes for p in stroke}
    for p in sorted(pixels - walked):
        if p not in walked:
            ring = _walk(p, _next_to(p, pixels)[0], pixels, degrees, used)
            walked |= set(ring)
            strokes.append(ring)
    return strokes


def _walk(
    node: Pixel,
    towards: Pixel,
    pixels: set[Pixel],
    degrees: dict[Pixel, int],
    used: set[frozenset[Pixel]],
) -> list[Pixel]:
    chain = [node, towards]
    used.add(frozenset((node, towards)))
    while degrees[chain[-1]] == 2 and chain[-1] != node:
        ahead = [p for p in _next_to(chain[-1], pixels) if p != chain[-2]]
        used.add(frozenset((chain[-1], ahead[0])))
        chain.append(ahead[0])
    return chain
