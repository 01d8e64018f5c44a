"""A set of labelled pictures in memory, with the masks of their lifts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from ml.data.benchmark import Part
from ml.data.faces import with_faces_blurred
from ml.data.rendered import RenderedLift, load


@dataclass(frozen=True, eq=False)
class PictureSet:
    """All pictures of one split.

    images: uint8[N, 200, 200, 3]; is_open, occupied: bool[N]; lift: int64[N], index into names and masks.
    masks: uint8[L, 2, 200, 200], (close, open) of each lift, with masks[i, int(is_open)] the matching one.
    names: of the lifts; factors: the circumstances of each picture.
    per_picture: which of these have a row for each picture, factors apart.
    """

    per_picture: ClassVar[tuple[str, ...]] = ("images", "is_open", "occupied", "lift")

    images: Tensor
    is_open: Tensor
    occupied: Tensor
    lift: Tensor
    masks: Tensor
    names: tuple[str, ...]
    factors: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.images)


def read(folder: Path, parts: Sequence[Part], faces_blurred: bool = False) -> PictureSet:
    """Read rendered parts, one per lift; with riders' faces blurred if asked (`ml.data.faces`).

    Raises:
        FileNotFoundError: a part is missing; the message gives the command that renders it.
    """
    for part in parts:
        if not part.path(folder).exists():
            raise FileNotFoundError(
                f"{part.path(folder)} is missing: barwatch render benchmark --out {folder}"
            )
    contents = (_load(part.path(folder), faces_blurred) for part in parts)
    sidecars = [
        json.loads(part.path(folder).with_suffix(".json").read_text(encoding="utf-8")) for part in parts
    ]
    factors = [factors for sidecar in sidecars for factors in sidecar["pictures"]]
    return _gather(contents, [part.counts.lift for part in parts], factors, sum(p.pictures for p in parts))


def _load(path: Path, faces_blurred: bool) -> RenderedLift:
    """Read one file; faces are found by maps that nothing else here needs, and that are as large."""
    return with_faces_blurred(load(path)) if faces_blurred else load(path, maps=False)


def read_lifts(files: Sequence[Path], faces_blurred: bool = False) -> PictureSet:
    """Read rendered lifts (`ml.data.rendered.prepare`), a passage's three pictures in a row; no factors."""
    lifts = [_load(path, faces_blurred) for path in files]
    return _gather(
        lifts, [f"seed-{lift.seed}" for lift in lifts], [], sum(len(lift.images) for lift in lifts)
    )


def _gather(
    read: Iterable[RenderedLift], names: Sequence[str], factors: list[dict[str, Any]], count: int
) -> PictureSet:
    """Join lifts one after the other: the large set's pictures take 4.4 GB, and are never there twice."""
    images, lifts = np.empty((count, 200, 200, 3), np.uint8), list[RenderedLift]()
    at = 0
    for lift in read:
        images[at : at + len(lift.images)] = lift.images
        at += len(lift.images)
        lifts.append(replace(lift, images=images[:0]))
    return PictureSet(
        images=torch.from_numpy(images),
        is_open=torch.from_numpy(np.concatenate([lift.is_open for lift in lifts])),
        occupied=torch.from_numpy(np.concatenate([lift.occupied for lift in lifts])),
        lift=torch.from_numpy(np.repeat(np.arange(len(lifts)), [len(lift.is_open) for lift in lifts])),
        masks=torch.from_numpy(np.stack([np.stack([lift.close_mask, lift.open_mask]) for lift in lifts])),
        names=tuple(names),
        factors=factors,
    )


def select(data: PictureSet, rows: Tensor) -> PictureSet:
    """Return the pictures at rows int64[M], with the same lifts."""
    per_picture = {name: getattr(data, name)[rows] for name in data.per_picture}
    factors = [data.factors[row] for row in rows.tolist()] if data.factors else []
    return replace(data, **per_picture, factors=factors)


def concatenate(first: PictureSet, second: PictureSet) -> PictureSet:
    """Return both sets, with the second's lifts after the first's; factors only if both have them."""
    return PictureSet(
        images=torch.cat([first.images, second.images]),
        is_open=torch.cat([first.is_open, second.is_open]),
        occupied=torch.cat([first.occupied, second.occupied]),
        lift=torch.cat([first.lift, second.lift + len(first.names)]),
        masks=torch.cat([first.masks, second.masks]),
        names=(*first.names, *second.names),
        factors=[*first.factors, *second.factors] if first.factors and second.factors else [],
    )


def select_evenly(data: PictureSet, count: int) -> PictureSet:
    """Return `count` evenly spaced pictures of a split, so that all lifts and states are represented."""
    return select(data, torch.linspace(0, len(data) - 1, min(count, len(data))).round().long())
