"""What is said of trained systems side by side: one table, its remarks, and what was learnt by adapting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ml.evaluate.metrics import in_words

Result = dict[str, Any]

FULL_SIDE = 200


def about(result: Result) -> list[str]:
    """Return what a reader must know of a row: how it was reduced, and what of its recipe was changed."""
    recipe = result["recipe"]
    said = []
    if recipe["side"] != FULL_SIDE:
        said.append(f"reduced: pictures of {recipe['side']} pixels")
    if result["epochs"] >= recipe["epochs"]:
        said.append(f"{result['epochs']} epochs were all it was given, the best the {_th(result['epoch'])}")
    else:
        said.append(f"ended after {result['epochs']} epochs, the best the {_th(result['epoch'])}")
    if result["smoke"]:
        said.append("a smoke run: a few pictures of two lifts")
    elif result["every"] > 1:
        said.append(f"every {_th(result['every'])} test picture")
    if not recipe["weights"]:
        said.append("from random weights")
    return said


def markdown(results: dict[str, Result], speeds: dict[str, float] | None = None) -> str:
    """The comparison's tables as Markdown, a row for each result by its name.

    speeds: pictures a second by system, where they were measured.
    """
    lines = [
        "| run | S1 to S20, by picture | unseen lifts | parameters | pictures/s | trained in | remarks |",
        "|---|---|---|---|---|---|---|",
        *(_row(name, result, speeds or {}) for name, result in results.items() if result["seen"]),
    ]
    if any(result["which"] for result in results.values()):
        lines += [
            "",
            "Which lift is this? By an approximate index; of the unseen lifts every fourth passage is known.",
            "",
            "| run | lifts | Rank-1 | Rank-5 | mAP | Rank-1 by comparing with all | equal error of claims |",
            "|---|---|---|---|---|---|---|",
            *(row for name, result in results.items() for row in _which_rows(name, result)),
        ]
    if any(result["adapted"] for result in results.values()):
        lines += [
            "",
            "Unseen lifts, judged on the second half of their passages, after learning from the first half.",
            "",
            "| run | learnt from | accuracy |",
            "|---|---|---|",
            *(
                f"| {name} | {learnt_from(r['adapted'])} | {_share(r['adapted'])} |"
                for name, r in results.items()
                if r["adapted"]
            ),
        ]
    return "\n".join(lines) + "\n"


def learnt_from(adapted: Result) -> str:
    """What a system learnt an unseen lift from, in words."""
    words = ["pseudo-labels"] if adapted["pseudo"] else []
    if adapted["reviews"]:
        how = "" if adapted["trains"] else ", without training"
        words.append(f"{adapted['reviews']} reviewed passages{how}")
    return " and ".join(words)


def _row(name: str, result: Result, speeds: dict[str, float]) -> str:
    unseen = "needs known pictures" if result["unseen"] is None else _share(result["unseen"])
    speed = speeds.get(result["system"])
    cells: Iterable[str] = (
        name,
        _share(result["seen"]),
        unseen,
        f"{result['parameters']:,}",
        "" if speed is None else f"{speed:.0f}",
        f"{result['training_seconds'] / 60:.0f} min",
        "; ".join(result["about"]),
    )
    return f"| {' | '.join(cells)} |"


def _which_rows(name: str, result: Result) -> list[str]:
    which = result["which"] or {}
    return [
        f"| {name} | {lifts} | {_interval(found, 'rank_1')} | {_interval(found, 'rank_5')} | "
        f"{_interval(found, 'mean_average_precision')} | {100 * found['exact']['rank_1']:.2f} | "
        f"{100 * found['claims']['equal_error']:.2f} % |"
        for lifts, found in (("S1 to S20", which.get("seen")), ("unseen", which.get("unseen")))
        if found
    ]


def _share(result: Result) -> str:
    return _interval(result, "accuracy")


def _interval(result: Result, name: str) -> str:
    return f"{100 * result[name]:.2f} {in_words(result[f'{name}_interval_95'])}"


def _th(number: int) -> str:
    """An ordinal, e.g. 1st, 12th, 23rd."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
