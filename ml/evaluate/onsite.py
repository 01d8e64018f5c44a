"""What a lift gains from its own passages, unlabelled or reviewed: the same pictures before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lifts.decision.calibration import Calibration
from lifts.decision.clusters import fit_clusters
from lifts.decision.judge import judge
from lifts.decision.references import LiftReferences, reference_embeddings
from lifts.decision.site import PassageSample, SiteCalibration, calibrate_site, is_informative
from lifts.decision.verdict import Inference
from ml.data.rendered import RenderedLift
from ml.evaluate.metrics import accuracy, wilson
from ml.evaluate.scoring import CheckedPicture, Flags, Float32, Judges, LookedAt, Scores, checked, inferred
from ml.evaluate.verdicts import Counts, count_verdicts, total

COUNTS = (20, 50, 200)
"""Passages that a lift has watched when it learns from them."""

REVIEWS = (5, 20, 100)
"""How many of the watched passages are labelled, drawn at random."""

SHARES = (0.01, 0.1, 0.5, 0.9, 0.99)
"""Shares of them that are open: on one lift nearly nobody lowers the bar, on another nearly everybody."""

PARTS = ("background", "prototypes", "threshold")
"""What is learnt: what shows in either state, what open and closed passages look like, where the two part."""

ABLATED_AT = 50
"""Passages watched in the rows that leave one part out."""


@dataclass(frozen=True, eq=False)
class SiteLift:
    """A lift's pictures in two parts: those that are judged, and passages that were only watched.

    masks: its two masks' embeddings, by which a lift is judged that has learnt nothing.
    judged, watched: three pictures a passage; the flags are bool, one a picture.
    """

    name: str
    model: Judges
    masks: LiftReferences
    judged: LookedAt
    judged_pictures: tuple[CheckedPicture, ...]
    judged_open: Flags
    judged_occupied: Flags
    watched: LookedAt
    watched_pictures: tuple[CheckedPicture, ...]
    watched_open: Flags

    @staticmethod
    def of(model: Judges, lift: RenderedLift, judged: int, seen: LookedAt | None = None) -> SiteLift:
        """A rendered lift whose first `judged` passages are judged; what follows was watched.

        seen: what the network makes of its pictures, if it has looked already.
        """
        seen, cut, pictures = seen or model.look(lift.images), 3 * judged, checked(lift.images)
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
        """The judged pictures, by the masks and what the site has learnt."""
        references = replace(self.masks, site=site)
        inference = inferred(self.model, self.judged, references.embeddings())
        return Scores(
            self.name, inference, references, self.judged_pictures, self.judged_open, self.judged_occupied
        )


class JudgedSample(NamedTuple):
    """Watched passages that were seen well enough to learn from.

    margins: float64[N]. embeddings: float32[N, 3, D]. is_open: bool[N], the truth. places: int64[N], which of
    the passages asked for they are.
    """

    margins: npt.NDArray[np.float64]
    embeddings: Float32
    is_open: Flags
    places: npt.NDArray[np.int64]

    def to_learn_from(self, reviewed: Sequence[int] = ()) -> PassageSample:
        """What a lift knows of them: a label only of those whose place is among the reviewed."""
        known = set(reviewed)
        labels = [
            bool(state) if place in known else None
            for place, state in zip(self.places.tolist(), self.is_open, strict=True)
        ]
        return PassageSample(self.margins, self.embeddings, labels)


def sample(
    lift: SiteLift,
    calibration: Calibration,
    chosen: npt.NDArray[np.int64] | None = None,
    background: Float32 | None = None,
) -> JudgedSample:
    """Judge a lift's watched passages by its masks, as `service/site` does before it learns from them.

    Args:
        lift: whose.
        calibration: the model's.
        chosen: numbers of the passages, all by default.
        background: float32[D], what shows in either state, if that is known.
    """
    if chosen is None:
        chosen = np.arange(len(lift.watched_open) // 3)
    rows = (3 * chosen[:, None] + np.arange(3)).ravel()
    compared = reference_embeddings(lift.masks.bank[:, 0], background)
    inference = inferred(lift.model, lift.watched.take(rows), compared)
    places, margins = [], []
    for place, passage in enumerate(chosen.tolist()):
        pictures = lift.watched_pictures[3 * passage : 3 * passage + 3]
        three = Inference(*(part[3 * place : 3 * place + 3] for part in inference))
        judgement = judge(pictures, three, lift.masks, calibration)
        if is_informative(judgement):
            places.append(place)
            margins.append(judgement.margin)
    kept = np.array(places, np.int64)
    embeddings = inference.embeddings.reshape(len(chosen), 3, -1)[kept]
    return JudgedSample(np.array(margins), embeddings, lift.watched_open[3 * chosen[kept]], kept)


def drawn(lift: SiteLift, count: int, open_share: float, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Numbers int64[count] of watched passages, open with the given chance, none twice.

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
    chosen: npt.NDArray[np.int64],
    reviewed: Sequence[Sequence[int]] = ((),),
    without: str = "",
) -> list[Scores]:
    """The judged pictures by what the lift has learnt from some watched passages.

    Args:
        lift: whose.
        calibration: the model's; it knows how clusters lie on lifts in general.
        chosen: numbers of the passages that it learns from.
        reviewed: places of those that are labelled; scores are returned for each entry.
        without: one of PARTS that is left out.
    """
    prior = calibration.clusters
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
        learning = calibrate_site(lambda background, at=places: passages(background, at), prior)  # type: ignore[misc]
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


def right(scores: Sequence[Scores], calibration: Calibration, rounds: int = 1) -> dict[str, Any]:
    """What the product says of passages over all lifts, and accuracies by the sign of the margin.

    Every lift may be there `rounds` times. Rounds share their pictures: intervals are those of one round.
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
    """What a row is of: passages watched, labelled ones among them, share of open ones, part left out."""

    passages: int
    reviewed: int
    open_share: float | None
    without: str = ""


def row_scores(
    lift: SiteLift, calibration: Calibration, counts: Sequence[int], rounds: int, seed: Sequence[int]
) -> Iterator[tuple[Row, Scores]]:
    """Yield one lift's scores for each row and round: with masks alone, then for each count and share.

    The most passages come with some of them reviewed as well, from the same draws, so that rows compare.

    Args:
        lift: not trained on, nor calibrated on.
        calibration: the model's.
        counts: how many passages a lift has watched.
        rounds: draws of passages for each row.
        seed: of the draws.
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
                    chosen = drawn(lift, count, share, rng)
                    order = rng.permutation(count).tolist()
                    reviewed = [order[:number] for number in reviews]
                    found = site_scores(lift, calibration, chosen, reviewed, without)
                    for number, scores in zip(reviews, found, strict=True):
                        yield Row(count, number, share, without), scores


def rows(scores: Sequence[tuple[Row, Scores]], calibration: Calibration, rounds: int) -> list[dict[str, Any]]:
    """Each row's figures over all lifts and rounds, in the order of the table."""
    together: dict[Row, list[Scores]] = {}
    for row, found in scores:
        together.setdefault(row, []).append(found)
    order = sorted(together, key=lambda row: (bool(row.without), row.without, row.passages, row.reviewed))
    return [{**row._asdict(), **right(together[row], calibration, rounds)} for row in order]
