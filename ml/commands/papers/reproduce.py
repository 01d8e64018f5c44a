"""`barwatch reproduce`: all runs that the papers' tables need, over several sittings or side by side."""

from __future__ import annotations

import json
import os
import shlex
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS, console
from ml.commands.papers.pairing_plan import alone
from ml.commands.papers.sets import Rendering, SetOfPictures, renderings
from ml.commands.papers.steps import MadeResult, steps
from ml.machine.together import call, side_by_side

COMMANDS = ("ml.commands.training.train", "ml.commands.evaluate", "ml.commands.papers.left_out")
"""Where the steps' commands are."""

_LOOK_AGAIN_S = 1.0
"""Between two looks for pictures that others render, and for results that others make."""


def reproduce(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Only results that begin so.")] = None,
    results: Annotated[Path, typer.Option(help="Where results are and go.")] = RESULTS,
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
    Several processes share the work: none makes what another is making.
    """
    here = Path.cwd()
    # Commands are part of results, which are published: they hold no place of one machine.
    results = results.relative_to(here) if results.is_relative_to(here) else results
    wanted = [
        step for step in steps(results, folder, threads) if not names or step.file.startswith(tuple(names))
    ]
    if dry_run:
        for step in wanted:
            if not _is_whole(results / step.file):
                _say(step, step.commands)
        return
    command = context.find_root().command
    main = partial(command.main, prog_name="barwatch")
    share = _Share(wanted, results, folder, renderings(folder) if together > 1 else {}, main)
    if together == 1 and not minutes:
        if share.work():
            raise typer.Exit(1)
        return
    for module in COMMANDS:
        import_module(module)  # once for all that are forked
    missing = partial(_render, list(share.rendered.values()))
    failed = side_by_side([missing, *[share.work] * together], folder / "reproduced", 60 * minutes)
    if failed:
        raise typer.Exit(1)


@dataclass
class _Share:
    """One process's part of a plan: it makes whatever no other makes, the first that can be made.

    rendered: sets that others render meanwhile; what is not named there, a run renders itself. main: runs a
    command's words.
    """

    steps: Sequence[MadeResult]
    results: Path
    folder: Path
    rendered: dict[SetOfPictures, Rendering]
    main: Callable[[list[str]], object]
    failed: set[str] = field(default_factory=set)

    def work(self) -> int:
        """Make results until none is left; returns how many failed here."""
        while left := [step for step in self.steps if not self._is_over(step)]:
            for step in left:
                if self._can_begin(step) and self._made(step):
                    break
            else:
                if not self.rendered:  # the rest is others'
                    break
                time.sleep(_LOOK_AGAIN_S)
        return len(self.failed)

    def _is_over(self, step: MadeResult) -> bool:
        return step.file in self.failed or _is_whole(self.results / step.file)

    def _can_begin(self, step: MadeResult) -> bool:
        return self._there(step.pictures) and all(_is_whole(self.results / file) for file in step.after)

    def _there(self, names: Iterable[SetOfPictures]) -> bool:
        return all(self.rendered[name].there for name in names if name in self.rendered)

    def _made(self, step: MadeResult) -> bool:
        """Make a result, or find that it cannot be made; returns False where another process is at it."""
        with alone(self.folder / "reproduced" / f"{step.file.replace('/', '-')}.lock") as free:
            if not free:
                if not self.rendered:
                    _say(step, ("another process makes it",))
                return False
            if _is_whole(self.results / step.file):
                return True
            *before, last = step.commands
            for command in before:
                self._run(step, command)
            while not self._there(step.judged):
                time.sleep(_LOOK_AGAIN_S)
            self._run(step, last)
            return True

    def _run(self, step: MadeResult, command: str) -> None:
        if step.file in self.failed:
            return
        _say(step, (command,))
        if call(self.main, shlex.split(command)[1:]):
            self.failed.add(step.file)


def _render(missing: Sequence[Rendering]) -> int:
    for each in missing:
        for _ in each.render(os.cpu_count() or 1):
            pass
    return 0


def _say(step: MadeResult, what: Iterable[str]) -> None:
    for line in what:
        console.print(f"{step.file}: {line}", soft_wrap=True)


def _is_whole(file: Path) -> bool:
    """Return whether a result is there, and no part of it is missing."""
    return file.exists() and bool(json.loads(file.read_text(encoding="utf-8")).get("complete", True))
