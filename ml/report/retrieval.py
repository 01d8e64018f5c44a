"""Tables of carriers that are found again, each with what needs no network and what an untrained one does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml.report.table import Result, Table, percent, share

SHOWN = (2, 4, 5, 8, 10, 100, 1000)
"""Ranks with a column, beside the first."""

FULL_SIDE = 200
"""Of the rendered pictures, in pixels."""

HEADS = ("run", "Rank-1, R@1", *(f"R@{k}" for k in SHOWN), "mAP", "parameters", "trained in", "remarks")


def retrieval_runs(runs: Mapping[str, Result]) -> dict[str, Result]:
    """Return the runs that were judged by retrieval."""
    return {name: run for name, run in runs.items() if "retrieval" in run}


def retrieval_table(runs: Mapping[str, Result]) -> Table:
    """Return a row for thumbnails, then one for each run judged by retrieval, untrained ones first."""
    found = retrieval_runs(runs)
    rows: list[list[object]] = []
    if found:
        small = next(iter(found.values()))["thumbnails"]
        rows.append(["thumbnails of 16x16 pixels", *_figures(small), "0", "", "nothing is learnt"])
    for untrained in (True, False):
        rows += [
            [
                *(name, *_figures(run["retrieval"]), f"{run['parameters']:,}"),
                *("" if untrained else _hours(run), "; ".join(run["about"])),
            ]
            for name, run in found.items()
            if bool(run.get("untrained")) is untrained
        ]
    return Table(HEADS, rows)


def retrieval_remarks(result: Result) -> list[str]:
    """Return what a reader must know of a row: first of all whether its training was over."""
    recipe, found = result["recipe"], []
    if result.get("untrained"):
        found.append("as its weights come")
    elif not result["finished"]:
        found.append(f"**not over**: {result['epochs']} epochs so far, the best number {result['epoch']}")
    elif result["epochs"] >= recipe["epochs"]:
        found.append(
            f"**ended by its budget** of {result['epochs']} epochs, the best number {result['epoch']}"
        )
    else:
        rounds, best = result["curve"][-1]["round"], result["curve"][result["epoch"] - 1]["round"]
        later, whose = (f" in {rounds} rounds", f" of round {best}") if rounds > 1 else ("", "")
        found.append(
            f"no longer better: {result['epochs']} epochs{later}, the best number {result['epoch']}{whose}"
        )
    if result["smoke"]:
        found.append("a smoke run: a few carriers of two lifts")
    if recipe["side"] < FULL_SIDE:
        found.append(f"pictures of {recipe['side']} pixels")
    found.append(weights_of(recipe))
    return found


def weights_of(recipe: Mapping[str, Any]) -> str:
    """Return what a training began with."""
    trunk = recipe["weights"].rpartition("/")[2]
    return f"trunk from {trunk}, all else from random weights" if trunk else "from random weights"


def trained_on(run: Result) -> str:
    """Return the kind of device that a training ran on: times of two kinds cannot be compared."""
    device = (run["training_machine"] or {}).get("device", "?")
    return "GPU" if device.startswith("cuda") else device.upper()


def _hours(run: Result) -> str:
    return f"{run['training_seconds'] / 3600:.1f} h, {trained_on(run)}"


def _figures(found: Result) -> list[str]:
    recalls = [percent(found["recall_at"][str(k)]) for k in SHOWN]
    return [share(found, "rank_1"), *recalls, share(found, "mean_average_precision")]
