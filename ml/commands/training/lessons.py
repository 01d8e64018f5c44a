"""Which pictures a system of the papers trains on, by preset."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import typer

from ml.commands.common import read_parts
from ml.commands.retrieval import read_half
from ml.data.benchmark import parts
from ml.data.counts import Split
from ml.data.pictures import PictureSet, select_evenly
from ml.systems.named import SMOKE_SIDE, on_large_set
from ml.systems.recipe import MetricRecipe, Recipe
from ml.train.run import Run
from ml.train.systems import Lesson

PapersPreset = Literal["smoke", "small", "large", "paper", "paper-large"]
"""Table 1's pictures, Table 3's, the paper's own choice of the two, or a few of two lifts."""


def lesson_of(name: str, recipe: Recipe, preset: str, run: Run) -> Lesson:
    """Return a recipe with its pictures, rendered if need be; of a smoke run so that it takes a minute.

    Args:
        preset: a `PapersPreset`; any other is as `small`. What finds carriers again learns from those.
    """
    smoke = preset == "smoke"
    recipe = smoke_recipe(name, recipe) if smoke else recipe
    if isinstance(recipe, MetricRecipe):
        if recipe.frozen and not recipe.weights:
            raise typer.BadParameter("its first ten layers would stay random: --weights, or frozen=false")
        return Lesson(name, recipe, *(read_half(half, run, smoke) for half in ("train", "validation")))
    blurred = recipe.faces == "blurred"
    if not smoke:
        training = parts(["large" if on_large_set(name, preset) else "train"])
        validation = parts(["validation"])
        return Lesson(
            name,
            recipe,
            read_parts(run.benchmark, training, run.workers, blurred),
            read_parts(run.benchmark, validation, run.workers, blurred),
        )
    few = (_few(run, split, count, blurred) for split, count in SMOKE_PICTURES.items())
    return Lesson(name, recipe, *few)


SMOKE_PICTURES: dict[Split, int] = {"train": 32, "validation": 16}
"""Of two lifts, that a smoke run learns from and is validated on, of what judges bars."""


def smoke_recipe(name: str, recipe: Recipe) -> Recipe:
    """Return a recipe in short: two epochs, small batches, small pictures of large networks, few triplets."""
    short = replace(recipe, epochs=min(recipe.epochs, 2), batch=8, side=SMOKE_SIDE.get(name, recipe.side))
    return replace(short, width=0, epoch_pictures=8) if isinstance(short, MetricRecipe) else short


def _few(run: Run, split: Split, count: int, blurred: bool) -> PictureSet:
    """Return a few pictures of two lifts."""
    return select_evenly(read_parts(run.benchmark, parts([split])[:2], run.workers, blurred), count)
