"""What a lift gains from its own passages, unlabelled or reviewed: the same pictures before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lifts.decision.clusters import ClusterPrior
from lifts.decision.prototypes import background_embedding, learn
from ml.data.rendered import RenderedLift
from ml.evaluate.metrics import accuracy, wilson
from ml.evaluate.scoring import Flags, Floats, Judges, Scores, Seen, references

COUNTS = (20, 50, 200)
"""Passages that a lift has watched when it learns from them."""

REVIEWS = (5, 20, 100)
"""Passages of those watched that somebody has labelled, drawn by chance."""

SHARES = (0.01, 0.1, 0.5, 0.9, 0.99)
"""Shares of them that are open: on one lift nobody lowers the bar, on another everybody does."""

PARTS = ("always", "prototypes", "threshold")
"""What is learnt: what always shows, what open and closed passages look like, where the two part."""

ABLATED_AT = 50
"""Passages watched in the rows that leave one part out."""


@dataclass(frozen=True, eq=False)
class Lift:
    """A lift's pictures in two parts: those that are judged, and passages that were only watched.

    masks: float32[2, D], embeddings of its open and its close mask.
    judged, watched: three pictures a passage; judged_open, watched_open: bool, one a picture.
    """

    name: str
    model: Judges
    masks: Floats
    judged: Seen
    judged_open: Flags
    watched: Seen
    watched_open: Flags

    @staticmethod
    def of(model: Judges, lift: RenderedLift, judged: int, seen: Seen | None = None) -> Lift:
        """A rendered lift whose first `judged` passages are judged, what follows has been watched.

        seen: what the network makes of its pictures, if it has looked already.
        """
        seen, cut = seen or model.look(lift.images), 3 * judged
        return Lift(
            f"seed-{lift.seed}",
            model,
            model.masks(np.stack([lift.open_mask, lift.close_mask])),
            seen.take(slice(cut)),
            lift.is_open[:cut],
            seen.take(slice(cut, None)),
            lift.is_open[cut:],
        )

    def margins(self, seen: Seen, always: Floats | None = None) -> Floats:
        """Margins float32[P] of some of its pictures, by its masks and what always shows, float32[D]."""
        return self.model.match(seen, references(self.masks, always))[0]

    def scores(self, margins: Floats) -> Scores:
        """The judged pictures with these margins; nothing else of them counts here."""
        none = np.zeros(len(margins), np.float32)
        return Scores(self.name, margins, none, self.judged_open, np.ones(len(margins), bool), none)


class Passages(NamedTuple):
    """Watched passages: margins float[N], means over each three pictures, and embeddings float32[N, 3, D].

    is_open: bool[N]. always: float32[D], what shows in either state, by which they were judged; or None.
    """

    margins: Floats
    embeddings: Floats
    is_open: Flags
    always: Floats | None


def watched(
    lift: Lift, prior: ClusterPrior | None = None, chosen: npt.NDArray[np.int64] | None = None
) -> Passages:
    """What some of a lift's watched passages say, all of them by default; without a prior, by masks alone."""
    if chosen is None:
        chosen = np.arange(len(lift.watched_open) // 3)
    shown = lift.watched.take((3 * chosen[:, None] + np.arange(3)).ravel())
    embeddings = shown.embedding.reshape(len(chosen), 3, -1)
    margins = lift.margins(shown).reshape(-1, 3).mean(1)
    always = None if prior is None else background_embedding(margins, embeddings, prior)
    if always is not None:
        margins = lift.margins(shown, always).reshape(-1, 3).mean(1)
    return Passages(margins, embeddings, lift.watched_open[3 * chosen], always)


def drawn(lift: Lift, count: int, open_share: float, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Numbers int64[count] of watched passages, open with the given chance, none twice.

    Raises:
        ValueError: there are not passages enough of one state.
    """
    is_open = lift.watched_open[::3]
    opened = int((rng.random(count) < open_share).sum())
    chosen = []
    for state, wanted in ((True, opened), (False, count - opened)):
        there = np.flatnonzero(is_open == state)
        if len(there) < wanted:
            raise ValueError(f"{lift.name}: {wanted} passages wanted of a state that has {len(there)}")
        chosen.append(rng.choice(there, wanted, replace=False))
    return np.concatenate(chosen)


def settled(
    lift: Lift,
    prior: ClusterPrior,
    count: int,
    open_share: float,
    rng: np.random.Generator,
    reviews: Sequence[int] = (0,),
    without: str = "",
) -> list[Scores]:
    """The judged pictures' scores by what the lift has learnt, less the threshold that it found.

    Args:
        lift: whose.
        prior: the artefact's.
        count: passages that it has watched.
        open_share: of these.
        rng: draws them.
        reviews: how many of them are labelled; scores are returned for each.
        without: one of PARTS that is left out.
    """
    passages = watched(lift, None if without == "always" else prior, drawn(lift, count, open_share, rng))
    by_masks = lift.margins(lift.judged, passages.always)
    order = rng.permutation(count)
    found = []
    for reviewed in reviews:
        labels: list[bool | None] = [None] * count
        for index in order[:reviewed]:
            labels[index] = bool(passages.is_open[index])
        # Embeddings of nothing tell nothing apart: such prototypes have no weight.
        shown = np.zeros_like(passages.embeddings) if without == "prototypes" else passages.embeddings
        learnt = learn(passages.margins, shown, prior, labels)
        margins = by_masks
        if learnt.prototypes is not None:
            judged = lift.judged.embedding.reshape(-1, 3, lift.judged.embedding.shape[1])
            margins = learnt.prototypes.combined(by_masks.reshape(-1, 3), judged).reshape(-1)
        threshold = 0.0 if without == "threshold" else learnt.fit.threshold
        found.append(lift.scores(margins - np.float32(threshold)))
    return found


def right(scores: Sequence[Scores], rounds: int = 1) -> dict[str, Any]:
    """Accuracy by the sign of the margin over all lifts, per picture and per passage, and each lift's.

    Every lift may be there `rounds` times. Rounds share their pictures: the interval is that of one round.
    """
    hits = sum(int(((s.margin < 0) == s.is_open).sum()) for s in scores)
    count = sum(len(s.margin) for s in scores)
    by_lift: dict[str, list[float]] = {}
    for s in scores:
        by_lift.setdefault(s.name, []).append(accuracy(s.margin < 0, s.is_open))
    passages = [s.passages() for s in scores]
    return {
        "accuracy": hits / count,
        "accuracy_interval_95": list(wilson(round(hits / rounds), count // rounds)),
        "accuracy_per_passage": float(np.mean([accuracy(p.margin < 0, p.is_open) for p in passages])),
        "accuracy_of_lifts": {name: float(np.mean(values)) for name, values in by_lift.items()},
    }


class Row(NamedTuple):
    """What a row is of: passages watched, labelled ones among them, share of open ones, part left out."""

    passages: int
    reviewed: int
    open_share: float | None
    without: str = ""


def row_scores(
    lift: Lift, prior: ClusterPrior, counts: Sequence[int], rounds: int, seed: Sequence[int]
) -> Iterator[tuple[Row, Scores]]:
    """Yield one lift's scores for each row and round: with masks alone, then for each count and share.

    The most passages come with some of them reviewed as well, from the same draws, so that rows compare.

    Args:
        lift: not trained on, nor the prior's.
        prior: the artefact's.
        counts: how many passages a lift has watched.
        rounds: draws of passages for each row.
        seed: of the draws.
    """
    alone = lift.scores(lift.margins(lift.judged))
    for _ in range(rounds):
        yield Row(0, 0, None), alone
    for round_ in range(rounds):
        for count in counts:
            reviews = [0, *(r for r in REVIEWS if r <= count)] if count == max(counts) else [0]
            for share in SHARES:
                for without in ("", *PARTS) if count == ABLATED_AT else ("",):
                    rng = np.random.default_rng([*seed, round_])
                    found = settled(lift, prior, count, share, rng, reviews, without)
                    for reviewed, scores in zip(reviews, found, strict=True):
                        yield Row(count, reviewed, share, without), scores


def rows(scores: Sequence[tuple[Row, Scores]], rounds: int) -> list[dict[str, Any]]:
    """Each row's figures over all lifts and rounds, in the order of the table."""
    together: dict[Row, list[Scores]] = {}
    for row, found in scores:
        together.setdefault(row, []).append(found)
    order = sorted(together, key=lambda row: (bool(row.without), row.without, row.passages, row.reviewed))
    return [{**row._asdict(), **right(together[row], rounds)} for row in order]
