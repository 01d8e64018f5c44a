"""`barwatch evaluate SYSTEM` of the papers' systems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import typer

from ml.commands.common import (
    chosen_device,
    deliver,
    prepared,
    provenance,
    rendered_parts,
)
from ml.data.benchmark import FIRST_SEED, parts
from ml.data.pictures import chosen, of_lifts, some
from ml.evaluate.systems import training_of
from ml.machine.memory import keep_freed_memory
from ml.papers.adapting import Adaptation
from ml.papers.comparison.judging import Sets, judged
from ml.report.systems import remarks, runs_section
from ml.train.systems import load

SMOKE_PICTURES = 60


def judge_system(
    name: str,
    checkpoint: Path | None,
    smoke: bool,
    benchmark: Path,
    unseen: tuple[int, int, int],
    cache: Path,
    every: int,
    how: Adaptation,
    device: str,
    workers: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Judge a trained system: S1 to S20, lifts that no training saw, whose lift it is.

    unseen: first seed, lifts, passages of each. every: each so manieth test picture.
    """

    where = checkpoint or Path("runs") / name / "best.pt"
    if not where.exists():
        raise typer.BadParameter(f"{where} is missing: barwatch train {name}", param_hint="--checkpoint")
    keep_freed_memory()
    trained_as, system, state = load(where, torch.device(chosen_device(device)))
    if trained_as != name:
        raise typer.BadParameter(f"{where} is a trained {trained_as}", param_hint="--checkpoint")
    known, asked = parts(["train"]), parts(["validation" if smoke else "test"])
    if smoke:
        known, asked = known[:2], asked[:2]
    test = rendered_parts(benchmark, asked, workers)
    if smoke:
        test = some(test, SMOKE_PICTURES)
    first, lifts, passages = unseen
    files = prepared(cache, range(first, first + lifts), passages, workers, "unseen lifts")
    sets = Sets(
        test=chosen(test, torch.arange(0, len(test), every)) if every > 1 else test,
        known=rendered_parts(benchmark, known, workers),
        unseen=of_lifts(files),
    )
    if system.by_gallery and how != Adaptation():
        raise typer.BadParameter(f"{name} judges by known pictures: it cannot adapt to a lift without any")
    torch.set_num_threads(system.recipe.threads or torch.get_num_threads())
    result: dict[str, Any] = {
        "system": name,
        **provenance(FIRST_SEED),
        "unseen_first_seed": first,
        "smoke": smoke,
        "every": every,
        **training_of(name, system, state),
        **judged(system, sets, how),
    }
    result["about"] = remarks(result)
    deliver(result, runs_section({where.parent.name: result}, {}), out, as_json)


def adaptation(pseudo: bool, reviews: int, trains: bool) -> Adaptation:
    """Return what the options ask for."""

    return Adaptation(pseudo=pseudo, reviews=reviews, trains=trains)
