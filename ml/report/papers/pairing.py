"""The tables of `barwatch evaluate-pairing`: paper 001's Table I beside ours."""

from __future__ import annotations

from collections.abc import Mapping

from ml.papers.pairing.comparing import gather
from ml.report.systems import ENOUGH_SEEDS
from ml.report.table import Result, Table, percent, points, rendered, share
from ml.systems.naive import SIDE

FOLDER = "getnet"
"""Below the results; a file for each network."""

PAPER = {"mnist-translated": (98.2, 99.3), "objects": (80.4, 87.1)}
"""Table I, without and with (of two parameters by section V, of three by III.A); of the sets that stand in
for the paper's, the row that each stands in for."""

SETS = {
    "digits": "scikit-learn's digits, scaled",
    "mnist-translated": "MNIST, 28 pixels anywhere in 60",
    "mnist-scaled": "MNIST, 20 to 36 pixels",
    "objects": "rendered objects before clutter, for Shelf & Tote",
    "carriers": "carriers off their place",
}

WITHOUT = {True: "none, the picture reduced to the crop's size", False: "none, the picture as it is"}

THUMBNAILS = f"none; nothing learnt: thumbnails of {SIDE} pixels"

KINDS = {
    2: "2 parameters (the paper's, section V)",
    3: "3 parameters (the paper's, section III.A)",
    6: "6 parameters (ours)",
}


def pairing_section(runs: Mapping[str, Result]) -> str:
    """Return the tables of all networks that were judged, Markdown; a file's name for each run."""
    rows = gather(runs)
    networks = Table(
        (
            *("pictures", "transformer", "seeds", "pairs called correctly (%)", "of each seed"),
            *("IoU of crop and object (%)", "of the object is in the crop (%)", "the crop follows it"),
            *("steps of the siamese part", "Table I"),
        ),
        [_network(row) for row in rows],
    )
    gained = [_gain(row, gain) for row in rows for gain in row["gains"]]
    gains = Table(
        (
            *("pictures", "transformer", "over", "seeds", "points", "95 %"),
            *("at equal steps (validation)", "gains?"),
        ),
        gained,
    )
    commands = Table(
        ("run", "command", "ended", "processor, min", "commit"),
        [_command(name, run) for name, run in runs.items() if name],
    )
    return rendered(
        "pairing",
        networks=networks,
        gains=gains if gained else None,
        commands=commands if commands.rows else None,
    )


def getnet_page(runs: Mapping[str, Result]) -> str:
    """Return the page of all runs of paper 001, Markdown."""
    return rendered("getnet", section=pairing_section(runs) if runs else "No run is finished.")


def _network(row: Result) -> list[object]:
    name, kind, naive = row["set"], row["transformer"], row["naive"]
    paper = PAPER.get(name, (None, None))[bool(kind)] if kind != 6 and not naive else None
    overlap = percent(row["overlap"])
    if kind:
        beside = f"whole picture {percent(row['whole_picture_overlaps'])}"
        if row["highest_overlap"] is not None:
            beside += f", at most {percent(row['highest_overlap'])}"
        overlap += f" ({beside})"
    what = KINDS.get(kind, WITHOUT[row["reduced"]])
    if naive:
        what = THUMBNAILS if naive == "thumbnails" else f"{what}; nothing learnt: first weights"
    return [
        f"{'decided by its budget: ' if row['decided_by_budget'] else ''}{SETS[name]}",
        *(what, len(row["seeds"]), share(row, "pair_accuracy")),
        *(", ".join(map(percent, row["by_seed"])), overlap, percent(row["inside"])),
        f"{row['follows']:.2f}" if kind else "",
        "" if naive else ", ".join(map(str, row["steps_by_seed"])),
        paper,
    ]


def _gain(row: Result, gain: Result) -> list[object]:
    low, high = gain["interval_95"]
    verdict = "yes" if low > 0 else "no, loses" if high < 0 else "not decided"
    if gain["seeds"] < ENOUGH_SEEDS:
        verdict = "too few seeds"
    if gain["decided_by_budget"]:
        verdict = "not decided: a budget ended a training"
    return [
        *(SETS[row["set"]], KINDS[row["transformer"]], WITHOUT[gain["reduced"]], gain["seeds"]),
        *(f"{100 * gain['gain']:+.2f}", points([100 * low, 100 * high])),
        f"{100 * gain['gain_at_equal_steps']:+.2f} after {gain['equal_steps']}",
        verdict,
    ]


def _command(name: str, run: Result) -> list[object]:
    minutes = f"{run['processor_s'] / 60:.0f}"
    return [name, f"`{run['command']}`", run["ended"], minutes, run["git_commit"][:12]]
