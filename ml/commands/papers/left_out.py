"""`barwatch evaluate-left-out`: every lift of S1 to S20 judged by a system that was trained on the others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import torch
import typer

from ml.commands.common import (
    BenchmarkOption,
    DeviceOption,
    JsonOption,
    OnlyOption,
    OutOption,
    WorkersOption,
    console,
    deliver,
    device_name,
    keep,
    parts_of,
    provenance,
    read_parts,
)
from ml.data.benchmark import FIRST_SEED, parts
from ml.data.counts import Split
from ml.data.pictures import PictureSet
from ml.papers.comparison.judging import accuracy_figures
from ml.papers.leaving_out import Fold, judge_without
from ml.report.papers.tables import left_out_table
from ml.report.table import Result
from ml.systems.named import RECIPES, as_values, preset_words, with_changes
from ml.train.run import Run

MaskSystem = Literal["siamese", "getnet"]
"""Systems that judge by masks: no other can say anything of a lift that it was not trained on."""


def evaluate_left_out(
    system: Annotated[MaskSystem, typer.Argument(help="A system that judges by masks.")],
    preset: Annotated[Literal["small", "paper"], typer.Option(help="Our recipe, or its paper's.")] = "small",
    seed: Annotated[int, typer.Option(help="Seed of the weights and of the batches.")] = 0,
    epochs: Annotated[int | None, typer.Option(min=1, help="At most.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="Change the recipe, as `train` does.")
    ] = None,
    only: OnlyOption = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Of the CPU; all cores.")] = None,
    folder: Annotated[Path | None, typer.Option(help="Checkpoints; runs/left-out-SYSTEM.")] = None,
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    workers: WorkersOption = 2,
    device: DeviceOption = "auto",
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a system on nineteen of S1 to S20 and judge it on the twentieth, twenty times.

    Its test pictures are judged. Early stopping sees the validation pictures of the nineteen alone. The same
    command goes on where it was interrupted, within an epoch too; --out has the figures of the lifts that are
    done.
    """
    torch.set_num_threads(threads or torch.get_num_threads())
    words = [
        *preset_words(system, preset),
        *(set_ or []),
        f"seed={seed}",
        f"threads={torch.get_num_threads()}",
    ]
    words += [f"epochs={epochs}"] if epochs else []
    try:
        recipe = with_changes(RECIPES[system], words)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--set") from None
    run = Run(device=torch.device(device_name(device)), benchmark=benchmark, workers=workers)
    result: Result = {"system": system, **provenance(FIRST_SEED), "recipe": as_values(system, recipe)}
    result |= {"every": 1, "smoke": False, "complete": False, "folds": {}}
    found: list[torch.Tensor] = []
    judged = [part.counts.lift for part in parts_of(["test"], only)]
    for number, lift in enumerate(judged, 1):
        fold = Fold(
            _read(run, "train", but=lift), _read(run, "validation", but=lift), _read(run, "test", [lift])
        )
        where = (folder or Path("runs") / f"left-out-{system}") / lift
        scores, result["folds"][lift] = judge_without(system, recipe, fold, replace(run, out=where))
        found.append(scores)
        result["left_out"] = accuracy_figures(torch.cat(found), _read(run, "test", judged[:number]))
        console.print(f"{lift}: {result['left_out']['by_lift'][lift]['accuracy']:.4f}")
        keep(result, out)
    deliver(result | {"complete": True}, str(left_out_table({system: result}, {})), out, as_json)


def _read(run: Run, split: Split, only: list[str] | None = None, but: str = "") -> PictureSet:
    wanted = [p for p in parts([split]) if p.counts.lift != but and (not only or p.counts.lift in only)]
    return read_parts(run.benchmark, wanted, run.workers)
