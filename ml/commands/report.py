"""`barwatch report`: tables and plots from what was measured."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS

PLACE = "accuracy"


def report(
    results: Annotated[Path, typer.Option(help="Folder of the JSON files; the report goes there.")] = RESULTS,
    readme: Annotated[Path, typer.Option(help="The README whose table is filled.")] = Path("README.md"),
) -> None:
    """Write ml/results/report.md with its plots, and the README's table, from the JSON files."""
    from ml.evaluate import publish  # noqa: PLC0415 - keeps `barwatch --help` quick

    found = publish.read(results)
    (results / "report.md").write_text(publish.report(found), encoding="utf-8")
    written = [results / "report.md", *publish.plots(found, results)]
    text = readme.read_text(encoding="utf-8")
    readme.write_text(publish.filled(text, PLACE, publish.readme_table(found)), encoding="utf-8")
    for path in [*written, readme]:
        typer.echo(str(path))
