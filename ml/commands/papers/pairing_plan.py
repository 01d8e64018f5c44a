"""`barwatch reproduce-pairing`: all runs of paper 001, over several sittings."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS
from ml.commands.papers.making import MadeResult, SharedPlan, chosen, from_here
from ml.papers.pairing.named import SetName
from ml.report.papers.pairing import FOLDER

SEEDS = (0, 1, 2)
PAPERS = {"0": "--transformer 0", "2": "--transformer 2", "whole": "--transformer 0 --whole"}
OURS = {"3": "--transformer 3", "6": "--transformer 6"}
PAIRED: tuple[SetName, ...] = ("digits", "mnist-translated", "objects", "carriers", "mnist-scaled")
MNIST: tuple[SetName, ...] = ("mnist-translated", "mnist-scaled")
"""Sets of digits that are fetched; runs render what else is not there yet."""


def reproduce_pairing(
    context: typer.Context,
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
    results = from_here(results)
    main = partial(context.find_root().command.main, prog_name="barwatch")
    plan = SharedPlan(chosen(planned(results, folder), names), results, folder / "reproduced", main)
    if dry_run:
        plan.say_what_is_left()
    elif plan.work():
        raise typer.Exit(1)


def planned(results: Path, folder: Path) -> Iterator[MadeResult]:
    """Yield the runs in order: what needs no learning, the paper's comparison, the other transformers."""
    first = dict.fromkeys(MNIST, (f"barwatch render mnist --out {folder / 'mnist'}",))
    places = f"--mnist {folder / 'mnist'} --benchmark {folder / 'benchmark'}"
    every = PAPERS | OURS
    untaught = [("thumbnails", "0", 0), *(("untrained", kind, seed) for kind in every for seed in SEEDS)]
    for name, (naive, kind, seed) in product(PAIRED, untaught):
        file = f"{FOLDER}/{name}-{kind}-{naive}-seed{seed}.json"
        how = f"{every[kind]} --naive {naive} --seed {seed} {places}"
        yield MadeResult(
            file, (*first.get(name, ()), f"barwatch evaluate-pairing {name} {how} --out {results / file}")
        )
    for name, kinds, seed in product(PAIRED, (PAPERS, OURS), SEEDS):
        for kind, words in kinds.items():
            run = folder / "pairing" / f"{name}-{kind}-seed{seed}"
            file = f"{FOLDER}/{run.name}.json"
            command = f"barwatch evaluate-pairing {name} {words} --seed {seed} --run {run} {places}"
            yield MadeResult(file, (*first.get(name, ()), f"{command} --out {results / file}"))
            if kind == "2" and seed == SEEDS[0]:
                whole, sheet = run.with_name(f"{name}-0-seed{seed}"), f"{FOLDER}/{name}.png"
                drawn = f"{command} --without {whole} --pictures {results / sheet}"
                yield MadeResult(sheet, (drawn,), after=(file, f"{FOLDER}/{whole.name}.json"))
