"""`barwatch reproduce`: all runs that the papers' tables need, over several sittings or side by side."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS
from ml.commands.papers.making import SharedPlan, chosen, from_here
from ml.commands.papers.sets import renderings
from ml.commands.papers.steps import steps
from ml.machine.together import side_by_side

COMMANDS = ("ml.commands.training.train", "ml.commands.evaluate", "ml.commands.papers.left_out")
"""Where the steps' commands are."""


def reproduce(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Only results that begin so.")] = None,
    results: Annotated[Path, typer.Option(help="Where results are and go.")] = RESULTS,
    known: Annotated[
        Path | None, typer.Option(help="Where further results are, which are not made again.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Checkpoints, rendered pictures.")] = Path("runs"),
    threads: Annotated[int, typer.Option(min=1, help="Of the CPU; part of every run's recipe.")] = 1,
    together: Annotated[
        int, typer.Option(min=1, help="Runs at once, which share a GPU; pictures are rendered meanwhile.")
    ] = 1,
    minutes: Annotated[float, typer.Option(min=0, help="Of this sitting; 0: until all is done.")] = 0.0,
    dry_run: Annotated[bool, typer.Option(help="Only print what is left to do.")] = False,
) -> None:
    """Make all runs that the papers' tables need, over as many sittings as it takes.

    For Tables 2 and 4 of paper 000 naive answers, the small set, the large set; one lift left out, and the
    deep networks; what paper 002 adds; GetNet before masks (001); what finds carriers again (002 to 004).

    A result that is there is not made again; a training goes on from its last checkpoint, which is at most
    two minutes old. So the same command, interrupted in any way and as often as it takes, ends with all.
    Several processes share the work: none makes what another is making. What fails is tried
    once; what needs it is left out, and said; so is what needs the checkpoint of a result made elsewhere.
    """
    results = from_here(results)
    command = context.find_root().command
    plan = SharedPlan(
        chosen(steps(results, folder, threads), names),
        results,
        folder / "reproduced",
        partial(command.main, prog_name="barwatch"),
        renderings(folder) if together > 1 else {},
        patient=together > 1,
        known=known,
    )
    if dry_run:
        plan.say_what_is_left()
        return
    plan.say_what_is_left_out()
    if together == 1 and not minutes:
        failed = plan.work()
    else:
        for module in COMMANDS:
            import_module(module)  # once for all that are forked
        failed = side_by_side([plan.render, *[plan.work] * together], folder / "reproduced", 60 * minutes)
    if failed:
        raise typer.Exit(1)
