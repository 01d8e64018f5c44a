"""What a lift gains from its own passages, unlabelled or reviewed: the same pictures before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lifts.heaps import Prior, heaps_of
from ml.evaluate.metrics import accuracy, in_words, wilson
from ml.evaluate.scoring import Scores

COUNTS = (20, 50, 200)
"""Passages that a lift has watched when it finds its heaps."""

REVIEWS = (5, 20, 100)
"""Passages of those watched that somebody has labelled, drawn by chance."""

SHARES = (0.01, 0.1, 0.5, 0.9, 0.99)
"""Shares of them that are open: on one lift nobody lowers the bar, on another everybody does."""


@dataclass(frozen=True, eq=False)
class Watched:
    """A lift's scores in two parts: passages that were only watched, and pictures that are then judged."""

    watched: Scores
    judged: Scores


def split(scores: Scores, judged: int) -> Watched:
    """The first `judged` passages are judged, what follows has been watched; three pictures a passage."""
    cut = 3 * judged

    def part(where: slice) -> Scores:
        names = ("margin", "occupancy", "is_open", "occupied", "fit")
        return replace(scores, **{name: getattr(scores, name)[where] for name in names})

    return Watched(part(slice(cut, None)), part(slice(cut)))


def drawn(
    watched: Scores, count: int, open_share: float, rng: np.random.Generator
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Margins float32[count] and states bool[count] of passages, open with the given chance, none twice.

    Raises:
        ValueError: there are not passages enough of one state.
    """
    passages = watched.passages()
    opened = int((rng.random(count) < open_share).sum())
    chosen = []
    for state, wanted in ((True, opened), (False, count - opened)):
        there = np.flatnonzero(passages.is_open == state)
        if len(there) < wanted:
            raise ValueError(f"{watched.name}: {wanted} passages wanted of a state that has {len(there)}")
        chosen.append(rng.choice(there, wanted, replace=False))
    taken = np.concatenate(chosen)
    return np.asarray(passages.margin[taken]), np.asarray(passages.is_open[taken])


def settled(
    lift: Watched,
    prior: Prior,
    count: int,
    open_share: float,
    rng: np.random.Generator,
    reviewed: int = 0,
) -> Scores:
    """The judged pictures' scores, less the threshold that the lift found from its passages."""
    margins, is_open = drawn(lift.watched, count, open_share, rng)
    labels: list[bool | None] = [None] * count
    for index in rng.choice(count, reviewed, replace=False):
        labels[index] = bool(is_open[index])
    heaps = heaps_of(margins, prior, labels)
    return replace(lift.judged, margin=lift.judged.margin - np.float32(heaps.threshold))


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


def rows(
    lifts: Sequence[Watched], prior: Prior, counts: Sequence[int], rounds: int, seed: int
) -> Iterator[dict[str, Any]]:
    """Yield the figures from the masks alone, then for each number of passages and share of open ones.

    Last come those of the most passages with some of them reviewed: the same draws, so that rows compare.

    Args:
        lifts: none of them trained on, nor the prior's.
        prior: the artefact's.
        counts: how many passages a lift has watched; a row for each and each of SHARES.
        rounds: draws of passages for each row; figures are over all of them.
        seed: of the draws.
    """
    yield {"passages": 0, "reviewed": 0, "open_share": None, **right([lift.judged for lift in lifts])}
    watched = [(count, 0) for count in counts]
    watched += [(max(counts), reviewed) for reviewed in REVIEWS if reviewed <= max(counts)]
    for count, reviewed in watched:
        for share in SHARES:
            judged = [
                settled(lift, prior, count, share, np.random.default_rng([seed, i, n]), reviewed)
                for i in range(rounds)
                for n, lift in enumerate(lifts)
            ]
            row = {"passages": count, "reviewed": reviewed, "open_share": share}
            yield {**row, **right(judged, rounds)}


def markdown(title: str, result: dict[str, Any]) -> str:
    """The rows as a Markdown table; "worst" is the lift that lost most against the masks alone."""
    first, *others = result["rows"]
    alone = f"{100 * first['accuracy']:.2f} | {100 * first['accuracy_per_passage']:.2f}"
    lines = [
        f"### {title}",
        "",
        "| passages watched | reviewed | open | accuracy | per passage | worst change of a lift |",
        "|---|---|---|---|---|---|",
        f"| none: two masks only | | | {alone} | |",
    ]
    for row in others:
        change, lift = min(
            (row["accuracy_of_lifts"][name] - before, name)
            for name, before in first["accuracy_of_lifts"].items()
        )
        lines.append(
            f"| {row['passages']} | {row['reviewed']} | {100 * row['open_share']:.0f} % | "
            f"{100 * row['accuracy']:.2f} {in_words(row['accuracy_interval_95'])} | "
            f"{100 * row['accuracy_per_passage']:.2f} | {100 * change:+.2f} ({lift}) |"
        )
    return "\n".join(lines) + "\n"
