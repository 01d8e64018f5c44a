"""`barwatch ablate`: the papers' ablations, over as many sittings as they take."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer

from ml.commands.common import (
    LOCO_FIRST_SEED,
    LOCO_LIFTS,
    RELEASED,
    BenchmarkOption,
    CacheOption,
    DeviceOption,
    ModelOption,
    UnseenLifts,
    WorkersOption,
    command_line,
    console,
    device_name,
    keep,
    provenance,
)
from ml.commands.systems import Question, judge_trained
from ml.commands.training.lessons import PapersPreset, lesson_of
from ml.papers.adapting import Adaptation
from ml.papers.comparison.orderings import compare_runs, named
from ml.papers.listed.measure import Setting
from ml.papers.listed.named import MEASUREMENTS
from ml.papers.plans.named import PLANS, Plan, TrainedRow
from ml.report.papers.listed import LISTED, measurement_table
from ml.report.retrieval import retrieval_runs, retrieval_table
from ml.report.systems import FOLDER, orderings_table, read_runs, runs_section
from ml.report.table import Result
from ml.train.loop import BEST
from ml.train.run import Run
from ml.train.systems import train_rates

NAMES = (*MEASUREMENTS, *PLANS)


class SittingOver(Exception):  # noqa: N818 - no error: the time that was given is over
    """Raised between two epochs, after the checkpoint of the first was written."""


def ablate(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Which of {', '.join(NAMES)}; all if none is named.")
    ] = None,
    preset: Annotated[
        PapersPreset,
        typer.Option(help="small: reduced to two cores; paper: literal recipes at full size; smoke: to try."),
    ] = "small",
    seeds: Annotated[int, typer.Option(min=1, help="Of each row.")] = 3,
    minutes: Annotated[float, typer.Option(min=0, help="Of this sitting; 0: until all is done.")] = 0.0,
    out: Annotated[Path, typer.Option(help="Checkpoints, and results as in ml/results.")] = Path(
        "runs/ablations"
    ),
    every: Annotated[int, typer.Option(min=1, help="Judge every n-th test picture of S1 to S20.")] = 4,
    model: ModelOption = RELEASED / "barwatch.ts",
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 1,
    threads: Annotated[int | None, typer.Option(min=1, help="Of the CPU; all cores.")] = None,
    device: DeviceOption = "auto",
) -> None:
    """Run the papers' ablations, three seeds each, over as many sittings as they take.

    The same command goes on where the last sitting ended. Each row is trained with as many seeds as asked for
    until early stopping ends it, and judged; nothing is done twice. Results lie in OUT/PRESET/systems and
    OUT/PRESET/listed, as in ml/results.
    """
    for name in names or ():
        if name not in NAMES:
            raise typer.BadParameter(f"{name}: expected one of {', '.join(NAMES)}")
    torch.set_num_threads(threads or torch.get_num_threads())
    place = torch.device(device_name(device))
    ends = time.monotonic() + 60 * minutes if minutes else float("inf")
    run = Run(device=place, cache=cache, benchmark=benchmark, workers=workers, out=out / preset)
    try:
        for name in names or NAMES:
            if name in MEASUREMENTS:
                setting = Setting(
                    artefact=model,
                    cache=cache,
                    benchmark=benchmark,
                    seeds=seeds,
                    smoke=preset == "smoke",
                    workers=workers,
                )
                result = _measured(name, setting, run.out, ends)
                typer.echo(f"### {result['title']}\n\n{measurement_table(result)}\n")
            else:
                for row, seed in _rows(PLANS[name], seeds):
                    _judged(row, seed, preset, every, run, ends)
                typer.echo(_section(PLANS[name], run.out))
    except SittingOver:
        console.print("this sitting is over: the same command goes on from here")


def _rows(plan: Plan, seeds: int) -> Iterator[tuple[TrainedRow, int]]:
    """Yield rows seed by seed: a sitting that ends early has compared all rows with the seeds it had."""
    for seed in range(seeds):
        for row in plan.rows:
            if row.weights and not Path(row.recipe("small", 0, 0).weights).exists():
                console.print(f"{row.name}: left out, {row.weights} is missing: make weights")
                continue
            yield row, seed


def _measured(name: str, setting: Setting, out: Path, ends: float) -> Result:
    path = out / LISTED / f"{name}.json"
    if path.exists():
        found: Result = json.loads(path.read_text(encoding="utf-8"))
        return found
    if time.monotonic() > ends:
        raise SittingOver
    measurement = MEASUREMENTS[name]
    console.print(f"measuring: {measurement.title}")
    result = {
        **provenance(None),
        "command": _command_of(name),
        "title": measurement.title,
        "source": measurement.source,
        "smoke": setting.smoke,
        "rows": measurement.rows(setting),
    }
    keep(result, path)
    return result


def _command_of(name: str) -> str:
    """Return the command that runs without what else it was asked for."""
    others = {*MEASUREMENTS, *PLANS} - {name}
    return " ".join(word for word in command_line().split(" ") if word not in others)


def _judged(row: TrainedRow, seed: int, preset: PapersPreset, every: int, run: Run, ends: float) -> None:
    """Train a row with one seed, or go on with it, and judge it; every sitting comes an epoch further."""
    path = run.out / FOLDER / f"{named(row.name, seed)}.json"
    if path.exists():
        return
    folder = run.out / "runs" / named(row.training, seed)

    def show(measured: dict[str, float]) -> None:
        reached = f"epoch {measured['epoch']:.0f}, validation {100 * measured['validation']:.2f}"
        console.print(f"{named(row.training, seed)}: {reached}")
        if time.monotonic() > ends:
            raise SittingOver

    lesson = lesson_of(row.system, row.recipe(preset, seed, torch.get_num_threads()), preset, run)
    train_rates(lesson, [lesson.recipe.learning_rate], replace(run, out=folder, progress=show))
    smoke = preset == "smoke"
    unseen = UnseenLifts(LOCO_FIRST_SEED, 2 if smoke else LOCO_LIFTS, 8 if smoke else 67)
    asked = Question(row.system, folder / BEST, unseen, Adaptation(), every, smoke, row.blurred)
    result, _ = judge_trained(asked, run)
    keep(result, path)


def _section(plan: Plan, out: Path) -> str:
    """Return a plan's tables, of what there is of it."""
    wanted = {row.name for row in plan.rows}
    runs = {n: r for n, r in read_runs(out).items() if n.partition("-seed")[0] in wanted}
    if not runs:
        return f"### {plan.title}\n\nNothing yet.\n"
    ordered = orderings_table(compare_runs(runs, plan.orderings))
    found = f"{retrieval_table(runs)}\n\n" if retrieval_runs(runs) else ""
    return f"### {plan.title}\n\n{found}{runs_section(runs, {})}\n{ordered}\n"
