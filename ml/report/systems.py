"""The page of all runs of all systems, and the short tables: of them, and of what teachers gain."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from ml.evaluate.metrics import bootstrap, seeds_interval, unpack_flags
from ml.models.getnet import CARRIERS
from ml.papers.comparison.orderings import JUDGED, ORDERINGS, ended_by_itself, flags_of, runs_of
from ml.report.retrieval import FULL_SIDE, retrieval_table, trained_on, weights_of
from ml.report.speed import rate_of, smoke_section, speeds_of
from ml.report.table import Result, Table, interval, percent, points, rendered, share

FOLDER = "systems"
"""Below the results; a file for each run of `barwatch evaluate SYSTEM --out`, by the run's name."""

MANIFEST = Path(__file__).resolve().parents[1] / "released" / "barwatch.json"

PAPERS = {
    "siamese": "mask-guided siamese (000)",
    "classifier": "simple classifier (000)",
    "vgg16": "VGG16 (000)",
    "vgg16-pretrained": "VGG16, from ImageNet's weights, then edges' (000)",
    "resnet50": "ResNet-50 (000)",
    "efficientnet-lite0": "EfficientNet-Lite0 (beside 000)",
    "efficientnet-lite0-pretrained": "EfficientNet-Lite0, from ImageNet's weights (beside 000)",
    "getnet": "GetNet, carriers off their place, with masks (001)",
}

NAIVE = {
    "majority": "the commoner state: each lift's own; S1 to S20's on unseen ones",
    "thumbnails, nearest known picture": "thumbnails, the nearest known picture",
    "edge-energy": "edges below the masks",
    "untrained siamese": "siamese (000), first weights",
}
"""Of the naive answers, those that stand beside the systems, and their titles; with seeds, their means."""

UNSEEN = ("unseen lifts, same kind", "unseen lifts, harder")
"""Lifts drawn as S1 to S20 are, and those from harder conditions that the shipped network is judged on."""

SMALL_SET = 2000
"""Training pictures of paper 000's Table 1."""

ENOUGH_SEEDS = 3
"""Of each of two runs, to claim that one is better."""

ASKED = {
    "seen": "open or closed, S1 to S20",
    "rare": "open or closed, each lift's rarer state, S1 to S20",
    "alike": "open or closed, unseen lifts of the same kind",
    "unseen": "open or closed, harder unseen lifts",
    "later": "open or closed, unseen lifts, second half",
    "found": "carriers found again, Rank-1",
    "precision": "carriers found again, mAP",
}


def read_runs(results: Path, folder: str = FOLDER) -> dict[str, Result]:
    """Return every run by its name; of the papers' systems, or of another folder below the results."""
    files = sorted((results / folder).glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


def systems_page(
    runs: Mapping[str, Result], others: Mapping[str, Result], ordered: list[Result], missing: Table | str
) -> str:
    """Return the page as Markdown.

    Args:
        others: all other results, for speeds and the shipped network. ordered: the orderings of the runs
        (`compare_runs`). missing: plans without a result (`missing_plans`).
    """
    return rendered(
        "systems",
        overview=systems_table(runs, others),
        runs=runs_section(runs, speeds_of(others), others.get("naive")),
        retrieval=retrieval_table(runs),
        orderings=orderings_table(ordered),
        missing=missing,
        smoke=smoke_section(others["smoke"]) if "smoke" in others else "Not measured yet.",
        commands=Table(
            ("run", "trained by", "on", "judged by", "commit"),
            [_commands(name, run) for name, run in runs.items()],
        ),
    )


def systems_table(runs: Mapping[str, Result], others: Mapping[str, Result]) -> Table:
    """Return a row for the one that ships, for some naive answers, and for each system of the papers.

    A system's figures are means over its seeds.
    """
    speeds = speeds_of(others)
    rows: list[list[object]] = []
    if "benchmark-barwatch" in others and "loco" in others:
        parameters = int(json.loads(MANIFEST.read_text(encoding="utf-8"))["training"]["parameters"])
        title = "**barwatch, what ships** (two masks, no picture of these lifts)"
        shares = (share(others["benchmark-barwatch"]), "as S1 to S20", share(others["loco"]))
        rows.append([title, *shares, f"{parameters:,}", rate_of(speeds.get("barwatch")), "", ""])
    naive = others.get("naive", {"rows": {}})["rows"]
    for name, title in NAIVE.items():
        if answers := naive_seeds(naive, name):
            seeds = f"; {len(answers)} seeds" if len(answers) > 1 else ""
            figures = (mean_share(answers, on) for on in JUDGED)
            rows.append([title, *figures, "", "", "", f"nothing is learnt{seeds}"])
    for name, title in PAPERS.items():
        kinds = (runs_of(runs, f"{name}{kind}") for kind in ("-paper", "", "-large"))
        found = next((found for found in kinds if found), [])
        if not found:
            rows.append([title, "not run", "", "", "", rate_of(speeds.get(name)), "", ""])
            continue
        size, minutes, speed = f"{found[0]['parameters']:,}", _minutes(*found), _speed(found[0], speeds)
        seeds = "1 seed" if len(found) == 1 else f"{len(found)} seeds"
        reduced = _reduced(min(found, key=ended_by_itself))  # first of one that its budget decided
        rows.append(
            [
                *(title, *(mean_share(found, on) for on in JUDGED), size, speed, minutes),
                "; ".join([reduced, seeds] if reduced else [seeds]),
            ]
        )
    heads = ("system", "S1 to S20", *UNSEEN, "parameters", "pictures/s")
    return Table((*heads, "trained in", ""), rows)


def mean_share(runs: Sequence[Result], on: str = "seen") -> str:
    """Return the mean over the seeds that were judged on it, with its interval over seeds and pictures.

    Of one seed it is what the run says itself, everywhere alike.
    """
    judged = [run[on] for run in runs if run.get(on)]
    if len(judged) < 2:
        return share(judged[0]) if judged else ""
    right = np.array([unpack_flags(found["right"], found["pictures"]) for found in judged], np.float64)
    return f"{percent(float(right.mean()))} {interval(seeds_interval([right]))}"


def naive_seeds(naive: Mapping[str, Result], name: str) -> list[Result]:
    """Return a naive answer, or an untrained network's with each of its seeds."""
    return [row for key, row in naive.items() if key == name or key.startswith(f"{name}, seed ")]


def naive_rows(naive: Mapping[str, Result], names: Iterable[str]) -> list[list[object]]:
    """Return name and figures of those of the naive answers that were judged."""
    rows: list[list[object]] = []
    for name in names:
        if row := naive.get(name):
            side = row.get("side", FULL_SIDE)
            reduced = f", pictures of {side} pixels" if side != FULL_SIDE else ""
            rows.append([f"{name}{reduced}", *(share(row[on]) if row.get(on) else "" for on in JUDGED)])
    return rows


def runs_section(
    runs: Mapping[str, Result], speeds: Mapping[str, Result], naive: Result | None = None
) -> str:
    """Return the tables of all runs: open or closed, and what was learnt by adapting.

    Args:
        speeds: rows of `barwatch bench systems` by system, where they were measured.
        naive: the result of `barwatch evaluate-naive`; its rows come first.
    """
    answers = naive["rows"] if naive else {}
    rows = [[*row, "", "", "", "nothing is learnt"] for row in naive_rows(answers, answers)]
    rows += [_run(name, run, speeds) for name, run in runs.items() if run["seen"]]
    adapted: list[list[object]] = [
        [name, _learnt_from(run["adapted"]), share(run["adapted"])]
        for name, run in runs.items()
        if run["adapted"]
    ]
    if adapted:
        adapted = [*_not_adapted(runs, answers.get("majority")), *adapted]
    heads = ("run", "S1 to S20, by picture", *UNSEEN, "parameters", "pictures/s")
    return rendered(
        "runs",
        runs=Table((*heads, "trained in", "remarks"), rows),
        adapted=Table(("run", "learnt from", "accuracy"), adapted) if adapted else None,
    )


def _not_adapted(runs: Mapping[str, Result], majority: Result | None) -> list[list[object]]:
    """Return the same figures of the commoner state, and of what adapted before it did."""
    before = {claim.worse for claim in ORDERINGS if claim.what == ("later",)}
    found = {"majority": ("the commoner state of S1 to S20", majority)} if majority else {}
    found |= {
        name: ("nothing of them: as it was trained", run)
        for name, run in runs.items()
        if name.partition("-seed")[0] in before
    }
    rows: list[list[object]] = []
    for name, (what, run) in found.items():
        if run["unseen"] and (later := flags_of({"adapted": None, **run}, "later")):
            rows.append([name, what, f"{percent(float(later[0].mean()))} {interval(bootstrap(later[0]))}"])
    return rows


def orderings_table(ordered: list[Result]) -> Table:
    """Return the differences in points, and whether they are as the papers say."""
    rows = []
    for row in ordered:
        low, high = row["interval_95_by_lift"]
        verdict = "yes" if low > 0 else "no, the other way" if high < 0 else "not decided"
        if min(row["seeds"]) < ENOUGH_SEEDS:
            verdict = f"not decided: {min(row['seeds'])} of {ENOUGH_SEEDS} seeds"
        if row["decided_by_budget"]:
            verdict = "not decided: a budget ended a training"
        intervals = (points([100 * end for end in row[f"interval_95{by}"]]) for by in ("", "_by_lift"))
        asked, seeds = ASKED[row["what"]], ", ".join(map(str, row["seeds"]))
        rows.append([row["claim"], asked, f"{100 * row['difference']:+.2f}", *intervals, seeds, verdict])
    heads = ("claim", "on", "points", "95 %, pictures drawn", "95 %, lifts drawn", "seeds", "as claimed?")
    return Table(heads, rows)


def remarks(result: Result) -> list[str]:
    """Return what a reader must know of a row: how it was reduced, and what of its recipe was changed."""
    recipe = result["recipe"]
    ended = f"{result['epochs']} epochs, the best the {ordinal(result['epoch'])}"
    how = "ended by itself after" if ended_by_itself(result) else "decided by its budget:"
    found = [f"{how} {ended}"]
    if recipe["side"] != FULL_SIDE:
        found.append(f"reduced: pictures of {recipe['side']} pixels")
    if recipe["system"] == "getnet" and not recipe["transformer"]:
        found.append(f"reduced inside to {CARRIERS.cut} pixels")
    if (pictures := result.get("training_pictures") or 0) > SMALL_SET:
        found.append(f"trained on {pictures:,} pictures")
    if result["smoke"]:
        found.append("a smoke run: a few pictures of two lifts")
    elif result["every"] > 1:
        found.append(f"every {ordinal(result['every'])} test picture")
    found.append(weights_of(recipe))
    if result.get("faces_blurred"):
        found.append("judged with faces blurred")
    return found


def _speed(run: Result, speeds: Mapping[str, Result]) -> str:
    """Return a run's pictures a second, if its very network was timed: options change its size."""
    timed = speeds.get(run["system"])
    return rate_of(timed) if timed and timed["parameters"] == run["parameters"] else ""


def _minutes(*runs: Result) -> str:
    """Return how long a training took in the mean, and on what: minutes of either cannot be compared."""
    on = " or ".join(sorted({trained_on(run) for run in runs}))
    return f"{sum(run['training_seconds'] for run in runs) / len(runs) / 60:.0f} min, {on}"


def _reduced(run: Result) -> str:
    """Return what of a run was less than all."""
    told = ("decided by", "reduced", "trained on", "every")
    return "; ".join(remark.removeprefix("reduced: ") for remark in remarks(run) if remark.startswith(told))


def _of(run: Result, unseen: str) -> str:
    """Return the figure on unseen lifts of a kind, where there is one: "alike" or "unseen"."""
    return share(run[unseen]) if run.get(unseen) else ""


def _run(name: str, run: Result, speeds: Mapping[str, Result]) -> list[object]:
    unseen = [_of(run, "alike"), _of(run, "unseen")]
    size, speed, about = f"{run['parameters']:,}", _speed(run, speeds), "; ".join(remarks(run))
    return [name, share(run["seen"]), *unseen, size, speed, _minutes(run), about]


def _learnt_from(adapted: Result) -> str:
    sources = ["pseudo-labels"] if adapted["pseudo"] else []
    if adapted["reviews"]:
        how = "" if adapted["trains"] else ", without training"
        sources.append(f"{adapted['reviews']} reviewed passages{how}")
    return " and ".join(sources)


def _commands(name: str, run: Result) -> list[object]:
    machine = run["training_machine"] or {}
    threads = run["recipe"]["threads"] or "all"
    on = f"{machine.get('cpu', '?')}, {machine.get('device', '?')}, threads: {threads}"
    trained = f"`{run['trained_by']}`" if run["trained_by"] else "not trained"
    return [name, trained, on, f"`{run['command']}`", run["git_commit"][:12]]


def ordinal(number: int) -> str:
    """Return an ordinal, e.g. 1st, 12th, 23rd."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
