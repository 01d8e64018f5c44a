"""`barwatch report`: tables and plots from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS

FIGURES, SYSTEMS, SIZING = "figures", "systems", "sizing"
"""Markers of the generated parts of README.md, of docs/papers.md and of docs/operations.md."""


def report(
    results: Annotated[Path, typer.Option(help="Folder of the JSON files; the report goes there.")] = RESULTS,
    readme: Annotated[Path, typer.Option(help="The README whose figures are filled in.")] = Path("README.md"),
    docs: Annotated[Path, typer.Option(help="The folder of the pages whose tables are filled in.")] = Path(
        "docs"
    ),
) -> None:
    """Write report.md, its plots and systems.md beside the JSON files; fill in README.md and docs."""
    from ml.papers.comparison import page  # noqa: PLC0415
    from ml.report import publish  # noqa: PLC0415 - keeps `barwatch --help` quick
    from ml.report.headlines import headlines  # noqa: PLC0415
    from ml.report.sizing import sizing  # noqa: PLC0415

    found, runs = publish.read(results), page.read(results)
    (results / "report.md").write_text(publish.report(found), encoding="utf-8")
    (results / "systems.md").write_text(page.page(runs, found), encoding="utf-8")
    written = [results / "report.md", results / "systems.md", *publish.plots(found, results)]
    places = [
        (readme, FIGURES, headlines(found)),
        (docs / "papers.md", SYSTEMS, page.short_table(runs, found)),
    ]
    if "ingest" in found:
        places.append((docs / "operations.md", SIZING, sizing(found["ingest"])))
    for path, name, content in places:
        text = publish.filled(path.read_text(encoding="utf-8"), name, content)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    for path in written:
        typer.echo(str(path))
