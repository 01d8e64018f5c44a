"""How far a movement can be trusted: it is compared with other carriers and other parts of the carrier."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from lifts.geometry import CANONICAL_SIZE
from service.setup.carrier import Carrier, distances_in_view, grow, pictures_at
from service.setup.extent import FILL, Box, Run
from service.setup.fit import fit_motion
from service.setup.motion import Motion

Float32 = npt.NDArray[np.float32]

NEVER_PX = 100.0
"""The disagreement in canonical pixels where there is nothing to compare."""


def halves_apart(halves: list[Float32], carrier: Carrier, box: Box, run: Run) -> float:
    """Return by how many canonical pixels the tracks of two halves of the carriers differ.

    Args:
        halves: two movies float32[P, h, w, C + 1], of different intervals.
        carrier: found in the movie of both, with its box at the reference and its run.

    Returns:
        The 95th percentile over the box and the run.
    """
    motions = []
    for movie in halves:
        found = grow(movie, carrier, (_reach(run),))
        if found is None:
            return NEVER_PX
        motions.append(found.motion)
    return float(np.quantile(_apart(motions[0], motions[1], carrier.motion, box, run), 0.95))


def parts_apart(movie: Float32, carrier: Carrier, run: Run, box: Box) -> float:
    """Return by how many canonical pixels a carrier's left and right, upper and lower parts move otherwise.

    The median over each part and the run, at the worst part. Large where the carrier turns in view or is
    deep: the middle's registration holds then, those of begin and end less so.
    """
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    parts: list[Box] = [
        (box[0], box[1], x, box[3]),
        (x, box[1], box[2], box[3]),
        (box[0], box[1], box[2], y),
        (box[0], y, box[2], box[3]),
    ]
    worst = 0.0
    for part in parts:
        weight = np.zeros_like(carrier.weight)
        x0, y0, x1, y1 = (round(value) for value in part)
        rows, columns = slice(max(y0, 0), max(y1, 0)), slice(max(x0, 0), max(x1, 0))
        weight[rows, columns] = 1.0
        distances = distances_in_view(movie, carrier.phase, carrier.motion, weight, _reach(run))
        if len(distances) < 5:
            continue
        pictures = pictures_at(movie, carrier.phase, distances)
        found, _ = fit_motion(pictures, distances, carrier.motion, weight)
        off = _apart(found, carrier.motion, carrier.motion, part, run, whole=box)
        worst = max(worst, float(np.median(off)))
    return worst


def _reach(run: Run) -> float:
    return max(run[2], -run[0], 0.06) + 0.02


def _apart(
    one: Motion, other: Motion, motion: Motion, box: Box, run: Run, whole: Box | None = None
) -> npt.NDArray[np.float64]:
    """Return float64[7, 25]: canonical pixels between two movements, at points of a box over the run."""
    x, y = np.meshgrid(np.linspace(box[0], box[2], 5), np.linspace(box[1], box[3], 5))
    points = np.stack([x.ravel(), y.ravel()], axis=1)[None]
    side = whole or box
    scale = FILL * CANONICAL_SIZE / max(side[2] - side[0], side[3] - side[1])
    rows = []
    for distance in (float(w) for w in np.linspace(run[0], run[2], 7)):
        a, b = (cv2.transform(points, motion.matrix(distance))[0] for motion in (one, other))
        rows.append(np.hypot(*(a - b).T) * scale * motion.depth(distance))
    return np.array(rows)
