"""What the shipped network infers from one lift's labelled pictures, and the product's verdicts on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np

from lifts.arrays import Bool, Float32, Int64, UInt8
from lifts.decision.calibration import Calibration
from lifts.decision.judge import distances_to, judge
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.verdict import Inference
from lifts.folder import read_lift_folder
from lifts.visibility import picture_problem
from ml.data.rendered import RenderedLift
from ml.evaluate.verdicts import Outcome


class PictureFeatures(Protocol):
    """A network's features of N pictures, independent of masks; only the network knows all of them."""

    @property
    def embedding(self) -> Float32:
        """float32[N, D]."""

    @property
    def occupancy(self) -> Float32:
        """float32[N] in 0..1."""

    @property
    def riders(self) -> Float32:
        """float32[N, C, C]: rider maps, log odds; NO_RIDERS of a network without."""

    def take(self, rows: Int64 | slice) -> PictureFeatures:
        """Return the features of some of the pictures."""


class ScoringNetwork(Protocol):
    """The interface that scoring needs from a network: numpy in, numpy out."""

    def look(self, images: UInt8) -> PictureFeatures:
        """Map uint8[N, 200, 200, 3], any N, to the features that `match` takes."""

    def match(self, seen: Any, references: Float32) -> tuple[Float32, Float32]:
        """Return margins and probabilities of the lift, float32[N], by its references float32[3, D]."""

    def masks(self, masks: UInt8) -> Float32:
        """Embed masks uint8[N, 200, 200] as float32[N, D]."""


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """A registered picture before the network sees it (`lifts.decision.verdict.PictureQuality`)."""

    problem: Reason | None
    quality: float = 1.0


@dataclass(frozen=True, eq=False)
class Scores:
    """A network's output for one lift's P pictures, with the truth.

    name: the lift's.
    inference: by the lift's references.
    references: its masks, and its site calibration.
    pictures: the P pictures as the judge receives them.
    is_open, occupied: bool[P].
    in_threes: every three pictures are one passage; otherwise they are single pictures.
    """

    name: str
    inference: Inference
    references: LiftReferences
    pictures: tuple[CheckedPicture, ...]
    is_open: Bool
    occupied: Bool
    in_threes: bool = True

    @property
    def margin(self) -> Float32:
        """float32[P], less the lift's own threshold if it has one: the papers' systems judge by its sign."""
        embeddings, _, matches, _ = self.inference
        margins, site = matches[:, 0], self.references.site
        if np.isnan(margins).all():
            distances = distances_to(embeddings, self.references.bank)
            margins = distances[:, 0] - distances[:, 1]
        if site is None:
            return margins
        if site.prototypes is not None:
            in_threes = embeddings.reshape(-1, 3, embeddings.shape[1])
            margins = site.prototypes.combine(margins.reshape(-1, 3), in_threes).reshape(-1)
        return margins - np.float32(site.fit.threshold)

    def passage_margin(self) -> Float32:
        """Return the mean of each passage's three margins, float32[P // 3]."""
        return np.asarray(self.margin.reshape(-1, 3).mean(1), np.float32)

    def judged(self, calibration: Calibration, pictures: int) -> Iterator[Outcome]:
        """Yield the product's verdicts with the truth, of each picture (`pictures` 1) or passage (3)."""
        for at in range(0, len(self.pictures), pictures):
            rows = slice(at, at + pictures)
            judgement = judge(self.pictures[rows], self.inference.take(rows), self.references, calibration)
            yield Outcome.of(judgement, bool(self.is_open[at]), bool(self.occupied[at]))


def check_pictures(images: UInt8) -> tuple[CheckedPicture, ...]:
    """Check registered pictures uint8[P, 200, 200, 3] as the service does before it embeds them."""
    return tuple(CheckedPicture(picture_problem(image)) for image in images)


def infer(model: ScoringNetwork, seen: PictureFeatures, references: Float32) -> Inference:
    """Return the network's output for pictures, compared with their lift's references float32[3, D]."""
    matches = np.stack(model.match(seen, references), 1)
    return Inference(seen.embedding, seen.occupancy, matches, seen.riders)


def score(
    model: ScoringNetwork,
    name: str,
    images: UInt8,
    truth: tuple[Bool, Bool],
    masks: tuple[UInt8, UInt8],
    distances_only: bool = False,
    seen: PictureFeatures | None = None,
) -> Scores:
    """Score a lift from its two masks alone (paper 000, equation 3, before the arg min).

    Args:
        images: uint8[P, 200, 200, 3], in threes.
        truth: is_open, occupied: bool[P].
        masks: uint8[200, 200], open and close.
        distances_only: use the difference of the embeddings' distances, not the network's own margin.
        seen: the pictures' features, if they are computed already.
    """
    references = LiftReferences(model.masks(np.stack(masks))[:, None])
    inference = infer(model, seen or model.look(images), references.embeddings())
    if distances_only:
        inference.matches[:, 0] = np.nan
    return Scores(name, inference, references, check_pictures(images), *truth)


def score_rendered(
    model: ScoringNetwork,
    lift: RenderedLift,
    distances_only: bool = False,
    seen: PictureFeatures | None = None,
) -> Scores:
    """Score one rendered lift; `seen`: its pictures' features, if they are computed already."""
    masks, truth = (lift.open_mask, lift.close_mask), (lift.is_open, lift.occupied)
    return score(model, f"seed-{lift.seed}", lift.images, truth, masks, distances_only, seen)


def score_folder(model: ScoringNetwork, folder: Path, distances_only: bool = False) -> Scores:
    """Score a lift folder that holds labelled registered pictures and a meta.json naming them."""
    content = read_lift_folder(folder)
    entries = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["images"]
    pictures = [cv2.imread(str(folder / entry["file"])) for entry in entries]
    images = np.stack([cv2.cvtColor(p, cv2.COLOR_BGR2RGB) for p in pictures if p is not None])
    truth = tuple(np.array([bool(entry[key]) for entry in entries]) for key in ("open", "occupied"))
    masks = (content.masks.open, content.masks.close)
    found = score(model, folder.name, images.astype(np.uint8), (truth[0], truth[1]), masks, distances_only)
    return replace(found, in_threes=False)
