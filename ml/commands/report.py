"""`barwatch report`: tables and plots from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS

PLACE, SYSTEMS = "accuracy", "systems"


def report(
    results: Annotated[Path, typer.Option(help="Folder of the JSON files; the report goes there.")] = RESULTS,
    readme: Annotated[Path, typer.Option(help="The README whose table is filled.")] = Path("README.md"),
) -> None:
    """Write ml/results/report.md with its plots, systems.md, and the README's tables, from the JSON files."""
    from ml.papers.comparison import page  # noqa: PLC0415
    from ml.report import publish  # noqa: PLC0415 - keeps `barwatch --help` quick

    found, runs = publish.read(results), page.read(results)
    (results / "report.md").write_text(publish.report(found), encoding="utf-8")
    (results / "systems.md").write_text(page.page(runs, found), encoding="utf-8")
    written = [results / "report.md", results / "systems.md", *publish.plots(found, results)]
    text = publish.filled(readme.read_text(encoding="utf-8"), PLACE, publish.readme_table(found))
    text = publish.filled(text, SYSTEMS, page.readme_table(runs, found))
    readme.write_text(text, encoding="utf-8")
    for path in [*written, readme]:
        typer.echo(str(path))
