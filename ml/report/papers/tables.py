"""Tables 1 to 4 of paper 000 beside what came out here, lift by lift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ml.data.counts import SPLITS, TABLE, total
from ml.papers.comparison.orderings import ended_by_itself, runs_of
from ml.papers.published import (
    PRINTED_2,
    PRINTED_4,
    TABLE_2,
    TABLE_4,
    Column,
    averages,
    no_shares,
    wins,
)
from ml.report.papers.naive import naive_section
from ml.report.retrieval import FULL_SIDE
from ml.report.systems import mean_share, naive_seeds, ordinal
from ml.report.table import Result, Table, percent, rendered, share

NAMES = {"siamese": "siamese", "classifier": "classifier", "resnet50": "ResNet-50", "vgg16": "VGG16"}

EDGES = "edge-energy"

NAIVE = {
    "majority": "majority",
    "thumbnails, nearest known picture": "thumbnails",
    EDGES: "edge energy",
    "edge-correlation": "edge correlation",
    "untrained siamese": "siamese, untrained",
    "untrained classifier": "classifier, untrained",
}
"""Of the naive answers, those beside each lift's figures, and their heads; with seeds, their means."""

LEFT_OUT = "left-out"
"""Below the results; a file for each run of `barwatch evaluate-left-out`, by its name."""


def tables_page(runs: Mapping[str, Result], naive: Result | None, left_out: Mapping[str, Result]) -> str:
    """Return the page as Markdown.

    Args:
        runs: of all systems, by their names; seeds as NAME-seed1, NAME-seed2 ...
        naive: the result of `barwatch evaluate-naive`, if there is one.
    """
    return rendered(
        "tables",
        counts=counts_table(),
        table_2=_per_lift(TABLE_2, PRINTED_2, "paper", runs, naive),
        runs_2=runs_table(TABLE_2, PRINTED_2, "paper", runs),
        table_4=_per_lift(TABLE_4, PRINTED_4, "paper-large", runs, naive),
        runs_4=runs_table(TABLE_4, PRINTED_4, "paper-large", runs),
        averages=averages_table(),
        orders=orders_table(runs, naive),
        left_out=left_out_table(left_out, runs, naive) if left_out else "Not run yet.",
        naive=naive_section(naive) if naive else "Not run yet.",
        impossible={name: no_shares(column) for name, column in _columns().items()},
    )


def counts_table() -> Table:
    """Return the totals of Tables 1 and 3 as the rendered sets have them, and those of Table 1's rows."""
    names = {"train": "Table 1, train", "validation": "Table 1, validation", "test": "Table 1, test"}
    rows: list[list[object]] = []
    for split in SPLITS:
        pair, listed = total(split), [sum(counts.of(split)[state] for counts in TABLE) for state in (0, 1)]
        rows.append([names.get(split, "Table 3, train"), *pair, sum(pair)])
        if sum(listed) != sum(pair):
            rows.append([f"{names[split]}, its rows alone", *listed, sum(listed)])
    return Table(("pictures", "open", "closed", "in all"), rows)


def seeds_of(name: str, runs: Mapping[str, Result]) -> list[Result]:
    """Return a run with all of its seeds; a deep network's at full size, or else on reduced pictures.

    What a plan trained on reduced pictures is a row of that plan alone, and of none of the paper's tables.
    """
    system = name.removesuffix("-paper-large")
    if system not in {"resnet50", "vgg16"}:
        return runs_of(runs, name)
    full = [run for run in runs_of(runs, f"full-{system}") if run["recipe"]["side"] == FULL_SIDE]
    return full or runs_of(runs, f"{system}-large")


def less(run: Result) -> str:
    """Return how a run's pictures were reduced, and which were judged, to be put behind its name."""
    side, every = run["recipe"]["side"], run["every"]
    reduced = f", pictures of {side} pixels" if side != FULL_SIDE else ""
    return f"{reduced}, every {ordinal(every)} test picture" if every > 1 else reduced


def mean_of_lifts(runs: Sequence[Result]) -> Column:
    """Return each lift's accuracy in per cent, the mean over seeds."""
    each = [[row["accuracy"] for row in run["seen"]["by_lift"].values()] for run in runs]
    return tuple(100 * float(value) for value in np.mean(each, axis=0))


def runs_table(
    table: Mapping[str, Column], printed: Mapping[str, float], preset: str, runs: Mapping[str, Result]
) -> Table:
    """Return a row for each system of a table: the paper's average, ours, every seed's, and how it ended."""
    rows: list[list[object]] = []
    wanted = [(NAMES[name], name, seeds_of(f"{name}-{preset}", runs)) for name in table]
    if preset == "paper":
        literal = [(name, seeds_of(f"{name}-printed-rate", runs)) for name in table]
        wanted += [(f"{NAMES[name]}, the printed rate", name, found) for name, found in literal]
    for row_title, name, found in wanted:
        if not found:
            rows.append([row_title, f"{printed[name]:.2f}", "not run yet", "", "", "", ""])
            continue
        by_itself = all(map(ended_by_itself, found))
        title = row_title if by_itself else f"decided by its budget: {row_title}"
        ended = [
            run["epochs"] if ended_by_itself(run) else f"by its budget of {run['epochs']}" for run in found
        ]
        rows.append(
            [
                *(f"{title}{less(found[0])}", f"{printed[name]:.2f}", mean_share(found, "seen")),
                *(", ".join(percent(run["seen"]["accuracy"]) for run in found), ", ".join(map(str, ended))),
                *(mean_share(found, on) for on in ("alike", "unseen")),
            ]
        )
    heads = ("system", "paper", "ours, mean of the seeds", "each seed", "epochs until it ended")
    return Table((*heads, "unseen lifts of the same kind", "harder unseen lifts"), rows)


def _per_lift(
    table: Mapping[str, Column],
    printed: Mapping[str, float],
    preset: str,
    runs: Mapping[str, Result],
    naive: Result | None,
) -> Table:
    ours = {name: seeds_of(f"{name}-{preset}", runs) for name in table}
    means = {name: mean_of_lifts(found) for name, found in ours.items() if found}
    answers = {head: naive_seeds(naive["rows"], name) for name, head in NAIVE.items()} if naive else {}
    beside = {head: found for head, found in answers.items() if found}
    columns = [mean_of_lifts(found) for found in beside.values()]
    heads = ["lift", "pictures"]
    for name in table:
        reduced = less(ours[name][0]) if ours[name] else ""
        heads += [f"{NAMES[name]}, paper", f"{NAMES[name]}, ours{reduced}"]
    rows: list[list[object]] = []
    for at, counts in enumerate(TABLE):
        row: list[object] = [counts.lift, sum(counts.test)]
        for name, column in table.items():
            row += [f"{column[at]:.2f}", f"{means[name][at]:.2f}" if name in means else ""]
        row += [f"{column[at]:.2f}" for column in columns]
        rows.append(row)
    last: list[object] = ["average, by picture", sum(sum(counts.test) for counts in TABLE)]
    for name in table:
        last += [f"{printed[name]:.2f} (printed)", _mean(ours[name]) if ours[name] else ""]
    last += [_mean(found) for found in beside.values()]
    return Table((*heads, *beside), [*rows, last])


def _mean(runs: Sequence[Result]) -> str:
    return percent(float(np.mean([run["seen"]["accuracy"] for run in runs])))


def _columns() -> dict[str, Column]:
    return {
        f"Table {number}, {NAMES[name]}": column
        for number, table in ((2, TABLE_2), (4, TABLE_4))
        for name, column in table.items()
    }


def averages_table() -> Table:
    """Return the averages as printed beside those of the columns above them."""
    found = averages(TABLE_2, PRINTED_2), averages(TABLE_4, PRINTED_4)
    rows = [
        [
            *(f"Table {number}, {NAMES[name]}", f"{a.printed:.2f}"),
            *(f"{a.by_picture:.2f}", f"{a.by_lift:.2f}", "yes" if a.agrees else "no"),
        ]
        for number, table in zip((2, 4), found, strict=True)
        for name, a in table.items()
    ]
    return Table(("column", "average as printed", "by picture", "by lift", "does it follow?"), rows)


def orders_table(runs: Mapping[str, Result], naive: Result | None = None) -> Table:
    """Return on how many lifts the siamese network is better than the classifier, in the paper and here.

    And, here, than edges below the masks, which learn nothing.
    """
    edges = naive_seeds(naive["rows"], EDGES) if naive else []
    rows: list[list[object]] = []
    for number, table, preset in ((2, TABLE_2, "paper"), (4, TABLE_4, "paper-large")):
        rows.append(["classifier", f"Table {number}, paper", *wins(table["siamese"], table["classifier"])])
        siamese, classifier = (seeds_of(f"{name}-{preset}", runs) for name in ("siamese", "classifier"))
        for title, others in (("classifier", classifier), ("edge energy, nothing learnt", edges)):
            if siamese and others:
                seeds = f"{len(siamese)}, {len(others)}" if others is classifier else str(len(siamese))
                counted = wins(mean_of_lifts(siamese), mean_of_lifts(others))
                rows.append([title, f"Table {number}, ours (seeds: {seeds})", *counted])
    return Table(("siamese over", "in", "lifts better", "equal", "worse"), rows)


def left_out_table(
    left_out: Mapping[str, Result], runs: Mapping[str, Result], naive: Result | None = None
) -> Table:
    """Return each lift's accuracy by systems that were trained without it, and by what learns nothing."""
    figures = {
        f"{name}, without this lift{_patience(result)}": result["left_out"]
        for name, result in left_out.items()
    }
    own = set(figures)
    for name in left_out:
        if run := runs.get(f"{name}-paper") or runs.get(name):
            figures[f"{name}, with it{_patience(run)}"] = run["seen"]
    for name in ("thumbnails, nearest mask", EDGES, "edge-correlation"):
        if naive and name in naive["rows"]:
            figures[name] = naive["rows"][name]["seen"]
    columns = {head: found["by_lift"] for head, found in figures.items()}
    judged = {lift for result in left_out.values() for lift in result["left_out"]["by_lift"]}
    rows: list[list[object]] = [
        [
            counts.lift,
            *(percent(c[counts.lift]["accuracy"]) if counts.lift in c else "" for c in columns.values()),
        ]
        for counts in TABLE
        if counts.lift in judged
    ]
    # Of a part of the lifts, others' shares of all are no figures to stand beside.
    whole = len(judged) == len(TABLE)
    totals = [share(found) if whole or head in own else "" for head, found in figures.items()]
    return Table(("lift", *columns), [*rows, ["all", *totals]])


def _patience(result: Result) -> str:
    """Return after how many epochs without a gain it ended: another ends sooner, and is another recipe."""
    recipe = result.get("recipe")
    return f" (patience {recipe['patience']})" if recipe else ""
