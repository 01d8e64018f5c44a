"""Pairs of pictures, judged: Table I of paper 001, and whether the crop is where the object is.

Table I gives the share of pairs that are called correctly, but not the threshold; here it is the one that is
best on validation pairs. What the paper claims and shows in its figure 7 but does not measure is measured
too: how well the crop and the object's box agree, and whether the crop follows the object from place to
place.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import cv2
import numpy as np

from lifts.arrays import Float32, Float64, Int64
from ml.evaluate.metrics import pack_flags
from ml.papers.pairing.pairs import pair_distances
from ml.papers.pairing.sets import PairingSet
from ml.papers.pairing.training import Trained, embed

TEST_SEED = 0


def judge(trained: Trained, data: PairingSet, naive: str = "") -> dict[str, Any]:
    """Return one network's figures on the test pairs, plain values for JSON; naive: what it is, if untaught.

    pair_accuracy: 0..1; `right` says which pairs (`pack_flags`), first the right ones, then the wrong ones,
    of each object in order. overlap: mean intersection over union of crop and object's box; inside: mean
    share of the box in the crop; follows: correlation of their centres, the mean of both axes, 0 where the
    crop never moves. curve: validation accuracy after each interval of `steps_each` steps of the siamese
    part.
    """
    rows, same = data.pairs("test", TEST_SEED)
    embeddings, transforms, boxes = embed(trained.network, data, "test", TEST_SEED)
    right = (pair_distances(embeddings, rows) < trained.state["threshold"]) == same
    cut = np.asarray(transforms, np.float32)
    overlaps, inside = overlap(cut, boxes, data.layout.side)
    state, recipe = trained.state, trained.recipe
    spent = recipe.patience if state["epoch"] - state["best_epoch"] >= recipe.patience else None
    return {
        "set": recipe.name,
        "naive": naive,
        "transformer": recipe.transformer,
        "reduced": recipe.reduced,
        "seed": recipe.seed,
        "parameters": sum(p.numel() for p in trained.network.parameters()),
        "objects": len(boxes),
        "pairs": len(rows),
        "pair_accuracy": float(right.mean()),
        "overlap": float(overlaps.mean()),
        "whole_picture_overlaps": float(overlap(_whole(len(boxes)), boxes, data.layout.side)[0].mean()),
        "inside": float(inside.mean()),
        "follows": follows(cut, boxes, data.layout.side),
        "recipe": asdict(recipe),
        "ended": _ended(naive, spent),
        "best_interval": state["best_epoch"],
        "intervals": state["epoch"],
        "steps_each": recipe.steps,
        "curve": state["curve"],
        "validation": state["best"],
        "threshold": state["threshold"],
        "seconds": state["seconds"],
        "processor_s": state["processor_s"],
        "machine": state["machine"],
        "right": pack_flags(right),
    }


def _ended(naive: str, spent: int | None) -> str:
    if naive:
        return "nothing is learnt"
    return "budget" if spent is None else f"{spent} intervals without a gain"


def _whole(count: int) -> Float32:
    return np.tile(np.eye(2, 3, dtype=np.float32), (count, 1, 1))


def overlap(transform: Float32, boxes: Int64, side: int) -> tuple[Float64, Float64]:
    """Return how well crops and boxes agree.

    Args:
        transform: float[N, 2, 3], from the crop's coordinates to the picture's, edges at -1 and 1.
        boxes: int64[N, 4], left, top, right, bottom in pixels.
        side: of the picture, in pixels.

    Returns:
        (intersection over union float64[N], share of the box inside the crop float64[N]), both 0..1. The crop
        may reach beyond the picture, and counts there too.
    """
    ious, shares = np.zeros(len(boxes)), np.zeros(len(boxes))
    for row, cut in enumerate(corners(transform, side)):
        left, top, right, bottom = boxes[row]
        hull = cv2.convexHull(cut.astype(np.float32))  # the same way round, turned over or not
        box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        both = float(cv2.intersectConvexConvex(hull, box)[0])
        area = float(cv2.contourArea(box))
        ious[row] = both / (cv2.contourArea(hull) + area - both)
        shares[row] = both / area
    return ious, shares


def follows(transform: Float32, boxes: Int64, side: int) -> float:
    """Return the correlation of crops' and boxes' centres, the mean of both axes; args as `overlap`."""
    centres = (boxes[:, :2] + boxes[:, 2:]) / side - 1.0
    found = transform[:, :, 2].astype(np.float64)
    if min(found.std(0).min(), centres.std(0).min()) < 1e-6:
        return 0.0
    return float(np.mean([np.corrcoef(found[:, k], centres[:, k])[0, 1] for k in (0, 1)]))


def corners(transform: Float32, side: int) -> Float64:
    """Return the crops' corners in the picture, float64[N, 4, 2] (x, y) in pixels, in order."""
    square = np.array([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]], np.float64)
    found: Float64 = (square @ transform.astype(np.float64).transpose(0, 2, 1) + 1) * side / 2
    return found
