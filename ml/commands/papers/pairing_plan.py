"""`barwatch reproduce-pairing`: all runs of paper 001, over several sittings."""

from __future__ import annotations

import fcntl
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from ml.commands.common import RESULTS, console
from ml.papers.pairing.named import SetName
from ml.report.papers.pairing import FOLDER

SEEDS = (0, 1, 2)
PAPERS = {"0": "--transformer 0", "2": "--transformer 2", "whole": "--transformer 0 --whole"}
OURS = {"3": "--transformer 3", "6": "--transformer 6"}
PAIRED: tuple[SetName, ...] = ("digits", "mnist-translated", "objects", "carriers", "mnist-scaled")


class PlannedRun(NamedTuple):
    """One result: its file, the commands that make it, and the results that must be there before."""

    file: Path
    commands: tuple[str, ...]
    needs: tuple[Path, ...] = ()


def reproduce_pairing(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only results that begin so, e.g. objects.")
    ] = None,
    results: Annotated[Path, typer.Option(help="Where results are and go.")] = RESULTS,
    folder: Annotated[Path, typer.Option(help="Checkpoints, MNIST, rendered pictures.")] = Path("runs"),
    dry_run: Annotated[bool, typer.Option(help="Only print what is left to do.")] = False,
) -> None:
    """Make every result of paper 001 that is missing; goes on where it was interrupted.

    Five sets, with and without a transformer, three seeds; `barwatch reproduce` has carriers that are paired
    with masks. A training goes on from its last checkpoint, a few minutes old at most. So the same command,
    interrupted in any way and as often as it takes, ends with all of them. One that fails does not keep the
    others back, and several such commands share the work: each takes what no other has begun.
    """
    failed = []
    for run in planned(results, folder):
        if names and not run.file.name.startswith(tuple(names)):
            continue
        with alone(folder / "pairing" / f"{run.file.stem}.lock") as free:
            if not free or run.file.exists() or not all(file.exists() for file in run.needs):
                continue
            for command in run.commands:
                console.print(command, soft_wrap=True)
                words = [sys.executable, "-m", "service.cli", *shlex.split(command)[1:]]
                if not dry_run and subprocess.run(words, check=False).returncode:
                    failed.append(run.file.name)
                    break
    if failed:
        console.print(f"[red]failed: {', '.join(failed)}")
        raise typer.Exit(1)


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Hold a lock; yields whether no other process holds it. It ends with the process, however that ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def planned(results: Path, folder: Path) -> Iterator[PlannedRun]:
    """Yield the runs in order: all seeds of the paper's comparison, then of the other transformers."""
    places = f"--mnist {folder / 'mnist'} --benchmark {folder / 'benchmark'}"
    for name, kinds, seed in product(PAIRED, (PAPERS, OURS), SEEDS):
        for kind, words in kinds.items():
            run = folder / "pairing" / f"{name}-{kind}-seed{seed}"
            file = results / FOLDER / f"{run.name}.json"
            command = f"barwatch evaluate-pairing {name} {words} --seed {seed} --run {run} {places}"
            yield PlannedRun(file, (f"{command} --out {file}",))
            if kind == "2" and seed == SEEDS[0]:
                whole = run.with_name(f"{name}-0-seed{seed}")
                sheet = file.with_name(f"{name}.png")
                drawn = f"{command} --without {whole} --pictures {sheet}"
                yield PlannedRun(sheet, (drawn,), (file, file.with_name(f"{whole.name}.json")))
