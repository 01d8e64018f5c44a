"""The benefit of site calibration, without and with reviews, measured on the same pictures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from lifts.arrays import Bool, Float32, Float64, Int64
from lifts.decision.calibration import Calibration
from lifts.decision.clusters import fit_clusters
from lifts.decision.judge import judge
from lifts.decision.references import LiftReferences, reference_embeddings
from lifts.decision.site import PassageSample, SiteCalibration, calibrate_site, is_informative
from ml.data.rendered import RenderedLift
from ml.evaluate.metrics import accuracy, wilson
from ml.evaluate.scoring import CheckedPicture, PictureFeatures, Scores, ScoringNetwork, check_pictures, infer
from ml.evaluate.verdicts import Counts, count_verdicts, total

COUNTS = (20, 50, 200)
"""Numbers of watched passages that a lift learns from."""

REVIEWS = (5, 20, 100)
"""Numbers of watched passages that are labelled, drawn at random."""

SHARES = (0.01, 0.1, 0.5, 0.9, 0.99)
"""Shares of open passages: on some lifts hardly anybody lowers the bar, on others nearly everybody does."""

PARTS = ("background", "prototypes", "threshold")
"""Parts of a site calibration: the background, the appearance of open and closed passages, the threshold."""

ABLATED_AT = 50
"""Number of watched passages in the rows that leave one part out."""


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

    def scores(self, site: SiteCalibration | None = None) -> Scores:
        """Score the judged pictures by the masks and the site calibration."""
        references = replace(self.masks, site=site)
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


def draw_passages(lift: SiteLift, count: int, open_share: float, rng: np.random.Generator) -> Int64:
    """Draw indices int64[count] of watched passages, each open with the given probability, without repeats.

    Raises:
        ValueError: there are too few passages of one state.
    """
    is_open = lift.watched_open[::3]
    opened = int((rng.random(count) < open_share).sum())
    chosen = []
    for state, wanted in ((True, opened), (False, count - opened)):
        present = np.flatnonzero(is_open == state)
        if len(present) < wanted:
            raise ValueError(f"{lift.name}: {wanted} passages wanted of a state that has {len(present)}")
        chosen.append(rng.choice(present, wanted, replace=False))
    return np.concatenate(chosen)


def site_scores(
    lift: SiteLift,
    calibration: Calibration,
    chosen: Int64,
    reviewed: Sequence[Sequence[int]] = ((),),
    without: str = "",
) -> list[Scores]:
    """Score the judged pictures by a site calibration learnt from some of the watched passages.

    Args:
        calibration: the model's, with the prior of the clusters.
        chosen: indices of the passages to learn from.
        reviewed: places of the labelled passages; scores are returned for each entry.
        without: one of PARTS to leave out, or "seats": what the lift has learnt of its seat.
    """
    prior, seat = calibration.clusters, calibration.seat
    if prior is None:
        raise ValueError("this artefact does not know how the margins of lifts lie: export it again")
    judged: dict[bool, JudgedSample] = {}

    def passages(background: Float32 | None, places: Sequence[int]) -> PassageSample:
        background = None if without == "background" else background
        if (background is not None) not in judged:  # it does not depend on what was reviewed
            judged[background is not None] = sample(lift, calibration, chosen, background)
        return judged[background is not None].to_learn_from(places)

    found = []
    for places in reviewed:
        seat_prior = None if seat is None or without == "seats" else seat.clusters
        learning = calibrate_site(
            lambda background, at=places: passages(background, at),  # type: ignore[misc]
            prior,
            seat_prior,
        )
        site = learning.calibration
        if without == "background":
            site = replace(site, background_embedding=None)
        elif without == "prototypes":
            fit = fit_clusters(learning.sample.margins, prior, learning.sample.is_open)
            site = replace(site, fit=fit, prototypes=None)
        elif without == "threshold":
            site = replace(site, fit=replace(site.fit, trust=0.0))
        found.append(lift.scores(site))
    return found


def verdict_figures(scores: Sequence[Scores], calibration: Calibration, rounds: int = 1) -> dict[str, Any]:
    """Return the product's verdicts on passages over all lifts, and accuracies by the sign of the margin.

    Each lift may occur `rounds` times. Rounds share their pictures, so intervals are those of one round.
    """
    hits = sum(int(((s.margin < 0) == s.is_open).sum()) for s in scores)
    count = sum(len(s.is_open) for s in scores)
    by_lift: dict[str, list[float]] = {}
    for s in scores:
        by_lift.setdefault(s.name, []).append(accuracy(s.margin < 0, s.is_open))
    counts = [count_verdicts(s.judged(calibration, 3)) for s in scores]
    of_lift: dict[str, list[Counts]] = {}
    for s, count_of in zip(scores, counts, strict=True):
        of_lift.setdefault(s.name, []).append(count_of)
    return {
        "verdicts": {"per_passage": total(counts, rounds)},
        "verdicts_of_lifts": {name: total(parts, rounds) for name, parts in of_lift.items()},
        "accuracy": hits / count,
        "accuracy_interval_95": list(wilson(round(hits / rounds), count // rounds)),
        "accuracy_per_passage": float(
            np.mean([accuracy(s.passage_margin() < 0, s.is_open[::3]) for s in scores])
        ),
        "accuracy_of_lifts": {name: float(np.mean(values)) for name, values in by_lift.items()},
    }


class Row(NamedTuple):
    """Key of a row: passages watched, labelled ones among them, share of open ones, part left out."""

    passages: int
    reviewed: int
    open_share: float | None
    without: str = ""


def row_scores(
    lift: SiteLift, calibration: Calibration, counts: Sequence[int], rounds: int, seed: Sequence[int]
) -> Iterator[tuple[Row, Scores]]:
    """Yield one lift's scores for each row and round: with masks alone, then for each count and share.

    The largest count is also run with reviews, on the same draws, so that its rows are comparable.

    Args:
        lift: used neither for training nor for calibration.
        counts: numbers of watched passages.
        rounds: number of draws for each row, with `seed`.
    """
    alone = lift.scores()
    for _ in range(rounds):
        yield Row(0, 0, None), alone
    for round_ in range(rounds):
        for count in counts:
            reviews = [0, *(r for r in REVIEWS if r <= count)] if count == max(counts) else [0]
            for share in SHARES:
                for without in ("", *PARTS) if count == ABLATED_AT else ("",):
                    rng = np.random.default_rng([*seed, round_])
                    chosen = draw_passages(lift, count, share, rng)
                    order = rng.permutation(count).tolist()
                    reviewed = [order[:number] for number in reviews]
                    found = site_scores(lift, calibration, chosen, reviewed, without)
                    for number, scores in zip(reviews, found, strict=True):
                        yield Row(count, number, share, without), scores


def rows(scores: Sequence[tuple[Row, Scores]], calibration: Calibration, rounds: int) -> list[dict[str, Any]]:
    """Return each row's figures over all lifts and rounds, in the order of the table."""
    together: dict[Row, list[Scores]] = {}
    for row, found in scores:
        together.setdefault(row, []).append(found)
    order = sorted(together, key=lambda row: (bool(row.without), row.without, row.passages, row.reviewed))
    return [{**row._asdict(), **verdict_figures(together[row], calibration, rounds)} for row in order]
