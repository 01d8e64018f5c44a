"""`barwatch evaluate SYSTEM` of the papers' systems."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import torch
import typer

from ml.commands.common import UnseenLifts, prepare_lifts, provenance, read_parts
from ml.commands.retrieval import judge_retrieval
from ml.data.benchmark import FIRST_SEED, alike_parts, parts
from ml.data.pictures import read_lifts, select, select_evenly
from ml.evaluate.systems import training_of
from ml.machine.memory import keep_freed_memory
from ml.papers.adapting import PASSAGE, Adaptation
from ml.papers.comparison.judging import Sets, judge_system
from ml.report.systems import runs_section
from ml.report.table import Result
from ml.systems.base import System
from ml.systems.metric import Metric
from ml.train.loop import BEST
from ml.train.run import Run
from ml.train.systems import load

SMOKE_PICTURES = 60


class Question(NamedTuple):
    """What is asked of a trained system.

    name: the system's. checkpoint: its best.pt, runs/NAME/best.pt where none is given. unseen: lifts that no
    training saw. how: what it learns of these first. every: step between the judged test pictures. smoke:
    a few validation pictures of two lifts instead. blurred: judge pictures with riders' faces blurred.
    """

    name: str
    checkpoint: Path | None
    unseen: UnseenLifts
    how: Adaptation
    every: int
    smoke: bool
    blurred: bool = False


def judge_trained(asked: Question, run: Run) -> tuple[Result, str]:
    """Return a trained system's figures and their tables: bars judged, or carriers found again."""
    name, where = asked.name, asked.checkpoint or Path("runs") / asked.name / BEST
    if not where.exists():
        raise typer.BadParameter(f"{where} is missing: barwatch train {name}", param_hint="--checkpoint")
    keep_freed_memory()
    trained_as, system, state = load(where, run.device)
    if trained_as != name:
        raise typer.BadParameter(f"{where} is a trained {trained_as}", param_hint="--checkpoint")
    if isinstance(system, Metric):
        if asked.how != Adaptation():
            raise typer.BadParameter(f"{name} finds carriers again: it has nothing to learn of a lift")
        return judge_retrieval(trained_as, system, state, asked.smoke, run)
    if not isinstance(system, System):
        raise TypeError(f"nothing judges {name}")
    torch.set_num_threads(system.recipe.threads or torch.get_num_threads())
    result: Result = {
        "system": name,
        **provenance(FIRST_SEED),
        "unseen_first_seed": asked.unseen.first_seed,
        "smoke": asked.smoke,
        "faces_blurred": asked.blurred,
        "every": asked.every,
        **training_of(name, system, state),
        **judge_system(
            system, read_sets(asked.unseen, asked.every, asked.smoke, run, asked.blurred), asked.how
        ),
    }
    return result, runs_section({where.parent.name: result}, {})


def read_sets(unseen: UnseenLifts, every: int, smoke: bool, run: Run, blurred: bool = False) -> Sets:
    """Read the pictures that systems are judged on, rendering what is not there yet; see `Question`.

    Raises:
        typer.BadParameter: `every` takes the same moment of each passage, throughout a lift's state.
    """
    if every % PASSAGE == 0:
        raise typer.BadParameter(f"no multiple of {PASSAGE}, a passage's pictures", param_hint="--every")
    known, judged_parts = parts(["train"]), parts(["validation" if smoke else "test"])
    if smoke:
        known, judged_parts = known[:2], judged_parts[:2]
    test = read_parts(run.benchmark, judged_parts, run.workers, blurred)
    test = select_evenly(test, SMOKE_PICTURES) if smoke else test
    files = prepare_lifts(run.cache, unseen.seeds, unseen.passages, run.workers, "unseen lifts")
    return Sets(
        test=select(test, torch.arange(0, len(test), every)) if every > 1 else test,
        known=read_parts(run.benchmark, known, run.workers, blurred),
        unseen=read_lifts(files, blurred),
        alike=None if smoke else read_parts(run.benchmark, alike_parts(), run.workers, blurred),
    )
