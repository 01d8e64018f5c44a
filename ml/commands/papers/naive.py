"""`barwatch evaluate-naive`: what needs no learning, on everything that the papers' systems are judged on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from ml.commands.common import (
    LOCO_FIRST_SEED,
    LOCO_LIFTS,
    BenchmarkOption,
    CacheOption,
    EvaluatedPreset,
    JsonOption,
    OutOption,
    UnseenLifts,
    WorkersOption,
    console,
    deliver,
    keep,
    provenance,
)
from ml.commands.systems import read_sets
from ml.data.benchmark import FIRST_SEED
from ml.data.pictures import PictureSet
from ml.evaluate.baselines import BASELINES, Score
from ml.evaluate.benchmark import baseline_scores
from ml.machine.memory import keep_freed_memory
from ml.papers.adapting import Adaptation
from ml.papers.comparison.judging import Sets, accuracy_figures, judge_system
from ml.report.papers.naive import naive_section
from ml.report.table import Result
from ml.systems.naive import MaskThumbnail, NearestThumbnail, majority
from ml.systems.named import RECIPES, SMOKE_SIDE, system_of
from ml.systems.recipe import MetricRecipe, Recipe
from ml.train.run import Run

UNTRAINED_SEEDS = 3
"""Of each untrained network that is quick: weights differ much in what they happen to tell apart."""


def evaluate_naive(
    preset: Annotated[EvaluatedPreset, typer.Option(help="smoke: a few pictures of two lifts.")] = "small",
    every: Annotated[int, typer.Option(min=1, help="Judge every n-th test picture of S1 to S20.")] = 1,
    passages: Annotated[int, typer.Option(min=2, help="Of each harder unseen lift.")] = 67,
    threads: Annotated[int | None, typer.Option(min=1, help="Of the CPU; all cores.")] = None,
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge what needs no learning as the papers' systems are judged.

    Majorities, thumbnails, edges below the masks, and networks with their first weights. Goes on with the row
    at which it was interrupted.
    """
    torch.set_num_threads(threads or torch.get_num_threads())
    keep_freed_memory()
    smoke = preset == "smoke"
    unseen = UnseenLifts(LOCO_FIRST_SEED, 2 if smoke else LOCO_LIFTS, 8 if smoke else passages)
    sets = read_sets(unseen, every, smoke, Run(benchmark=benchmark, cache=cache, workers=workers))
    result = {**provenance(FIRST_SEED), "every": every, "smoke": smoke, "complete": False, "rows": {}}
    rows = result["rows"] = _rows_before(result, out)
    for name, judge in judges(smoke):
        if name not in rows:
            rows[name] = judge(sets)
            console.print(f"{name}: {rows[name]['seen']['accuracy']:.4f}")
            keep(result, out)
    result["complete"] = True
    deliver(result, naive_section(result), out, as_json)


def _rows_before(result: Result, out: Path | None) -> dict[str, Any]:
    """Return the rows that an interrupted run of the same command and commit has left."""
    before: Result = json.loads(out.read_text(encoding="utf-8")) if out and out.exists() else {}
    same = all(before.get(key) == value for key, value in result.items() if key != "rows")
    return dict(before["rows"]) if same else {}


def judges(smoke: bool) -> Iterator[tuple[str, Callable[[Sets], dict[str, Any]]]]:
    """Yield each naive answer's name and what judges it; of each untrained network one in a smoke run."""
    yield "majority", _majority
    yield "thumbnails, nearest known picture", partial(_system, NearestThumbnail(Recipe()))
    yield "thumbnails, nearest mask", partial(_system, MaskThumbnail(Recipe()))
    for name, score in BASELINES.items():
        yield name, partial(_edges, score)
    bars = {name: recipe for name, recipe in RECIPES.items() if not isinstance(recipe, MetricRecipe)}
    for name, recipe in bars.items():
        for seed in range(1 if smoke or name in SMOKE_SIDE else UNTRAINED_SEEDS):
            side = SMOKE_SIDE.get(name, recipe.side)
            untrained = replace(recipe, seed=seed, side=side, precision="float32")
            yield f"untrained {name}, seed {seed}", partial(_untrained, untrained)


def _untrained(recipe: Recipe, sets: Sets) -> dict[str, Any]:
    return _system(system_of(recipe), sets) | {"side": recipe.side}


def _system(system: Any, sets: Sets) -> dict[str, Any]:
    return judge_system(system, sets, Adaptation())


def _majority(sets: Sets) -> dict[str, Any]:
    def judged(data: PictureSet | None, by_lift: bool = False) -> dict[str, Any] | None:
        if data is None:
            return None
        return accuracy_figures(majority(data, sets.known, by_lift), data)

    return {"seen": judged(sets.test, True), "alike": judged(sets.alike), "unseen": judged(sets.unseen)}


def _edges(score: Score, sets: Sets) -> dict[str, Any]:
    def judged(data: PictureSet | None) -> dict[str, Any] | None:
        if data is None:
            return None
        scores = baseline_scores(score, data.images.numpy(), data.lift.numpy(), data.masks.numpy())
        return accuracy_figures(torch.from_numpy(scores), data)

    return {"seen": judged(sets.test), "alike": judged(sets.alike), "unseen": judged(sets.unseen)}
