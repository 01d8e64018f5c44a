"""The shipped network's part of `barwatch train`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
import typer
from torch import Tensor

from ml.artefact.calibration import read_manifest
from ml.artefact.torchscript import read_weights
from ml.commands.common import console, prepare_lifts, progress_bar, require_photographs
from ml.data.arriving import ArrivingLifts, mixed
from ml.data.rendered import PlainLifts
from ml.data.textured import TEXTURED_SEEDS, TexturedLifts
from ml.models.barwatch import ModelConfig
from ml.models.efficientnet import weights_file
from ml.models.widening import fits_into, widened
from ml.train.barwatch import BarwatchLearner, TrainingFiles, network_of
from ml.train.config import TrainConfig
from ml.train.loop import LAST
from ml.train.loop import read as read_checkpoint
from ml.train.loop import train as train_learner
from ml.train.run import Run


def train_barwatch(
    config: TrainConfig,
    given: dict[str, Any],
    start_from: Path | None,
    photographs: Path,
    run: Run,
    loaders: int = 1,
) -> None:
    """Train the shipped network; a run that goes on keeps its configuration but for what is given."""
    last = run.out / LAST
    resumed = last.exists()
    if resumed:
        config = TrainConfig.from_dict(read_checkpoint(last, run.device)["config"])
    config = replace(config, **given)
    if config.teacher and not Path(config.teacher).exists():
        raise typer.BadParameter(f"{config.teacher} is not there", param_hint="--teacher")
    if config.model.trunk and not resumed:
        _require_weights()
    start = None if resumed or start_from is None else _read_start(start_from, run.device)
    if (config.first_round + config.rounds) * config.textured > len(TEXTURED_SEEDS):
        raise typer.BadParameter(f"at most {len(TEXTURED_SEEDS)} in all rounds", param_hint="--textured")
    behind = photographs if config.textured and photographs.exists() else None
    if config.textured:
        config = replace(config, photographs=require_photographs(behind, "train") if behind else ())
    with ExitStack() as stack:
        if config.arriving:
            arriving = stack.enter_context(_arriving(config, behind, run))
            with console.status("waiting for the first lifts"):
                arriving.wait_for(config.batch_lifts)
            stack.callback(_tell, arriving)
            taught: TrainingFiles = arriving.folder
        else:
            taught = _prepared(config, behind, run)
        teacher = network_of(read_checkpoint(Path(config.teacher), run.device)) if config.teacher else None
        learner = BarwatchLearner(config, run.device, taught, loaders, teacher)
        if not resumed:
            learner.start_from_imagenet()
        _learn(learner, start, run)


@dataclass(frozen=True, eq=False)
class _Start:
    """What a training starts from: a trained network's weights, its configuration, and whose they are."""

    weights: dict[str, Tensor]
    model: ModelConfig
    source: str


def _read_start(path: Path, device: torch.device) -> _Start:
    """Read a checkpoint, or an artefact, whose manifest says of which network it is."""
    try:
        if path.suffix != ".ts":
            saved = read_checkpoint(path, device)
            model = TrainConfig.from_dict(saved["config"]).model
            return _Start(saved["average"], model, f"{path}, {saved['step']} steps,")
        model = TrainConfig.from_dict(read_manifest(path)["training"]).model
        return _Start(read_weights(path, model), model, f"{path},")
    except (OSError, ValueError, LookupError, RuntimeError) as error:
        raise typer.BadParameter(f"{path}: {error}", param_hint="--start-from") from None


def _learn(learner: BarwatchLearner, start: _Start | None, run: Run) -> None:
    config = learner.config
    if start:
        taken = learner.start_from(_fitting(start, learner))
        source = f"{start.source} {len(taken)} of its {len(start.weights)} tensors"
        learner.config = replace(config, started_from=source)
    with progress_bar() as progress:
        task = progress.add_task("training barwatch", total=None if config.minutes else config.steps, note="")

        def show(measured: dict[str, float]) -> None:
            note = f"loss {measured['margin']:.3f} accuracy {100 * measured['accuracy']:.1f}"
            progress.update(task, completed=measured["step"], note=note)

        path = train_learner(learner, replace(run, progress=show))
    console.print(f"checkpoint: {path}")


def _fitting(start: _Start, learner: BarwatchLearner) -> dict[str, Tensor]:
    """Return the weights that a training starts with, widened if the learner's network is wider."""
    narrow, wide = start.model, learner.config.model
    same = narrow.widths == wide.widths and narrow.matcher_width == wide.matcher_width
    if same or not fits_into(narrow, wide):
        return start.weights
    return widened(start.weights, narrow, learner.network)


def _require_weights() -> None:
    try:
        weights_file()
    except FileNotFoundError as error:
        raise typer.BadParameter(str(error), param_hint="--trunk") from None


def _prepared(config: TrainConfig, photographs: Path | None, run: Run) -> TrainingFiles:
    """Render the plain lifts; return them, or what gives those of each round."""
    seeds = range(config.first_seed, config.first_seed + config.lifts)
    files = prepare_lifts(run.cache, seeds, config.passages, run.workers, "training lifts")
    return partial(_round_of, config, files, photographs, run) if config.textured else files


def _arriving(config: TrainConfig, photographs: Path | None, run: Run) -> ArrivingLifts:
    """Return what renders the plain and the textured lifts side by side, into a folder of their own."""
    recipes = PlainLifts(config.passages), _textured(config, photographs)
    seeds = (
        range(config.first_seed, config.first_seed + config.lifts),
        TEXTURED_SEEDS[: config.textured],
    )
    jobs = [(recipes[which], seed) for which, seed in mixed(*seeds)]
    return ArrivingLifts(run.cache / "arriving", jobs, run.workers)


def _tell(arriving: ArrivingLifts) -> None:
    console.print(f"{arriving.rendered} lifts rendered meanwhile")
    if arriving.failures:
        console.print(f"[yellow]{len(arriving.failures)} could not be rendered: {arriving.failures[0]}")


def _textured(config: TrainConfig, photographs: Path | None) -> TexturedLifts:
    return TexturedLifts(max(2, config.passages // 2), config.takes, photographs)


def _round_of(
    config: TrainConfig, plain: Sequence[Path], photographs: Path | None, run: Run, number: int
) -> list[Path]:
    """Return the files of a round: the plain lifts, and the round's own textured ones; those of others go."""
    recipe = _textured(config, photographs)
    begin = config.first_round * config.textured
    first = begin + number * config.textured
    seeds = TEXTURED_SEEDS[first : first + config.textured]
    for seed in {*TEXTURED_SEEDS[begin : begin + config.rounds * config.textured]} - {*seeds}:
        recipe.path(run.cache, seed).unlink(missing_ok=True)
    what = f"textured lifts, round {number + 1} of {config.rounds}"
    return [*plain, *prepare_lifts(run.cache, seeds, recipe, run.workers, what)]
