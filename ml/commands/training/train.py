"""`barwatch train`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import torch
import typer

from ml.commands.common import (
    BenchmarkOption,
    CacheOption,
    DeviceOption,
    SystemName,
    WorkersOption,
    console,
    device_name,
    progress_bar,
)
from ml.commands.training.barwatch import train_barwatch
from ml.commands.training.lessons import lesson_of
from ml.data.photographs import FOLDER
from ml.models.barwatch import ModelConfig
from ml.models.trunk import TrunkName
from ml.systems.named import RECIPES, preset_words, with_changes
from ml.train.config import PRESETS
from ml.train.loop import BEST, LAST
from ml.train.run import Run
from ml.train.systems import Lesson, train_rates

Preset = Literal["smoke", "small", "paper", "large", "paper-large", "sight", "teacher", "gpu"]
"""How much data and how long."""


def train(
    system: Annotated[SystemName, typer.Argument(help="Which network.")],
    preset: Annotated[Preset, typer.Option(help="How much data and how long.")] = "small",
    out: Annotated[Path | None, typer.Option(help="Checkpoints and log; runs/SYSTEM.")] = None,
    cache: CacheOption = Path("runs/rendered"),
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    resume: Annotated[
        bool, typer.Option(help="Resume from the last checkpoint in --out, if there is one.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the weights and of the batches.")] = 0,
    steps: Annotated[int | None, typer.Option(min=1, help="Instead of the preset's or checkpoint's.")] = None,
    lifts: Annotated[int | None, typer.Option(min=1, help="Instead of the preset's or checkpoint's.")] = None,
    learning_rate: Annotated[
        list[float] | None,
        typer.Option(min=0, help="Of several, which all but barwatch take, the best is kept."),
    ] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="At most; not for barwatch.")] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Pretrained weights, with torchvision's names: not for barwatch.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a recipe, e.g. se=false, mining=offline, l2=adaptive."),
    ] = None,
    start_from: Annotated[
        Path | None,
        typer.Option(help="Another checkpoint, or barwatch.ts: its weights where name and shape agree."),
    ] = None,
    textured: Annotated[
        int | None, typer.Option(min=0, help="Lifts before textures, for barwatch; instead of the preset's.")
    ] = None,
    rounds: Annotated[
        int | None, typer.Option(min=1, help="How often in the run these lifts are rendered anew.")
    ] = None,
    first_round: Annotated[
        int | None, typer.Option(min=0, help="Which one to begin with: another run's lifts, or later ones.")
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(min=0, help="Of learning, for barwatch: it ends annealed after so many; 0: by steps."),
    ] = None,
    teacher: Annotated[
        Path | None,
        typer.Option(help="Checkpoint, of a larger network perhaps, that barwatch shall agree with."),
    ] = None,
    wider: Annotated[
        float | None, typer.Option(min=0.1, help="Times the channels of barwatch: a teacher is wider.")
    ] = None,
    trunk: Annotated[
        TrunkName | None,
        typer.Option(
            help="For a teacher: what this network, learnt on ImageNet, sees is added (barwatch[teacher])."
        ),
    ] = None,
    trunk_share: Annotated[
        float | None,
        typer.Option(min=0, help="Of the learning rate, for the trunk; 0: it stays as it came; 0.3."),
    ] = None,
    photographs: Annotated[
        Path, typer.Option(help="Where `render photographs` put them; without, textures are drawn ones.")
    ] = FOLDER,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Of the CPU; sums come out the same only with as many. All cores."),
    ] = None,
    workers: WorkersOption = 2,
    loaders: Annotated[
        int, typer.Option(min=0, help="Processes that load and augment pictures, for barwatch; 0: none.")
    ] = 1,
    device: DeviceOption = "auto",
) -> None:
    """Train a network.

    barwatch trains on lifts that are rendered first, unless they exist, or with --preset gpu meanwhile; the
    papers' systems on
    the benchmark's training pictures (--preset small: Table 1, large: Table 3, paper: the paper's literal
    recipe on the paper's pictures, paper-large: the same on Table 3, smoke: a few of two lifts), rendered if
    need be, validated on its validation pictures.
    """
    torch.set_num_threads(threads or torch.get_num_threads())
    run = Run(
        out=out or Path("runs") / system,
        device=torch.device(device_name(device)),
        cache=cache,
        benchmark=benchmark,
        workers=workers,
    )
    if not resume:
        _refuse_overwriting(run.out)
    if system == "barwatch":
        if preset not in PRESETS:
            raise typer.BadParameter("barwatch is no paper's system", param_hint="--preset")
        if learning_rate and len(learning_rate) > 1:
            raise typer.BadParameter("barwatch takes one", param_hint="--learning-rate")
        changes = {
            "steps": steps,
            "lifts": lifts,
            "textured": textured,
            "rounds": rounds,
            "first_round": first_round,
            "minutes": minutes,
            "teacher": None if teacher is None else str(teacher),
            "model": _model(wider, trunk),
            "trunk_share": trunk_share,
            "learning_rate": learning_rate and learning_rate[0],
        }
        given = {name: value for name, value in changes.items() if value is not None}
        train_barwatch(replace(PRESETS[preset], seed=seed), given, start_from, photographs, run, loaders)
        return
    words = [*preset_words(system, preset), *(set_ or [])]
    words += [f"seed={seed}", f"threads={torch.get_num_threads()}"]
    words += [f"epochs={epochs}"] if epochs else []
    words += [f"weights={weights}"] if weights else []
    try:
        recipe = with_changes(RECIPES[system], words)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--set") from None
    lesson = lesson_of(system, recipe, preset, run)
    _train_system(lesson, learning_rate or [lesson.recipe.learning_rate], run)


def _model(wider: float | None, trunk: str | None) -> ModelConfig | None:
    """Return how the network differs from what ships; None: as the preset or the checkpoint says."""
    if wider is None and trunk is None:
        return None
    return replace(ModelConfig().wider(wider or 1.0), trunk=trunk or "")


def _train_system(lesson: Lesson, rates: Sequence[float], run: Run) -> None:
    with progress_bar() as progress:
        task = progress.add_task(f"training {lesson.name}, epochs", total=None, note="")

        def show(measured: dict[str, float]) -> None:
            note = f"loss {measured['loss']:.4f} validation {100 * measured['validation']:.2f}"
            progress.update(task, completed=measured["epoch"], note=note)

        path = train_rates(lesson, rates, replace(run, progress=show))
    console.print(f"best on validation: {path}")


def _refuse_overwriting(out: Path) -> None:
    found = [path for path in (out / LAST, out / BEST, *out.glob(f"rate-*/{LAST}")) if path.exists()]
    if found:
        console.print(f"[red]{found[0]} exists already: give --resume to continue, or another --out")
        raise typer.Exit(2)
