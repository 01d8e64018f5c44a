"""`barwatch reproduce`: all runs that the papers' tables need, one after the other, over several sittings."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from ml.commands.common import RESULTS, console
from ml.commands.papers.pairing_plan import alone
from ml.commands.papers.retrieval_steps import retrieval_steps

SEEDS = (0, 1, 2)
"""Of every run that an ordering is claimed with."""

DEEP_SIDE = 112
"""Of the pictures that the deep networks get, in pixels: at 200 an epoch takes hours on two cores."""


FOUND_RATE = "--set learning_rate=0.03 --set clip_norm=1 --set pixels=standard"
"""Of both networks of Tables 2 and 4. The paper's, 0.00001, belongs to a scale of pictures that it does not
give: with grey levels it suits the classifier, and the siamese network's distances overflow; with a spread of
1 the siamese network would need thousands of epochs. `PRINTED_RATE` has a row of each with it."""

PRINTED_RATE = {"classifier": "--preset paper", "siamese": "--preset paper --epochs 10"}

SMALL_SIAMESE = "--set transformer=0 --set displaced=0"
"""GetNet's siamese part alone: 128 numbers instead of two, and a tenth of the time."""


class MadeResult(NamedTuple):
    """One result: its file below the results, and the commands that make it; the last one writes it."""

    file: str
    commands: tuple[str, ...]


def reproduce(
    names: Annotated[list[str] | None, typer.Argument(help="Only results that begin so.")] = None,
    results: Annotated[Path, typer.Option(help="Where results are and go.")] = RESULTS,
    folder: Annotated[Path, typer.Option(help="Checkpoints, rendered pictures.")] = Path("runs"),
    threads: Annotated[int, typer.Option(min=1, help="Of the CPU; part of every run's recipe.")] = 1,
    dry_run: Annotated[bool, typer.Option(help="Only print what is left to do.")] = False,
) -> None:
    """Make all runs that the papers' tables need, over as many sittings as it takes.

    For Tables 2 and 4 of paper 000 naive answers, the small set, one lift left out, the large set; the
    paper's siamese network with one lift left out, and the deep networks; then what finds carriers again
    (002 to 004).

    A result that is there is not made again; a training goes on from its last checkpoint, which is at most
    two minutes old. So the same command, interrupted in any way and as often as it takes, ends with all.
    Several processes share the work: none makes what another is making.
    """
    here = Path.cwd()
    # Commands are part of results, which are published: they hold no place of one machine.
    results = results.relative_to(here) if results.is_relative_to(here) else results
    for step in steps(results, folder, threads):
        if _is_whole(results / step.file) or (names and not step.file.startswith(tuple(names))):
            continue
        if dry_run:
            _say(step, step.commands)
            continue
        with alone(folder / "reproduced" / f"{step.file.replace('/', '-')}.lock") as free:
            if free:
                _make(step)
            else:
                _say(step, ("another process makes it",))


def _say(step: MadeResult, what: Iterable[str]) -> None:
    for line in what:
        console.print(f"{step.file}: {line}", soft_wrap=True)


def _make(step: MadeResult) -> None:
    for command in step.commands:
        _say(step, (command,))
        subprocess.run([sys.executable, "-m", "service.cli", *shlex.split(command)[1:]], check=True)


def _is_whole(file: Path) -> bool:
    """Return whether a result is there, and no part of it is missing."""
    return file.exists() and bool(json.loads(file.read_text(encoding="utf-8")).get("complete", True))


def steps(results: Path, folder: Path, threads: int) -> Iterator[MadeResult]:
    """Yield every result in the order in which they are made: what is quick and decides most, first."""
    at = f"--benchmark {shlex.quote(str(folder / 'benchmark'))}"
    place = f"{at} --cache {shlex.quote(str(folder / 'rendered'))}"
    naive = results / "naive.json"
    yield MadeResult("naive.json", (f"barwatch evaluate-naive --threads {threads} {place} --out {naive}",))

    def run(name: str, system: str, how: str, seed: int = 0) -> MadeResult:
        name += f"-seed{seed}" if seed else ""
        where, file = folder / "tables" / name, Path("systems") / f"{name}.json"
        train = (
            f"barwatch train {system} {how} --seed {seed} --threads {threads} {place} --out {where} --resume"
        )
        judge = f"barwatch evaluate {system} --checkpoint {where}/best.pt {place} --out {results / file}"
        return MadeResult(str(file), (train, judge))

    def left_out(name: str, what: str) -> MadeResult:
        file = Path("left-out") / f"{name}.json"
        made = f"--folder {folder / 'left-out' / name} {at} --threads {threads} --out {results / file}"
        return MadeResult(str(file), (f"barwatch evaluate-left-out {what} {made}",))

    def table(preset: str) -> Iterator[MadeResult]:
        for seed in SEEDS:
            for system in ("classifier", "siamese"):
                yield run(f"{system}-{preset}", system, f"--preset {preset} {FOUND_RATE}", seed)

    yield from table("paper")
    for system, how in PRINTED_RATE.items():
        yield run(f"{system}-printed-rate", system, how)
    yield left_out("siamese-small", f"getnet {SMALL_SIAMESE}")
    yield from table("paper-large")
    yield left_out("siamese", f"siamese --preset paper {FOUND_RATE}")
    deep = f"--preset large --set side={DEEP_SIDE}"
    yield run("resnet50-large", "resnet50", deep)
    # From random weights VGG16 does not begin to learn by plain descent.
    yield run("vgg16-large", "vgg16", f"{deep} --set optimiser=adam --learning-rate 1e-4")
    for file, commands in retrieval_steps(results, folder, threads, SEEDS):
        yield MadeResult(file, commands)
