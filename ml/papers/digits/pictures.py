"""Distorted digits: small handwritten digits at random places on noisy pictures.

After Yu et al. (GetNet), section IV.A: MNIST's digits put into a background of 60x60 pixels with random
noise. The paper gives neither the noise's strength nor where and how large the digits are. Here they are
scikit-learn's 1797 bundled digits of 8x8 pixels, enlarged to 20 to 36 pixels (MNIST's have 28), anywhere
inside, over noise that is uniform up to 40 % of a digit's brightest pixel.

Digits are split by sample. Who wrote which is not known, so a writer's digits may be in two splits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

import cv2
import numpy as np
from sklearn.datasets import load_digits

from lifts.arrays import Bool, Float64, Int64, UInt8

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)

SIDE_PX = 60
SMALLEST_PX, LARGEST_PX = 20, 36
NOISE = 0.4


@dataclass(frozen=True)
class Digits:
    """Pictures and what is known of them.

    pictures: uint8[N, 60, 60]. labels: int64[N] in 0..9. sources: int64[N], which of scikit-learn's digits.
    boxes: int64[N, 4], left, top, right, bottom of the enlarged 8x8 square, right and bottom just outside.
    """

    pictures: UInt8
    labels: Int64
    boxes: Int64
    sources: Int64


def sources(split: Split) -> Int64:
    """Ascending rows of scikit-learn's digits: a sixth of each class to validation and to test each.

    The same for every seed: a network trained at one seed may be tested at another.
    """
    if split not in SPLITS:
        msg = f"expected a split of {', '.join(SPLITS)}, got {split}"
        raise ValueError(msg)
    _, labels = _bundled()
    rng = np.random.default_rng(0)
    chosen = []
    for label in range(10):
        rows = rng.permutation(np.flatnonzero(labels == label))
        sixth = len(rows) // 6
        parts = np.split(rows, [sixth, 2 * sixth])
        chosen.append(dict(zip(("validation", "test", "train"), parts, strict=True))[split])
    return np.sort(np.concatenate(chosen)).astype(np.int64)


def distorted_digits(seed: int, split: Split, copies: int = 1, noise: float = NOISE) -> Digits:
    """The split's digits, each `copies` times at another place, size and noise; same seed, same bytes.

    Args:
        noise: 0..1, of full brightness, the most that a background pixel can have.
    """
    rows = np.tile(sources(split), copies)
    rng = np.random.default_rng([seed, SPLITS.index(split)])
    images, labels = _bundled()
    pictures = rng.integers(0, round(255 * noise) + 1, (len(rows), SIDE_PX, SIDE_PX), dtype=np.uint8)
    boxes = np.zeros((len(rows), 4), dtype=np.int64)
    for picture, box, row in zip(pictures, boxes, rows, strict=True):
        side = int(rng.integers(SMALLEST_PX, LARGEST_PX + 1))
        left, top = rng.integers(0, SIDE_PX - side + 1, 2)
        ink = (images[row] * (255 / 16)).astype(np.uint8)
        place = picture[top : top + side, left : left + side]
        np.maximum(place, cv2.resize(ink, (side, side), interpolation=cv2.INTER_LINEAR), out=place)
        box[:] = left, top, left + side, top + side
    return Digits(pictures, labels[rows].astype(np.int64), boxes, rows)


def pairs(labels: Int64, seed: int) -> tuple[Int64, Bool]:
    """Two pairs for each picture (section IV.B): with another of its class, and with one of another class.

    Args:
        labels: int64[N], at least two classes and two pictures of each.

    Returns:
        (int64[2N, 2] rows, bool[2N] whether of one class), the N right pairs first.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(len(labels))
    right = [rng.choice(rows[(labels == label) & (rows != row)]) for row, label in enumerate(labels)]
    wrong = [rng.choice(rows[labels != label]) for label in labels]
    both = np.stack([np.tile(rows, 2), np.concatenate([right, wrong])], axis=1)
    return both, np.arange(len(both)) < len(labels)


@cache
def _bundled() -> tuple[Float64, Int64]:
    """scikit-learn's digits, float64[1797, 8, 8] in 0..16, and their labels; parsed once, for it is slow."""
    bundled = load_digits()
    return bundled.images, bundled.target
