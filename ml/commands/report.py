"""`barwatch report`: tables and plots from what was measured; `barwatch refresh`: measures it again."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RELEASED, RESULTS, console
from ml.papers.comparison.orderings import ORDERINGS, compare_runs
from ml.papers.listed.named import MEASUREMENTS
from ml.papers.plans.named import PLANS
from ml.report.accuracy import TEACHERS
from ml.report.capacity.failover import failover_places
from ml.report.capacity.tables import capacity_places
from ml.report.document import fill_places, places, read_results, report_document
from ml.report.papers.listed import LISTED, listed_page
from ml.report.papers.pairing import FOLDER as GETNET
from ml.report.papers.pairing import getnet_page
from ml.report.papers.plans import missing_plans
from ml.report.papers.tables import LEFT_OUT, tables_page
from ml.report.plots import plots
from ml.report.systems import read_runs, systems_page


def report(
    results: Annotated[Path, typer.Option(help="Folder of the JSON files; the report goes there.")] = RESULTS,
    readme: Annotated[Path, typer.Option(help="The README; places in it and in docs/ are filled.")] = Path(
        "README.md"
    ),
) -> None:
    """Write report.md with its plots, systems.md, tables.md, and the tables in other documents."""
    measured, runs = read_results(results), read_runs(results)
    content: dict[str, object] = {**places(measured, runs, read_runs(results, TEACHERS))}
    if "simulation" in measured:
        content |= capacity_places(measured["simulation"])
    if "cluster" in measured:
        content |= failover_places(measured["cluster"])
    documents = [readme, *sorted((readme.parent / "docs").glob("*.md"))]
    written = {path: fill_places(path.read_text(encoding="utf-8"), content) for path in documents}
    written[results / "report.md"] = report_document(measured, runs)
    written[results / "systems.md"] = systems_page(
        runs,
        measured,
        compare_runs(runs, (*ORDERINGS, *(o for plan in PLANS.values() for o in plan.orderings))),
        missing_plans(runs),
    )
    written[results / "tables.md"] = tables_page(runs, measured.get("naive"), read_runs(results, LEFT_OUT))
    paired = read_runs(results, GETNET)
    written[results / "getnet.md"] = getnet_page(paired)
    listed = read_runs(results, LISTED)
    written[results / "listed.md"] = listed_page(listed, MEASUREMENTS)
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    for path in [*written, *plots(measured, results)]:
        typer.echo(str(path))


WITHOUT_NETWORK = ("ingest", "naive", "passages")
"""Results that the shipped network has no part in; those of the papers' systems have none either."""


def refresh(
    names: Annotated[list[str] | None, typer.Argument(help="Only these results, e.g. loco.")] = None,
    results: Annotated[Path, typer.Option(help="Folder of the JSON files.")] = RESULTS,
    dry_run: Annotated[bool, typer.Option(help="Only print the commands.")] = False,
) -> None:
    """Measure again what was measured before the shipped network changed, each result by its own command.

    A run that was interrupted goes on with the results that are still old. Commit the network first, write
    the report afterwards.
    """
    for name, command in stale(results, RELEASED / "barwatch.ts"):
        if names and name not in names:
            continue
        console.print(f"{name}: {command}")
        if not dry_run:
            subprocess.run([sys.executable, "-m", "service.cli", *shlex.split(command)[1:]], check=True)


def stale(results: Path, artefact: Path) -> Iterator[tuple[str, str]]:
    """Yield name and command of every result that is of a commit before the artefact's last change.

    Args:
        results: folder of the JSON files; each has its `command` and `git_commit`.
        artefact: a file that is in the git repository.
    """

    def git(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments], cwd=artefact.parent, capture_output=True, text=True, check=False
        )

    changed = git("log", "-1", "--format=%H", "--", artefact.name).stdout.strip()
    for name, result in read_results(results).items():
        command = result.get("command", "") if isinstance(result, dict) else ""
        others = name.startswith("benchmark-") and name != "benchmark-barwatch"
        if not command or others or name in WITHOUT_NETWORK:
            continue
        commit = str(result["git_commit"]).removesuffix("-dirty")
        if not changed or git("merge-base", "--is-ancestor", changed, commit).returncode:
            yield name, command
