"""Margins of one lift's pictures as the service computes them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from lifts.folder import read_lift_folder
from ml.data.rendered import RenderedLift

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


class Seen(Protocol):
    """What a network makes of N pictures before it knows their masks; only the network knows what else."""

    @property
    def embedding(self) -> Floats:
        """float32[N, D]."""

    @property
    def occupancy(self) -> Floats:
        """float32[N] in 0..1."""

    def take(self, rows: npt.NDArray[np.int64] | slice) -> Seen:
        """The same of some of the pictures."""


class Judges(Protocol):
    """What scoring needs of a network: numpy in, numpy out."""

    def look(self, images: Bytes) -> Seen:
        """uint8[N, 200, 200, 3], any N, to what `match` takes."""

    def match(self, seen: Any, references: Floats) -> tuple[Floats, Floats]:
        """Margins and chances to belong, float32[N], by one lift's references float32[3, D]."""

    def masks(self, masks: Bytes) -> Floats:
        """uint8[N, 200, 200] to float32[N, D]."""


@dataclass(frozen=True, eq=False)
class Scores:
    """What a network says of one lift's P pictures, beside the truth.

    name: the lift's.
    margin, occupancy, fit: float[P]; fit is the chance that it shows a carrier of this lift.
    is_open, occupied: bool[P].
    in_threes: each three pictures are one passage; else they were taken one by one.
    """

    name: str
    margin: Floats
    occupancy: Floats
    is_open: Flags
    occupied: Flags
    fit: Floats
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
            self.fit[:n].reshape(-1, 3).mean(1),
        )


def references(masks: Floats, always: Floats | None = None) -> Floats:
    """float32[3, D] of the masks' embeddings float32[2, D] and of what always shows, if that is known."""
    return np.concatenate([masks, np.zeros_like(masks[:1]) if always is None else always[None]])


def score(
    model: Judges,
    name: str,
    seen: Seen,
    is_open: Flags,
    occupied: Flags,
    masks: tuple[Bytes, Bytes],
    distances_only: bool = False,
) -> Scores:
    """Score a lift from its two masks alone (paper 000, equation 3, before the arg min).

    seen: what the network makes of the pictures.
    distances_only: by the difference of the embeddings' distances, not by what the network makes of it.
    """
    by = references(model.masks(np.stack(masks)))
    margin, fit = model.match(seen, by)
    if distances_only:
        margin = _apart(seen.embedding, by[0]) - _apart(seen.embedding, by[1])
    return Scores(name, margin, seen.occupancy, is_open, occupied, fit)


def _apart(embeddings: Floats, mask: Floats) -> Floats:
    return np.asarray(np.linalg.norm(embeddings - mask, axis=1), np.float32)


def score_rendered(
    model: Judges, lift: RenderedLift, distances_only: bool = False, seen: Seen | None = None
) -> Scores:
    """Score one rendered lift; `seen`: what the network makes of its pictures, if it has looked already."""
    masks, seen = (lift.open_mask, lift.close_mask), seen or model.look(lift.images)
    return score(model, f"seed-{lift.seed}", seen, lift.is_open, lift.occupied, masks, distances_only)


def score_folder(model: Judges, folder: Path, distances_only: bool = False) -> Scores:
    """Score a lift folder that holds labelled registered pictures and a meta.json naming them."""
    content = read_lift_folder(folder)
    entries = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["images"]
    pictures = [cv2.imread(str(folder / entry["file"])) for entry in entries]
    images = np.stack([cv2.cvtColor(p, cv2.COLOR_BGR2RGB) for p in pictures if p is not None])
    found = score(
        model,
        folder.name,
        model.look(images.astype(np.uint8)),
        np.array([bool(e["open"]) for e in entries]),
        np.array([bool(e["occupied"]) for e in entries]),
        (content.masks.open, content.masks.close),
        distances_only,
    )
    return replace(found, in_threes=False)
