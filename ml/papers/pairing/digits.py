"""Distorted digits: small handwritten digits at random places on noisy pictures.

After Yu et al. (GetNet), section IV.A: MNIST's digits of 28x28 pixels put into a background of 60x60 with
random noise. The paper gives neither the noise's strength nor where the digits are; here they are anywhere
inside, over noise that is uniform up to 40 % of a digit's brightest pixel, and in one of the sets they are
scaled too. It puts each digit into one picture; here each is put into another every time it is shown.

Without MNIST there are scikit-learn's 1,797 bundled digits of 8x8 pixels. Both are split by sample, MNIST's
10,000 test digits being its own. Who wrote which is not known, so a writer's digits may be in two splits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from sklearn.datasets import load_digits

from lifts.arrays import Int64, UInt8
from ml.data.mnist import read_mnist
from ml.models.getnet import DIGITS
from ml.papers.pairing.sets import SPLITS, PairingSet, Placed, Split

SIDE_PX = 60
SMALLEST_PX, LARGEST_PX = 20, 36
MNIST_PX = 28
NOISE = 0.4
"""Of full brightness, the most that a background pixel can have."""

VALIDATION = 5000
"""The last of MNIST's training digits."""


@dataclass(frozen=True)
class DigitSources:
    """Digits before they are placed: uint8[M, K, K], and their classes int64[M]."""

    images: UInt8
    labels: Int64


@dataclass(frozen=True)
class DigitSet(PairingSet):
    """Digits of `smallest_px` to `largest_px` anywhere in pictures of 60x60x1."""

    sources: Mapping[Split, DigitSources]
    smallest_px: int
    largest_px: int
    noise: float = NOISE

    layout = DIGITS
    grey = 63.75  # near the mean

    def labels(self, split: Split) -> Int64:
        """Return the digits' classes, 0..9."""
        return self.sources[split].labels

    def place(self, split: Split, rows: Int64, rng: np.random.Generator) -> Placed:
        """Return uint8[N, 60, 60, 1], each digit at a place, in a size and before a noise of its own."""
        source = self.sources[split]
        pictures = rng.integers(0, round(255 * self.noise) + 1, (len(rows), SIDE_PX, SIDE_PX), dtype=np.uint8)
        sides = rng.integers(self.smallest_px, self.largest_px + 1, len(rows))
        corners = rng.integers(0, SIDE_PX - sides[:, None] + 1, (len(rows), 2))
        for picture, row, side, (left, top) in zip(pictures, rows, sides, corners, strict=True):
            ink = source.images[row]
            if len(ink) != side:
                ink = cv2.resize(ink, (int(side), int(side)), interpolation=cv2.INTER_LINEAR)
            place = picture[top : top + side, left : left + side]
            np.maximum(place, ink, out=place)
        boxes = np.concatenate([corners, corners + sides[:, None]], 1)
        return Placed(pictures[..., None], source.labels[rows], boxes)


def bundled_digits() -> DigitSet:
    """Return scikit-learn's digits, in 20 to 36 pixels."""
    return DigitSet(_bundled(), SMALLEST_PX, LARGEST_PX)


def mnist_digits(folder: Path, scaled: bool) -> DigitSet:
    """Return MNIST's digits, in 28 pixels as they are, or in 20 to 36.

    Raises:
        FileNotFoundError: they are not in the folder; the message gives the command that fetches them.
    """
    return DigitSet(_mnist(folder), *((SMALLEST_PX, LARGEST_PX) if scaled else (MNIST_PX, MNIST_PX)))


@cache
def _mnist(folder: Path) -> dict[Split, DigitSources]:
    train, test = (DigitSources(*read_mnist(folder, part)) for part in ("train", "t10k"))
    known, later = slice(None, -VALIDATION), slice(-VALIDATION, None)
    return {
        "train": DigitSources(train.images[known], train.labels[known]),
        "validation": DigitSources(train.images[later], train.labels[later]),
        "test": test,
    }


@cache
def _bundled() -> dict[Split, DigitSources]:
    """A sixth of each class to validation and to test each; the same for every seed."""
    bundled = load_digits()
    images, labels = (bundled.images * (255 / 16)).astype(np.uint8), bundled.target.astype(np.int64)
    rng = np.random.default_rng(0)
    chosen: dict[Split, list[Int64]] = {split: [] for split in SPLITS}
    for label in range(10):
        rows = rng.permutation(np.flatnonzero(labels == label))
        sixth = len(rows) // 6
        for split, part in zip(
            ("validation", "test", "train"), np.split(rows, [sixth, 2 * sixth]), strict=True
        ):
            chosen[split].append(part)  # type: ignore[index]
    of = {split: np.sort(np.concatenate(parts)) for split, parts in chosen.items()}
    return {split: DigitSources(images[rows], labels[rows]) for split, rows in of.items()}
