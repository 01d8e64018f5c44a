"""`barwatch report`: tables and plots from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS
from ml.papers.comparison.orderings import compare_runs
from ml.report.document import fill_places, places, read_results, report_document
from ml.report.plots import plots
from ml.report.systems import read_runs, systems_page


def report(
    results: Annotated[Path, typer.Option(help="Folder of the JSON files; the report goes there.")] = RESULTS,
    readme: Annotated[Path, typer.Option(help="The README; places in it and in docs/ are filled.")] = Path(
        "README.md"
    ),
) -> None:
    """Write report.md with its plots, systems.md, and the tables in other documents, from JSON files."""
    measured, runs = read_results(results), read_runs(results)
    content = places(measured, runs)
    documents = [readme, *sorted((readme.parent / "docs").glob("*.md"))]
    written = {path: fill_places(path.read_text(encoding="utf-8"), content) for path in documents}
    written[results / "report.md"] = report_document(measured)
    written[results / "systems.md"] = systems_page(runs, measured, compare_runs(runs))
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    for path in [*written, *plots(measured, results)]:
        typer.echo(str(path))
