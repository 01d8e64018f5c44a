"""The format of the product's verdicts: wrong each way, unknown, and the seat."""

from __future__ import annotations

from ml.report.table import Result, Table, share

OUTCOMES = (
    "open_called_closed",
    "closed_called_open",
    "unknown",
    "empty_called_occupied",
    "occupied_called_empty",
)

NOT_MEASURED = "not yet measured as verdicts"


def verdicts_table(result: Result) -> Table | str:
    """Return a row for pictures, for passages or for events; a sentence where nothing was measured so.

    Each outcome is its count, and in per cent of those that it could have happened to, with the interval.
    """
    if "verdicts" not in result:
        return f"{NOT_MEASURED.capitalize()} of the product."
    rows = [
        [name.replace("_", " "), counts["judged"], *(_outcome(counts, outcome) for outcome in OUTCOMES)]
        for name, counts in result["verdicts"].items()
        if counts is not None
    ]
    return Table(("verdicts", "judged", *(f"{name.replace('_', ' ')} (%)" for name in OUTCOMES)), rows)


def _outcome(counts: Result, name: str) -> str:
    return "" if counts[f"{name}_share"] is None else f"{counts[name]}: {share(counts, name)}"


def format_outcomes(counts: Result) -> str:
    """Return the outcomes with their shares and intervals, those of nothing left out."""
    return ", ".join(
        f"{name.replace('_', ' ')} {share(counts, name).replace(' (', ' % (', 1)}"
        for name in OUTCOMES
        if counts[f"{name}_share"] is not None
    )
