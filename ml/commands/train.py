"""`barwatch train`."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ml.commands.common import (
    BenchmarkOption,
    CacheOption,
    DeviceOption,
    SystemName,
    WorkersOption,
    chosen_device,
    console,
    prepared,
    progress_bar,
    rendered_parts,
)

if TYPE_CHECKING:
    from ml.data.pictures import PictureSet
    from ml.systems.recipe import Recipe


class Preset(StrEnum):
    """How much of everything."""

    SMOKE = "smoke"
    SMALL = "small"
    LARGE = "large"


def train(
    system: Annotated[SystemName, typer.Argument(help="Which network.")],
    preset: Annotated[Preset, typer.Option(help="How much data and how long.")] = Preset.SMALL,
    out: Annotated[Path | None, typer.Option(help="Checkpoints and log; runs/SYSTEM.")] = None,
    cache: CacheOption = Path("runs/rendered"),
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    resume: Annotated[
        bool, typer.Option(help="Go on from the last checkpoint in --out, if there is one.")
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
        typer.Option(help="Another barwatch checkpoint: its weights where name and shape agree."),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Of the CPU; sums come out the same only with as many. All cores."),
    ] = None,
    workers: WorkersOption = 2,
    device: DeviceOption = "auto",
) -> None:
    """Train a network.

    barwatch trains on lifts that are rendered first, where they are not there yet; the papers' systems on
    the benchmark's training pictures (--preset small: Table 1, large: Table 3, smoke: a few of two lifts,
    rendered if need be), validated on its validation pictures.
    """
    import torch  # noqa: PLC0415 - seconds that only this command needs

    torch.set_num_threads(threads or torch.get_num_threads())
    out = out or Path("runs") / system.value
    if system is SystemName.BARWATCH:
        if learning_rate and len(learning_rate) > 1:
            raise typer.BadParameter("barwatch takes one", param_hint="--learning-rate")
        changes = {"steps": steps, "lifts": lifts, "learning_rate": learning_rate and learning_rate[0]}
        given = {name: value for name, value in changes.items() if value is not None}
        _train_barwatch(preset, out, cache, resume, seed, given, start_from, workers, device)
    else:
        from ml.systems.named import RECIPES, changed  # noqa: PLC0415

        words = [*(set_ or []), f"seed={seed}", f"threads={torch.get_num_threads()}"]
        words += [f"epochs={epochs}"] if epochs else []
        words += [f"weights={weights}"] if weights else []
        try:
            recipe = changed(RECIPES[system.value], words)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="--set") from None
        _train_system(system.value, recipe, preset, out, benchmark, resume, learning_rate, workers, device)


def _train_barwatch(
    preset: Preset,
    out: Path,
    cache: Path,
    resume: bool,
    seed: int,
    given: dict[str, Any],
    start_from: Path | None,
    workers: int,
    device: str,
) -> None:
    import torch  # noqa: PLC0415

    from ml.train.config import PRESETS  # noqa: PLC0415
    from ml.train.loop import Trainer  # noqa: PLC0415
    from ml.train.loop import train as run  # noqa: PLC0415

    checkpoint = out / "checkpoint.pt"
    _refuse_overwriting(checkpoint, resume)
    place = torch.device(chosen_device(device))
    fresh = replace(PRESETS[preset.value], seed=seed)
    resumed = checkpoint.exists()
    trainer = Trainer.load(checkpoint, place) if resumed else Trainer(fresh, place)
    # A run may be made longer, or go on with other lifts.
    config = trainer.config = replace(trainer.config, **given)
    if start_from and not resumed:
        other = torch.load(start_from, map_location=place, weights_only=True)
        taken = trainer.start_from(other["average"])
        source = f"{start_from}, {other['step']} steps, {len(taken)} of its {len(other['average'])} tensors"
        config = trainer.config = replace(config, started_from=source)
    seeds = range(config.first_seed, config.first_seed + config.lifts)
    files = prepared(cache, seeds, config.passages, workers, "training lifts")
    with progress_bar() as progress:
        task = progress.add_task("training barwatch", total=config.steps, completed=trainer.step, note="")

        def show(step: int, _: int, means: dict[str, float]) -> None:
            note = f"loss {means['margin']:.3f} accuracy {100 * means['accuracy']:.1f}"
            progress.update(task, completed=step, note=note)

        path = run(trainer, files, out, show)
    console.print(f"checkpoint: {path}")


def _train_system(
    name: str,
    recipe: Recipe,
    preset: Preset,
    out: Path,
    benchmark: Path,
    resume: bool,
    learning_rate: list[float] | None,
    workers: int,
    device: str,
) -> None:
    import torch  # noqa: PLC0415

    from ml.data.benchmark import parts  # noqa: PLC0415
    from ml.data.pictures import read  # noqa: PLC0415
    from ml.train.trainer import train_rates  # noqa: PLC0415

    _refuse_overwriting(next(out.glob("rate-*/last.pt"), out / "best.pt"), resume)
    if preset is Preset.SMOKE:
        recipe, training, validation = _smoke(name, recipe, benchmark, workers)
    else:
        training = read(benchmark, parts(["large" if preset is Preset.LARGE else "train"]))
        validation = read(benchmark, parts(["validation"]))
    with progress_bar() as progress:
        task = progress.add_task(f"training {name}, epochs", total=None, note="")

        def show(epoch: int, said: dict[str, float]) -> None:
            note = f"loss {said['loss']:.4f} validation {100 * said['validation']:.2f}"
            progress.update(task, completed=epoch, note=note)

        place = torch.device(chosen_device(device))
        rates = learning_rate or [recipe.learning_rate]
        path = train_rates(name, recipe, rates, training, validation, out, show, place)
    console.print(f"best on validation: {path}")


def _smoke(name: str, recipe: Recipe, benchmark: Path, workers: int) -> tuple[Recipe, PictureSet, PictureSet]:
    """Return a recipe and pictures with which all is over in a minute, rendering included."""
    from ml.data.benchmark import parts  # noqa: PLC0415
    from ml.data.pictures import some  # noqa: PLC0415
    from ml.systems.named import SMOKE_SIDE  # noqa: PLC0415

    first, second = parts(["train"])[:2], parts(["validation"])[:2]
    training = some(rendered_parts(benchmark, first, workers), 32)
    validation = some(rendered_parts(benchmark, second, workers), 16)
    short = replace(recipe, epochs=min(recipe.epochs, 2), batch=8, side=SMOKE_SIDE.get(name, recipe.side))
    return short, training, validation


def _refuse_overwriting(checkpoint: Path, resume: bool) -> None:
    if checkpoint.exists() and not resume:
        console.print(f"[red]{checkpoint} is there already: give --resume to go on, or another --out")
        raise typer.Exit(2)
