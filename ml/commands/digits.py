"""`barwatch evaluate-digits`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import torch
import typer

from ml.commands.common import EvaluatedPreset, JsonOption, OutOption, deliver, progress_bar, provenance
from ml.papers.digits.judging import TEST_SEED, Asked, figures, judge
from ml.papers.digits.training import SMOKE, TRANSFORMERS, DigitsRecipe, train_all
from ml.plots.cutouts import digits_sheet, write
from ml.report.digits import digits_section


def evaluate_digits(
    preset: Annotated[EvaluatedPreset, typer.Option(help="How many digits and how long.")] = "small",
    seeds: Annotated[int | None, typer.Option(min=1, help="Networks of each kind; 3, smoke 1.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="At most, instead of the preset's.")] = None,
    run: Annotated[
        Path | None, typer.Option(help="Networks and logs; those that are finished are not trained again.")
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option(help="Draw the crops of the first seed's networks here; a PNG.")
    ] = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train on pairs of distorted digits, with and without the spatial transformer: paper 001."""
    torch.set_num_threads(1)  # sums come out the same only with as many, and these networks gain nothing
    smoke = preset == "smoke"
    recipe = SMOKE if smoke else DigitsRecipe()
    recipe = replace(recipe, epochs=epochs or recipe.epochs)
    numbers = range(seeds or (1 if smoke else 3))
    asked = Asked.of(1) if smoke else Asked.of()
    judged = []
    with progress_bar() as progress:
        task = progress.add_task("training", total=len(numbers) * len(TRANSFORMERS), note="")

        def show(one: DigitsRecipe, measured: dict[str, float]) -> None:
            epoch, validation = measured["epoch"], 100 * measured["validation"]
            shown = f"transformer {one.transformer} seed {one.seed} epoch {epoch}"
            progress.update(task, note=f"{shown} validation {validation:.2f}")

        folder = run or Path("runs/digits-smoke" if smoke else "runs/digits")
        try:
            for trained in train_all(recipe, TRANSFORMERS, numbers, folder, show):
                judged.append(judge(trained, asked))
                progress.advance(task)
        except ValueError as error:
            raise typer.BadParameter(f"{error}: give another folder", param_hint="--run") from None
    if pictures:
        cutting = [one.trained for one in judged if one.trained.recipe.transformer]
        write(digits_sheet([one for one in cutting if one.recipe.seed == 0], asked.digits), pictures)
    result = {**provenance(TEST_SEED), **figures(judged, asked)}
    deliver(result, digits_section(result), out, as_json)
