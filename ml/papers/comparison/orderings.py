"""Comparison of runs on the same pictures: do the papers' orderings hold here?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lifts.arrays import Bool, Float64
from ml.evaluate.metrics import seeds_interval, unpack_flags, unpack_shares
from ml.papers.adapting import halfway

Result = dict[str, Any]
What = Literal["seen", "alike", "unseen", "later", "rare", "found", "precision"]


@dataclass(frozen=True)
class Ordering:
    """A claim that one run is better than another, by their names, and which paper makes it."""

    claim: str
    better: str
    worse: str
    what: tuple[What, ...]


FOUND: tuple[What, ...] = ("found", "precision")
JUDGED: tuple[What, ...] = ("seen", "alike", "unseen")
"""Lifts that were learnt, unseen ones of the same kind, and harder ones."""

ORDERINGS = (
    Ordering("siamese over simple classifier (000, Table 2)", "siamese-paper", "classifier-paper", JUDGED),
    Ordering(
        "siamese over simple classifier (000, Table 4)",
        "siamese-paper-large",
        "classifier-paper-large",
        JUDGED,
    ),
    Ordering("GetNet's siamese part over paper 000's network", "siamese-small", "siamese-paper", JUDGED),
    Ordering(
        "ImageNet's weights over random ones, EfficientNet-Lite0",
        "efficientnet-lite0-pretrained",
        "efficientnet-lite0",
        JUDGED,
    ),
    Ordering("ImageNet's weights, then edges, over random ones, VGG16", "vgg16-pretrained", "vgg16", JUDGED),
    Ordering("transformer over none (001, Table I)", "getnet", "getnet-none", JUDGED),
    Ordering("transformer of three parameters over none (001)", "getnet-3", "getnet-none", JUDGED),
    Ordering("six parameters over three (001, future work)", "getnet-6", "getnet-3", JUDGED),
    Ordering("attention over none (003, Tables 1 to 3)", "abir-plain", "abir-none", FOUND),
    Ordering("squeeze-and-excitation over none (003, Tables 1 to 3)", "abir", "abir-plain", FOUND),
    Ordering("both over neither (003, Tables 1 to 3)", "abir", "abir-none", FOUND),
    Ordering("ResNet-50 over MILDNet (004, Table 4.1)", "triplet-resnet50", "triplet-mildnet", FOUND),
    Ordering(
        "lossless over plain triplet loss (004, Table 4.2)",
        "triplet-resnet50-lossless",
        "triplet-resnet50",
        FOUND,
    ),
    Ordering(
        "offline mining over online, batch all (004, Table 4.3)",
        "triplet-resnet50-lossless",
        "triplet-resnet50-batch-all",
        FOUND,
    ),
    Ordering(
        "offline mining over online, batch hard (004, Table 4.3)",
        "triplet-resnet50-lossless",
        "triplet-resnet50-batch-hard",
        FOUND,
    ),
    Ordering("adaptive over constant L2 (002)", "siamese-small-adaptive", "siamese-small-constant", JUDGED),
    Ordering("adaptive L2 over none", "siamese-small-adaptive", "siamese-small", JUDGED),
    Ordering("adaptive L2 over none, ResNet-50 (002)", "adaptive-l2", "adaptive-l2-none", FOUND),
    Ordering("constant L2 over none", "siamese-small-constant", "siamese-small", JUDGED),
    Ordering(
        "AM-Softmax over triplets (002's list)", "triplet-resnet50-am-softmax", "triplet-resnet50", FOUND
    ),
    Ordering(
        "GLAP on the third stage over means of the fourth (002's list)",
        "triplet-resnet50-glap",
        "triplet-resnet50",
        FOUND,
    ),
    Ordering("Top DropBlock over none (002's list)", "triplet-resnet50-drop", "triplet-resnet50", FOUND),
    Ordering("episodes over none (002's list)", "siamese-small-episodic", "siamese-small", JUDGED),
    Ordering("pseudo-labels over none (002's list)", "siamese-pseudo", "siamese-paper", ("later",)),
    Ordering("an operator's reviews over none (002's list)", "siamese-reviews", "siamese-paper", ("later",)),
    Ordering(
        "reviews without training over none (002's list)", "siamese-feedback", "siamese-paper", ("later",)
    ),
    Ordering("pseudo-labels and reviews over none", "siamese-pseudo-reviews", "siamese-paper", ("later",)),
)


def named(name: str, seed: int) -> str:
    """Return the name of a run with its seed, as `compare_runs` reads it."""
    return f"{name}-seed{seed}" if seed else name


def compare_runs(results: dict[str, Result], claims: Sequence[Ordering] = ORDERINGS) -> list[Result]:
    """Return each ordering that both runs of were made, as plain values: the difference, 0..1.

    "found" is Rank-1, "precision" mean average precision, by which the thesis' tables are ordered too.

    Runs NAME-seed1, NAME-seed2 ... count with NAME: means over seeds are compared. Intervals draw seeds with
    pictures, or with lifts. What learnt of new lifts began as the run of its own seed, so both are drawn with
    one.
    """
    rows = []
    for ordering in claims:
        for what in ordering.what:
            pair = [runs_of(results, name) for name in (ordering.better, ordering.worse)]
            every = max((run["every"] for runs in pair for run in runs), default=1)
            one, other = (_right(runs, what, every) for runs in pair)
            if one is None or other is None or one[0].shape[1] != other[0].shape[1]:
                continue
            both = (one[0], other[0])
            together = what == "later" and len(one[0]) == len(other[0])
            rows.append(
                {
                    "claim": ordering.claim,
                    "runs": [ordering.better, ordering.worse],
                    "seeds": [len(right) for right in both],
                    "decided_by_budget": not all(ended_by_itself(run) for runs in pair for run in runs),
                    "what": what,
                    "difference": float(one[0].mean() - other[0].mean()),
                    "interval_95": list(seeds_interval(both, together=together)),
                    "interval_95_by_lift": list(seeds_interval(both, one[1], together)),
                }
            )
    return rows


def runs_of(results: Mapping[str, Result], name: str) -> list[Result]:
    """Return the runs of a name, seed 0's first; a training that is not over decides nothing."""
    found = [run for run in results if re.fullmatch(rf"{re.escape(name)}(-seed\d+)?", run)]
    return [results[run] for run in sorted(found, key=len) if results[run].get("finished", True)]


def ended_by_itself(result: Result) -> bool:
    """Return whether a training stopped because it no longer improved, neither over nor interrupted."""
    waited: int = result["epochs"] - result["epoch"]
    return waited >= int(result["recipe"]["patience"])


def _right(runs: list[Result], what: What, every: int) -> tuple[Float64, Float64] | None:
    """Return which pictures each seed called correctly, float64[seeds, N], and their lifts; None if unknown.

    every: the step between the pictures of S1 to S20 that all runs were judged on.
    """
    seen = [flags for run in runs if (flags := flags_of(run, what)) is not None]
    rare = _rare(runs) if what == "rare" else None
    if what in {"seen", "rare"}:
        steps = [every // run["every"] for run in runs]
        seen = [(right[::step], lifts[::step]) for (right, lifts), step in zip(seen, steps, strict=False)]
    if not seen or len({len(right) for right, _ in seen}) > 1 or (what == "rare" and rare is None):
        return None
    if rare is not None:
        rare = rare[:: every // runs[0]["every"]]
        seen = [(right[rare], lifts[rare]) for right, lifts in seen]
    return np.stack([right for right, _ in seen]), seen[0][1]


def _rare(runs: list[Result]) -> Bool | None:
    """Return which pictures show the state that their lift shows more rarely, bool[N]; None if unknown."""
    found = [run["seen"] for run in runs if run["seen"] and "rare" in run["seen"]]
    return unpack_flags(found[0]["rare"], found[0]["pictures"]) if found else None


def flags_of(result: Result, what: What) -> tuple[Float64, Float64] | None:
    """Return how right a run was on each picture or query, float64[N], and their lifts; None if not asked."""
    if what in {"found", "precision"}:
        found = result.get("retrieval")
        if found is None:
            return None
        lifts = _lifts(found["queries_by_lift"])
        if what == "precision":
            return unpack_shares(found["average_precision"]), lifts
        return unpack_flags(found["first"], found["queries"]).astype(np.float64), lifts
    if what == "later" and result["adapted"]:
        figures = result["adapted"]
    else:
        figures = result.get({"later": "unseen", "rare": "seen"}.get(what, what))
    if figures is None or (result["adapted"] and what != "later"):
        return None
    counts = [row["pictures"] for row in figures["by_lift"].values()]
    right, lifts = unpack_flags(figures["right"], figures["pictures"]).astype(np.float64), _lifts(counts)
    if what == "later" and not result["adapted"]:
        first = np.cumsum([0, *counts[:-1]])
        keep = np.concatenate(
            [np.arange(at + halfway(n), at + n) for at, n in zip(first, counts, strict=True)]
        )
        right, lifts = right[keep], lifts[keep]
    return right, lifts


def _lifts(counts: list[int]) -> Float64:
    return np.repeat(np.arange(len(counts)), counts).astype(np.float64)
