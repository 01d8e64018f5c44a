"""A lift of which some passages are judged and the others were only watched, to be learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from lifts.arrays import Bool, Float32, Float64, Int64
from lifts.decision.calibration import Calibration
from lifts.decision.judge import judge
from lifts.decision.references import LiftReferences, reference_embeddings
from lifts.decision.site import PassageSample, SiteCalibration, is_informative
from lifts.decision.verdict import Inference
from ml.data.rendered import RenderedLift
from ml.evaluate.scoring import CheckedPicture, PictureFeatures, Scores, ScoringNetwork, check_pictures, infer


@dataclass(frozen=True, eq=False)
class SiteLift:
    """A lift's pictures in two parts: those that are judged, and passages that were only watched.

    masks: its two masks' embeddings, which judge a lift without a site calibration.
    judged, watched: three pictures per passage; the flags are bool, one per picture.
    """

    name: str
    model: ScoringNetwork
    masks: LiftReferences
    judged: PictureFeatures
    judged_pictures: tuple[CheckedPicture, ...]
    judged_open: Bool
    judged_occupied: Bool
    watched: PictureFeatures
    watched_pictures: tuple[CheckedPicture, ...]
    watched_open: Bool

    @staticmethod
    def of(
        model: ScoringNetwork, lift: RenderedLift, judged: int, seen: PictureFeatures | None = None
    ) -> SiteLift:
        """Return a rendered lift whose first `judged` passages are judged and whose others were watched.

        seen: its pictures' features, if they are computed already.
        """
        seen, cut, pictures = seen or model.look(lift.images), 3 * judged, check_pictures(lift.images)
        return SiteLift(
            f"seed-{lift.seed}",
            model,
            LiftReferences(model.masks(np.stack([lift.open_mask, lift.close_mask]))[:, None]),
            seen.take(slice(cut)),
            pictures[:cut],
            lift.is_open[:cut],
            lift.occupied[:cut],
            seen.take(slice(cut, None)),
            pictures[cut:],
            lift.is_open[cut:],
        )

    def scores(self, site: SiteCalibration | None = None, inference: Inference | None = None) -> Scores:
        """Score the judged pictures by masks and site calibration; inference: with these, if it is known."""
        references = replace(self.masks, site=site)
        if inference is None:
            inference = infer(self.model, self.judged, references.embeddings())
        return Scores(
            self.name, inference, references, self.judged_pictures, self.judged_open, self.judged_occupied
        )


class JudgedSample(NamedTuple):
    """Watched passages that were seen well enough to learn from.

    margins: float64[N]. embeddings: float32[N, 3, D]. is_open: bool[N], the truth. places: int64[N], their
    indices among the requested passages. occupancy: float64[N], the probability that somebody sits there.
    """

    margins: Float64
    embeddings: Float32
    is_open: Bool
    places: Int64
    occupancy: Float64

    def take(self, chosen: Int64) -> JudgedSample:
        """Return the sample of some of the passages, of which this one has all."""
        row = {place: number for number, place in enumerate(self.places.tolist())}
        kept = np.array([place for place, passage in enumerate(chosen.tolist()) if passage in row], np.int64)
        rows = [row[passage] for passage in chosen[kept].tolist()]
        return JudgedSample(
            self.margins[rows], self.embeddings[rows], self.is_open[rows], kept, self.occupancy[rows]
        )

    def to_learn_from(self, reviewed: Sequence[int] = ()) -> PassageSample:
        """Return the passages with labels for the reviewed places only."""
        known = set(reviewed)
        labels = [
            bool(state) if place in known else None
            for place, state in zip(self.places.tolist(), self.is_open, strict=True)
        ]
        return PassageSample(self.margins, self.embeddings, labels, self.occupancy)


def sample(
    lift: SiteLift,
    calibration: Calibration,
    chosen: Int64 | None = None,
    background: Float32 | None = None,
) -> JudgedSample:
    """Judge a lift's watched passages by its masks, as `service/site` does before it learns from them.

    Args:
        chosen: indices of the passages, all by default.
        background: float32[D], the background embedding, if it is known.
    """
    if chosen is None:
        chosen = np.arange(len(lift.watched_open) // 3)
    rows = (3 * chosen[:, None] + np.arange(3)).ravel()
    compared = reference_embeddings(lift.masks.bank[:, 0], background)
    inference = infer(lift.model, lift.watched.take(rows), compared)
    places, margins, occupancy = [], [], []
    for place, passage in enumerate(chosen.tolist()):
        pictures = lift.watched_pictures[3 * passage : 3 * passage + 3]
        three = inference.take(slice(3 * place, 3 * place + 3))
        judgement = judge(pictures, three, lift.masks, calibration)
        if is_informative(judgement):
            places.append(place)
            margins.append(judgement.margin)
            occupancy.append(judgement.occupancy)
    kept = np.array(places, np.int64)
    embeddings = inference.embeddings.reshape(len(chosen), 3, -1)[kept]
    is_open = lift.watched_open[3 * chosen[kept]]
    return JudgedSample(np.array(margins), embeddings, is_open, kept, np.array(occupancy))
