"""The tables of `barwatch evaluate-digits`: paper 001's first experiment."""

from __future__ import annotations

from collections.abc import Sequence

from ml.report.table import Result, Table, points, rendered, share

PAPER = {"without": 98.2, "with": 99.3}
"""Table I, MNIST, in per cent; the paper does not say how its pairs were split and called."""

NAMES = {0: "no transformer", 3: "transformer, 3 parameters", 6: "transformer, 6 parameters"}


def digits_section(result: Result) -> str:
    """Return a table of the networks, and one of what the transformer gains."""
    networks = Table(
        (
            *("network", "parameters", "pairs judged correctly; of each seed"),
            *("nearest training digit is of its class", "IoU of what is cut out and the digit's box"),
            *("of that box is cut out", "best epoch; of each seed", "transformer learns after"),
        ),
        [_network(row) for row in result["variants"]],
    )
    gains = Table(
        ("the transformer gains (points)", "pairs (of each seed)", "nearest"),
        [_gain(row) for row in result["differences"]],
    )
    return rendered("digits", result=result, networks=networks, gains=gains, paper=PAPER)


def _network(row: Result) -> list[object]:
    by_seed = ", ".join(f"{100 * value:.2f}" for value in row["pair_accuracy_by_seed"])
    ready = ["never" if epoch is None else epoch for epoch in row["ready_by_seed"]]
    return [
        *(NAMES[row["transformer"]], row["parameters"], f"{share(row, 'pair_accuracy')}; {by_seed}"),
        *(share(row, name) for name in ("nearest", "overlap", "inside")),
        f"{_listed(row['epoch_by_seed'])} of {row['recipe']['epochs']}",
        _listed(ready) if row["transformer"] else "",
    ]


def _gain(row: Result) -> list[object]:
    pairs, nearest = (
        f"{row[name]:+.2f} ({points(row[f'{name}_interval_95'])})" for name in ("pair_accuracy", "nearest")
    )
    by_seed = ", ".join(f"{value:+.2f}" for value in row["pair_accuracy_by_seed"])
    return [NAMES[row["transformer"]], f"{pairs}; {by_seed}", nearest]


def _listed(values: Sequence[object]) -> str:
    return ", ".join(map(str, values))
