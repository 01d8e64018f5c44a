"""Pairs of distorted digits, with and without the spatial transformer: Table I of paper 001 and beyond.

Table I gives the share of pairs that are called correctly, but not the threshold; here it is the one that is
best on validation pairs. Two more figures: how often the nearest training digit has the same class, and how
well the crop matches the digit, which the paper claims and shows in its figure 7 but does not measure. Seeds
share the test pairs. Each figure is a mean over seeds, with a bootstrap interval over the test digits (all
pictures of one of scikit-learn's digits are drawn together); it does not cover the seeds, which are listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import cv2
import numpy as np
import torch

from lifts.arrays import Bool, Float32, Float64, Int64
from ml.evaluate.metrics import bootstrap
from ml.evaluate.retrieval import retrieve
from ml.models.getnet import GetNet
from ml.papers.digits.pairs import embedded, pair_distances, pixels
from ml.papers.digits.pictures import SIDE_PX, Digits, distorted_digits, pairs
from ml.papers.digits.training import Trained

TEST_SEED, COPIES = 0, 4


@dataclass(frozen=True)
class Asked:
    """The test of every network: pictures, pairs of them, and training digits to find the nearest among.

    rows: int64[P, 2], same: bool[P].
    """

    digits: Digits
    rows: Int64
    same: Bool
    gallery: Digits

    @staticmethod
    def of(copies: int = COPIES) -> Asked:
        """Return the test digits, `copies` of each at different places; the same for all seeds."""
        digits = distorted_digits(TEST_SEED, "test", copies)
        rows, same = pairs(digits.labels, TEST_SEED)
        return Asked(digits, rows, same, distorted_digits(TEST_SEED, "train"))

    def by_digit(self, values: Float64) -> Float64:
        """Return the mean float64[D] for each test digit of a value for each pair or picture of it.

        A pair belongs to its first picture's digit.
        """
        count = len(self.digits.sources)
        which = np.unique(self.digits.sources, return_inverse=True)[1]
        of = which[self.rows[:, 0]] if len(values) != count else which
        means: Float64 = np.bincount(of, values) / np.bincount(of)
        return means


@dataclass(frozen=True)
class DigitsAnswers:
    """One network's answers.

    right: float64[P], 1 where a pair was called correctly, else 0. found: float64[N], 1 where the nearest
    training digit is of a picture's class. overlaps, inside: float64[N], intersection over union of the
    crop and the digit's box, and the share of the box inside the crop; of the whole picture where there is no
    transformer.
    """

    trained: Trained
    right: Float64
    found: Float64
    overlaps: Float64
    inside: Float64


def judge(trained: Trained, asked: Asked) -> DigitsAnswers:
    """Judge one network on the test."""
    blur_px = trained.recipe.blur_px
    known = embedded(trained.network, pixels(asked.gallery.pictures, blur_px))
    embeddings = embedded(trained.network, pixels(asked.digits.pictures, blur_px))
    called = pair_distances(embeddings, asked.rows) < trained.state["threshold"]
    nearest = retrieve(
        embeddings.numpy(), asked.digits.labels, known.numpy(), asked.gallery.labels, count=1
    ).hits(1)
    overlaps, inside = overlap(transforms(trained, asked.digits), asked.digits.boxes)
    return DigitsAnswers(trained, (called == asked.same).astype(np.float64), nearest, overlaps, inside)


@torch.inference_mode()
def transforms(trained: Trained, digits: Digits) -> Float32:
    """Return the crops' transforms, float32[N, 2, 3]; the identity where there is no transformer."""
    x = pixels(digits.pictures, trained.recipe.blur_px)
    if isinstance(trained.network, GetNet):
        return np.asarray(trained.network.transformer.transform(x), np.float32)
    return np.asarray(torch.eye(2, 3).expand(len(x), -1, -1), np.float32)


def overlap(transform: Float32, boxes: Int64, side: int = SIDE_PX) -> tuple[Float64, Float64]:
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


def corners(transform: Float32, side: int) -> Float64:
    """Return the crops' corners in the picture, float64[N, 4, 2] (x, y) in pixels, in order."""
    square = np.array([[-1, -1, 1], [1, -1, 1], [1, 1, 1], [-1, 1, 1]], np.float64)
    found: Float64 = (square @ transform.astype(np.float64).transpose(0, 2, 1) + 1) * side / 2
    return found


def figures(judged: Sequence[DigitsAnswers], asked: Asked) -> dict[str, Any]:
    """Return all figures of the trained networks, as plain values for JSON.

    Args:
        judged: one for each transformer and seed, the same seeds for each.
    """
    by_kind: dict[int, list[DigitsAnswers]] = {}
    for one in judged:
        by_kind.setdefault(one.trained.recipe.transformer, []).append(one)
    whole = by_kind.get(0, [])
    return {
        "seeds": sorted({one.trained.recipe.seed for one in judged}),
        "pairs": len(asked.rows),
        "pictures": len(asked.digits.labels),
        "digits": len(np.unique(asked.digits.sources)),
        "variants": [_variant(kind, ones, asked) for kind, ones in sorted(by_kind.items())],
        "differences": [
            _difference(kind, ones, whole, asked) for kind, ones in sorted(by_kind.items()) if whole and kind
        ],
    }


def _mean(values: Sequence[Float64]) -> Float64:
    out: Float64 = np.mean(np.stack(values), axis=0)
    return out


def _variant(kind: int, ones: Sequence[DigitsAnswers], asked: Asked) -> dict[str, Any]:
    shares: dict[str, Any] = {}
    for name, values in (
        ("pair_accuracy", [one.right for one in ones]),
        ("nearest", [one.found for one in ones]),
        ("overlap", [one.overlaps for one in ones]),
        ("inside", [one.inside for one in ones]),
    ):
        mean = asked.by_digit(_mean(values))
        shares[name] = float(_mean(values).mean())
        shares[f"{name}_interval_95"] = list(bootstrap(mean))
        shares[f"{name}_by_seed"] = [float(v.mean()) for v in values]
    return {
        "transformer": kind,
        "parameters": sum(p.numel() for p in ones[0].trained.network.parameters()),
        **shares,
        "recipe": asdict(replace(ones[0].trained.recipe, seed=0)),
        "epoch_by_seed": [one.trained.state["best_epoch"] for one in ones],
        "epochs_by_seed": [one.trained.state["epoch"] for one in ones],
        "ready_by_seed": [one.trained.state["ready"] for one in ones],
        "validation_by_seed": [one.trained.state["best"] for one in ones],
        "threshold_by_seed": [one.trained.state["threshold"] for one in ones],
        "training_seconds": sum(one.trained.state["seconds"] for one in ones),
    }


def _difference(
    kind: int, ones: Sequence[DigitsAnswers], whole: Sequence[DigitsAnswers], asked: Asked
) -> dict[str, Any]:
    """What the transformer gains, on the same pairs and pictures; points of per cent."""
    row: dict[str, Any] = {"transformer": kind}
    for name, with_, without in (
        ("pair_accuracy", [one.right for one in ones], [one.right for one in whole]),
        ("nearest", [one.found for one in ones], [one.found for one in whole]),
    ):
        gained = _mean(with_) - _mean(without)
        row[name] = 100 * float(gained.mean())
        row[f"{name}_interval_95"] = [100 * end for end in bootstrap(asked.by_digit(gained))]
        row[f"{name}_by_seed"] = [
            100 * float(a.mean() - b.mean()) for a, b in zip(with_, without, strict=True)
        ]
    return row
