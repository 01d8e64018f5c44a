"""Tables of what the list beside paper 002 gains here (`ml.papers.listed`)."""

from __future__ import annotations

from collections.abc import Mapping

from ml.papers.listed.measure import Measurement
from ml.report.table import Result, Table

LISTED = "listed"
"""Below the results; a file for each measurement of `barwatch ablate`."""


_HEAD = """# What the list beside paper 002 gains here

Made by `barwatch report` from the JSON files in `listed/`.
[What each is](../../docs/papers/002-adaptive-l2.md). All pictures are rendered. Where lifts
are drawn, the interval says what other lifts might show. No interval draws seeds: what is trained, or
drawn at random, is averaged over its draws first, so that another draw may differ by more. The files
keep no single draws."""


def measurement_table(result: Result) -> Table:
    """Return a measurement's rows under all columns that any of them has."""
    columns = list(dict.fromkeys(column for row in result["rows"] for column in row))
    return Table(columns, [[row.get(column) for column in columns] for row in result["rows"]])


def listed_page(results: Mapping[str, Result], measurements: Mapping[str, Measurement]) -> str:
    """Return the page of all measurements: each with its paper, its command and its commit.

    Args:
        results: by name; `barwatch ablate NAME` makes one.
        measurements: all that there are; those without a result are said to be missing.
    """
    parts = [_HEAD]
    for name, measurement in measurements.items():
        head = f"## {measurement.title[0].upper()}{measurement.title[1:]}"
        if result := results.get(name):
            source = f"{result['source']}. `{result['command']}`, commit {result['git_commit'][:12]}."
            note = [measurement.note] if measurement.note else []
            parts += [head, *note, source, str(measurement_table(result))]
        else:
            parts += [f"{head}\n\nNot run yet: `barwatch ablate {name}`."]
    return "\n\n".join(parts) + "\n"
