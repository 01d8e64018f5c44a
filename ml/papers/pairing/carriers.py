"""Carriers off their place, a picture with a picture: the project's own pictures by the paper's protocol.

A class is a lift with its bar open, or closed; the other class of a picture is the other state of its lift,
or the background would tell the two apart. The pictures are those of S1 to S20, each shifted and scaled by as
much as in `ml.systems.siamese`; what is looked for is where the bars of the lift's two masks lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lifts.arrays import Int64, UInt8
from ml.data.benchmark import Part, parts
from ml.data.pictures import read, select
from ml.models.getnet import CARRIERS
from ml.papers.pairing.sets import PairingSet, Placed, Split
from ml.systems.siamese import displacements, moved

DISPLACED = 0.25
"""Largest shift on each axis, as a fraction of the side; sizes are scaled by 0.75 to 1.25."""


@dataclass(frozen=True)
class CarrierPictures:
    """A split's pictures uint8[M, 200, 200, 3], their classes int64[M], and float64[M, 4] where bars may be.

    Those are left, top, right, bottom in the frame, whose edges are at -1 and 1.
    """

    images: UInt8
    labels: Int64
    bars: Int64


@dataclass(frozen=True)
class CarrierSet(PairingSet):
    """Pictures of the benchmark in its folder."""

    folder: Path

    layout = CARRIERS
    grey = 127.5

    def labels(self, split: Split) -> Int64:
        """Return twice the lift's number, and one more where the bar is open."""
        return _read(self.folder, split).labels

    def groups(self, labels: Int64) -> Int64:
        """Return the lifts."""
        return labels // 2

    def partners(self, split: Split, rows: Int64, rng: np.random.Generator) -> tuple[Int64, Int64]:
        """Draw another picture of the lift in the same state, and one in the other."""
        labels = self.labels(split)
        same, _ = super().partners(split, rows, rng)
        order = np.argsort(labels, kind="stable")
        wanted = labels[rows] ^ 1
        first, last = (np.searchsorted(labels[order], wanted, side) for side in ("left", "right"))
        return same, order[first + rng.integers(0, last - first)]

    def place(self, split: Split, rows: Int64, rng: np.random.Generator) -> Placed:
        """Return the pictures, displaced; the boxes may reach beyond them."""
        source = _read(self.folder, split)
        drawn = torch.from_numpy(rng.random((len(rows), 3), np.float32))
        theta = displacements(drawn, DISPLACED)
        pictures = moved(torch.from_numpy(source.images[rows]), theta).numpy()
        scale, shift = theta[:, 0, 0].double().numpy()[:, None], np.tile(theta[:, :, 2].double().numpy(), 2)
        boxes = ((source.bars[rows] - shift) / scale + 1) * CARRIERS.side / 2
        return Placed(pictures, source.labels[rows], boxes.round().astype(np.int64))


@cache
def _read(folder: Path, split: Split) -> CarrierPictures:
    """Read lift by lift: of the test pictures no more than are judged are kept."""
    found = [_read_lift(folder, part) for part in parts([split])]
    return CarrierPictures(
        np.concatenate([lift.images for lift in found]),
        np.concatenate([lift.labels + 2 * number for number, lift in enumerate(found)]),
        np.concatenate([lift.bars for lift in found]),
    )


def one_of_each_passage(is_open: Tensor) -> Tensor:
    """Choose a third of a lift's test pictures: all of them would take gigabytes.

    A state's passages are three pictures in a row each (`ml.data.benchmark.passages`). Of its first passage
    the begin is taken, of the second the middle, of the third the end, and so on: were it the same position
    everywhere, it would tell the state wherever the two states have another one.

    Args:
        is_open: bool[N], of the lift's pictures in order.

    Returns:
        int64[M], rows in order.
    """
    within = torch.where(is_open, is_open.cumsum(0), (~is_open).cumsum(0)) - 1  # number within the state
    return torch.nonzero(within % 9 % 4 == 0).flatten()  # 0, 4, 8 of three passages


def _read_lift(folder: Path, part: Part) -> CarrierPictures:
    data = read(folder, [part])
    if part.split == "test":
        data = select(data, one_of_each_passage(data.is_open))
    seen = (data.masks[0] != data.masks[0, :, :1, :1]).any(0).numpy()
    (top, bottom), (left, right) = (np.flatnonzero(seen.any(axis))[[0, -1]] for axis in (1, 0))
    bars = np.array([left, top, right + 1, bottom + 1]) * 2 / CARRIERS.side - 1
    return CarrierPictures(data.images.numpy(), data.is_open.long().numpy(), np.tile(bars, (len(data), 1)))
