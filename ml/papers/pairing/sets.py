"""The sets of pictures that are paired (section IV.A of paper 001): digits, and objects before clutter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import torch
from torch import Tensor

from lifts.arrays import Bool, Int64, UInt8
from ml.models.getnet import Layout

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)


@dataclass(frozen=True)
class Placed:
    """Pictures, each with one object in it.

    pictures: uint8[N, S, S, C]. labels: int64[N], 0 or more.
    boxes: int64[N, 4], left, top, right, bottom of the object in pixels, right and bottom just outside.
    """

    pictures: UInt8
    labels: Int64
    boxes: Int64


class PairingSet(ABC):
    """Objects in splits, which can be placed in pictures any number of times.

    layout: of the networks that take the pictures. grey: the level 0..255 that is 0 for a network, as is what
    lies beyond a picture's edges.
    """

    layout: Layout
    grey: float

    @abstractmethod
    def labels(self, split: Split) -> Int64:
        """Return the class of each of the split's objects, int64[M]."""

    @abstractmethod
    def place(self, split: Split, rows: Int64, rng: np.random.Generator) -> Placed:
        """Return pictures of the objects at rows int64[N], at places that are drawn; same rng, same bytes."""

    def partners(self, split: Split, rows: Int64, rng: np.random.Generator) -> tuple[Int64, Int64]:
        """Draw for each row int64[N] another object of its class, and one of another class (section IV.B).

        Every class has at least two objects.
        """
        labels = self.labels(split)
        order = np.argsort(labels, kind="stable")
        rank = np.empty(len(labels), np.int64)
        rank[order] = np.arange(len(labels))
        first = np.searchsorted(labels[order], labels[rows], "left")
        count = np.searchsorted(labels[order], labels[rows], "right") - first
        same = order[first + (rank[rows] - first + 1 + rng.integers(0, count - 1)) % count]
        other = order[(first + count + rng.integers(0, len(labels) - count)) % len(labels)]
        return same, other

    def groups(self, labels: Int64) -> Int64:
        """Return the group of each class int64[N]; pairs of two classes are made within a group."""
        return np.zeros_like(labels)

    def pairs(self, split: Split, seed: int) -> tuple[Int64, Bool]:
        """Pair each of a split's M objects twice: with another of its class, and with one of another class.

        Returns:
            (int64[2M, 2] rows, bool[2M] whether of one class), the M right pairs first.
        """
        rows = np.arange(len(self.labels(split)))
        both = np.concatenate(self.partners(split, rows, np.random.default_rng(seed)))
        return np.stack([np.tile(rows, 2), both], axis=1), np.arange(2 * len(rows)) < len(rows)

    def pixels(self, pictures: UInt8) -> Tensor:
        """uint8[N, S, S, C] to float[N, C, S, S], 4 from black to white."""
        return torch.from_numpy(pictures).permute(0, 3, 1, 2).float().sub(self.grey).div(63.75)
