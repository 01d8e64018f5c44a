"""Margins of one lift's pictures as the service computes them: nearest of each mask's small bank."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from lifts.folder import read_lift_folder
from ml.data.rendered import RenderedLift

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class Embeds(Protocol):
    """What scoring needs of a network: numpy in, numpy out."""

    def pictures(self, images: Bytes) -> tuple[Floats, Floats]:
        """uint8[N, 200, 200, 3] to (float32[N, D], occupancy float32[N])."""

    def masks(self, masks: Bytes) -> Floats:
        """uint8[N, 200, 200] to float32[N, D]."""


@dataclass(frozen=True, eq=False)
class Scores:
    """What a network says of one lift's P pictures, beside the truth.

    name: the lift's. margin, occupancy: float[P]. is_open, occupied: bool[P].
    in_threes: each three pictures are one passage; else they were taken one by one.
    """

    name: str
    margin: Floats
    occupancy: Floats
    is_open: Flags
    occupied: Flags
    in_threes: bool = True

    def passages(self) -> Scores:
        """The same per passage: means over each three pictures in their order."""
        n = len(self.margin) // 3 * 3
        return Scores(
            self.name,
            self.margin[:n].reshape(-1, 3).mean(1),
            self.occupancy[:n].reshape(-1, 3).mean(1),
            self.is_open[:n:3],
            self.occupied[:n:3],
        )


def shifted(mask: Bytes, shifts: Sequence[tuple[int, int]]) -> Bytes:
    """The mask moved by each (dx, dy) in pixels: uint8[B, 200, 200]; what leaves the frame is lost."""
    out = np.zeros((len(shifts), *mask.shape), np.uint8)
    height, width = mask.shape
    for moved, (dx, dy) in zip(out, shifts, strict=True):
        moved[max(dy, 0) : height + min(dy, 0), max(dx, 0) : width + min(dx, 0)] = mask[
            max(-dy, 0) : height + min(-dy, 0), max(-dx, 0) : width + min(-dx, 0)
        ]
    return out


def nearest(pictures: Floats, bank: Floats) -> Floats:
    """Distance float32[N] of each embedding float32[N, D] to the nearest of a bank float32[B, D]."""
    squares = (pictures**2).sum(1)[:, None] + (bank**2).sum(1)[None] - 2 * pictures @ bank.T
    distance: Floats = np.sqrt(np.maximum(squares, 0).min(1)).astype(np.float32)
    return distance


def score(
    model: Embeds,
    name: str,
    images: Bytes,
    is_open: Flags,
    occupied: Flags,
    masks: tuple[Bytes, Bytes],
    shifts: Sequence[tuple[int, int]] = ((0, 0),),
) -> Scores:
    """Score a lift from its two masks alone (paper 000, equation 3, before the arg min)."""
    embeddings, occupancy = [], []
    for start in range(0, len(images), 32):
        e, o = model.pictures(np.ascontiguousarray(images[start : start + 32]))
        embeddings.append(e)
        occupancy.append(o)
    pictures = np.concatenate(embeddings)
    to_open, to_closed = (nearest(pictures, model.masks(shifted(mask, shifts))) for mask in masks)
    return Scores(name, to_open - to_closed, np.concatenate(occupancy), is_open, occupied)


def score_rendered(
    model: Embeds, lift: RenderedLift, shifts: Sequence[tuple[int, int]] = ((0, 0),)
) -> Scores:
    """Score one rendered lift."""
    masks = (lift.open_mask, lift.close_mask)
    return score(model, f"seed-{lift.seed}", lift.images, lift.is_open, lift.occupied, masks, shifts)


def score_folder(model: Embeds, folder: Path, shifts: Sequence[tuple[int, int]] = ((0, 0),)) -> Scores:
    """Score a lift folder that holds labelled registered pictures and a meta.json naming them."""
    content = read_lift_folder(folder)
    entries = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["images"]
    pictures = [cv2.imread(str(folder / entry["file"])) for entry in entries]
    images = np.stack([cv2.cvtColor(p, cv2.COLOR_BGR2RGB) for p in pictures if p is not None])
    found = score(
        model,
        folder.name,
        images.astype(np.uint8),
        np.array([bool(e["open"]) for e in entries]),
        np.array([bool(e["occupied"]) for e in entries]),
        (content.masks.open, content.masks.close),
        shifts,
    )
    return replace(found, in_threes=False)
