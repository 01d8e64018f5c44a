"""The benefit of site calibration, without and with reviews, measured on the same pictures."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from lifts.arrays import Float32, Int64
from lifts.decision.calibration import Calibration
from lifts.decision.clusters import fit_clusters
from lifts.decision.site import PassageSample, calibrate_site
from lifts.decision.verdict import Inference
from ml.evaluate.metrics import accuracy, wilson
from ml.evaluate.onsite import JudgedSample, SiteLift, sample
from ml.evaluate.scoring import Scores, infer
from ml.evaluate.verdicts import Counts, count_verdicts, total

COUNTS = (20, 50, 200)
"""Numbers of watched passages that a lift learns from."""

REVIEWS = (5, 20, 100)
"""Numbers of watched passages that are labelled, drawn at random."""

MOST_REVIEWS = REVIEWS[-1]

SHARES = (0.01, 0.1, 0.5, 0.9, 0.99)
"""Shares of open passages: on some lifts hardly anybody lowers the bar, on others nearly everybody does."""

PARTS = ("background", "prototypes", "threshold")
"""Parts of a site calibration: the background, the appearance of open and closed passages, the threshold.
The adapter, learnt from reviews alone, is left out beside each row with reviews."""

ABLATED_AT = 50
"""Number of watched passages in the rows that leave one part out."""


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


class SiteDraw:
    """Passages that a lift watched, and what it learns from them.

    What the network says of a picture depends on the background alone, not on reviews or parts left out:
    it is computed once for each background.

    Args:
        lift: the lift.
        calibration: the model's, with the prior of the clusters.
        chosen: indices of the passages to learn from.
        alone: all the lift's watched passages judged by the masks alone; judged here if not given.
    """

    def __init__(
        self, lift: SiteLift, calibration: Calibration, chosen: Int64, alone: JudgedSample | None = None
    ) -> None:
        if calibration.clusters is None:
            raise ValueError("this artefact does not know how the margins of lifts lie: export it again")
        self._lift, self._calibration, self._prior = lift, calibration, calibration.clusters
        self._chosen = chosen
        self._alone = (alone or sample(lift, calibration)).take(chosen)
        self._informed: JudgedSample | None = None
        self._inference: dict[bytes, Inference] = {}

    def scores(self, reviewed: Sequence[int] = (), without: str = "") -> Scores:
        """Score the judged pictures by the site calibration learnt from these passages.

        Args:
            reviewed: places of the labelled passages among those chosen.
            without: one of PARTS to leave out, "adapter", or "seats": what the lift has learnt of its seat.
        """

        def judged(background: Float32 | None) -> PassageSample:
            if background is None or without == "background":
                return self._alone.to_learn_from(reviewed)
            if self._informed is None:  # the background does not depend on what was reviewed
                self._informed = sample(self._lift, self._calibration, self._chosen, background)
            return self._informed.to_learn_from(reviewed)

        seat = self._calibration.seat
        seat_prior = None if seat is None or without == "seats" else seat.clusters
        learning = calibrate_site(judged, self._prior, seat_prior)
        site, prototypes = learning.calibration, learning.calibration.prototypes
        if without == "background":
            site = replace(site, background_embedding=None)
        elif without == "prototypes":
            fit = fit_clusters(learning.sample.margins, self._prior, learning.sample.is_open)
            site = replace(site, fit=fit, prototypes=None)
        elif without == "threshold":
            site = replace(site, fit=replace(site.fit, trust=0.0))
        elif without == "adapter" and prototypes is not None:
            site = replace(site, prototypes=replace(prototypes, adapter=None))
        references = replace(self._lift.masks, site=site).embeddings()
        key = references.tobytes()
        if key not in self._inference:
            self._inference[key] = infer(self._lift.model, self._lift.judged, references)
        return self._lift.scores(site, self._inference[key])


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

    The largest count is also run with reviews, each with and without the adapter that they teach, on the same
    draws, so that its rows are comparable. So are all passages that the lift has, with the most reviews, and
    with every one of them reviewed: the most that reviews can teach.

    Args:
        lift: used neither for training nor for calibration.
        counts: numbers of watched passages.
        rounds: number of draws for each row, with `seed`.
    """
    masks_alone, alone = lift.scores(), sample(lift, calibration)
    everything = np.arange(len(lift.watched_open) // 3)
    for round_ in range(rounds):
        yield Row(0, 0, None), masks_alone
        for count, share in itertools.product(counts, SHARES):
            rng = np.random.default_rng([*seed, round_])
            draw = SiteDraw(lift, calibration, draw_passages(lift, count, share, rng), alone)
            order = rng.permutation(count).tolist()
            for without in ("", *PARTS) if count == ABLATED_AT else ("",):
                yield Row(count, 0, share, without), draw.scores((), without)
            for number in REVIEWS if count == max(counts) else ():
                for without in ("", "adapter") if number <= count else ():
                    yield Row(count, number, share, without), draw.scores(order[:number], without)
        if len(everything) > max(*counts, MOST_REVIEWS):
            draw = SiteDraw(lift, calibration, everything, alone)
            order = np.random.default_rng([*seed, round_]).permutation(everything).tolist()
            share = round(float(lift.watched_open.mean()), 1)
            for number, without in itertools.product((MOST_REVIEWS, len(everything)), ("", "adapter")):
                yield Row(len(everything), number, share, without), draw.scores(order[:number], without)


def rows(scores: Sequence[tuple[Row, Scores]], calibration: Calibration, rounds: int) -> list[dict[str, Any]]:
    """Return each row's figures over all lifts and rounds, in the order of the table."""
    together: dict[Row, list[Scores]] = {}
    for row, found in scores:
        together.setdefault(row, []).append(found)
    order = sorted(together, key=lambda row: (bool(row.without), row.without, row.passages, row.reviewed))
    return [{**row._asdict(), **verdict_figures(together[row], calibration, rounds)} for row in order]
