"""Tables of what the list beside paper 002 gains here (`ml.papers.listed`)."""

from __future__ import annotations

from collections.abc import Mapping

from ml.report.table import Result, Table

LISTED = "listed"
"""Below the results; a file for each measurement of `barwatch ablate`."""


def measurement_table(result: Result) -> Table:
    """Return a measurement's rows under all columns that any of them has."""
    columns = list(dict.fromkeys(column for row in result["rows"] for column in row))
    return Table(columns, [[row.get(column) for column in columns] for row in result["rows"]])


def listed_section(results: Mapping[str, Result]) -> str:
    """Return every measurement with its paper, its command and its commit; "" for none."""
    return "\n\n".join(
        f"**{result['title'].capitalize()}** ({result['source']}). `{result['command']}`, "
        f"commit {result['git_commit'][:12]}.\n\n{measurement_table(result)}"
        for result in results.values()
    )
