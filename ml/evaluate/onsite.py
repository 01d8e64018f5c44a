"""What a lift gains from its own unlabelled passages: the same pictures judged before and after."""

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
        names = ("margin", "occupancy", "is_open", "occupied")
        return replace(scores, **{name: getattr(scores, name)[where] for name in names})

    return Watched(part(slice(cut, None)), part(slice(cut)))


def drawn(
    watched: Scores, count: int, open_share: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Margins float32[count] of passages, each open with the given chance, none taken twice.

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
    return np.asarray(passages.margin[np.concatenate(chosen)])


def settled(lift: Watched, prior: Prior, count: int, open_share: float, rng: np.random.Generator) -> Scores:
    """The judged pictures' scores, less the threshold that the lift found from its passages alone."""
    heaps = heaps_of(drawn(lift.watched, count, open_share, rng), prior)
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

    Args:
        lifts: none of them trained on, nor the prior's.
        prior: the artefact's.
        counts: how many passages a lift has watched; a row for each and each of SHARES.
        rounds: draws of passages for each row; figures are over all of them.
        seed: of the draws.
    """
    yield {"passages": 0, "open_share": None, **right([lift.judged for lift in lifts])}
    for count in counts:
        for share in SHARES:
            rng = np.random.default_rng([seed, count, round(1000 * share)])
            judged = [settled(lift, prior, count, share, rng) for _ in range(rounds) for lift in lifts]
            yield {"passages": count, "open_share": share, **right(judged, rounds)}


def markdown(title: str, result: dict[str, Any]) -> str:
    """The rows as a Markdown table; "worst" is the lift that lost most against the masks alone."""
    first, *others = result["rows"]
    alone = f"{100 * first['accuracy']:.2f} | {100 * first['accuracy_per_passage']:.2f}"
    lines = [
        f"### {title}",
        "",
        "| unlabelled passages | of them open | accuracy | per passage | worst change of a lift |",
        "|---|---|---|---|---|",
        f"| none: two masks only | | {alone} | |",
    ]
    for row in others:
        change, lift = min(
            (row["accuracy_of_lifts"][name] - before, name)
            for name, before in first["accuracy_of_lifts"].items()
        )
        lines.append(
            f"| {row['passages']} | {100 * row['open_share']:.0f} % | {100 * row['accuracy']:.2f} "
            f"{in_words(row['accuracy_interval_95'])} | {100 * row['accuracy_per_passage']:.2f} | "
            f"{100 * change:+.2f} ({lift}) |"
        )
    return "\n".join(lines) + "\n"
