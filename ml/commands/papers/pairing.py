"""`barwatch evaluate-pairing`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
import typer

from ml.commands.common import (
    BenchmarkOption,
    JsonOption,
    OutOption,
    WorkersOption,
    deliver,
    progress_bar,
    provenance,
    render_missing,
)
from ml.data.benchmark import parts
from ml.data.mnist import FOLDER
from ml.papers.pairing.judging import TEST_SEED, judge
from ml.papers.pairing.named import RECIPES, SMOKE, SetName, set_of
from ml.papers.pairing.sets import SPLITS
from ml.papers.pairing.training import PairingRecipe, Trained, Transformer, train
from ml.papers.pairing.untaught import Naive, untaught
from ml.plots.cutouts import write
from ml.plots.pairing import pairs_sheet
from ml.report.papers.pairing import pairing_section

MnistOption = Annotated[Path, typer.Option(help="Where `barwatch render mnist` put the digits.")]


def evaluate_pairing(
    name: Annotated[SetName, typer.Argument(help="Which pictures; digits are scikit-learn's.")] = "digits",
    transformer: Annotated[
        int, typer.Option(help="Its parameters: 2 as in the paper, 3, 6, or 0 for none.")
    ] = 2,
    whole: Annotated[
        bool, typer.Option(help="Without a transformer: pictures as they are, not of the crop's size.")
    ] = False,
    naive: Annotated[
        Naive | None, typer.Option(help="Judge thumbnails, or the network's first weights: no training.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the weights, the pictures and their order.")] = 0,
    preset: Annotated[Literal["smoke", "paper"], typer.Option(help="How long.")] = "paper",
    intervals: Annotated[int | None, typer.Option(min=1, help="At most, instead of the preset's.")] = None,
    run: Annotated[
        Path | None, typer.Option(help="Checkpoints and log; a training that was interrupted goes on.")
    ] = None,
    without: Annotated[
        Path | None, typer.Option(help="Of the network without a transformer, whose failures are drawn.")
    ] = None,
    pictures: Annotated[Path | None, typer.Option(help="Draw pairs and crops here; a PNG.")] = None,
    mnist: MnistOption = FOLDER,
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a network on pairs of pictures, with or without the spatial transformer: paper 001."""
    torch.set_num_threads(1)  # sums come out the same only with as many
    kind = _kind(transformer)
    recipe = replace(SMOKE if preset == "smoke" else RECIPES[name], name=name, transformer=kind, seed=seed)
    if naive == "thumbnails" and (kind or pictures):
        raise typer.BadParameter("thumbnails have no transformer: --transformer 0", param_hint="--naive")
    if whole and kind:
        raise typer.BadParameter("needs --transformer 0", param_hint="--whole")
    recipe = replace(recipe, reduced=not whole, intervals=intervals or recipe.intervals)
    folder = run or Path("runs/pairing") / f"{name}-{'whole' if whole else transformer}-seed{seed}"
    try:
        if name == "carriers":
            render_missing(benchmark, parts(SPLITS), workers)
        data = set_of(name, mnist, benchmark)
        trained = untaught(naive, recipe, data) if naive else _train(recipe, data, folder)
        beside = train(replace(recipe, transformer=0), data, without) if without else None
    except FileNotFoundError as error:
        raise typer.BadParameter(str(error), param_hint="SET") from None
    except ValueError as error:
        raise typer.BadParameter(f"{error}: give another folder", param_hint="--run") from None
    if pictures:
        write(pairs_sheet(trained, beside, data), pictures)
    result: dict[str, Any] = {**provenance(TEST_SEED), **judge(trained, data, naive or "")}
    deliver(result, pairing_section({"": result}), out, as_json)


def _train(recipe: PairingRecipe, data: Any, folder: Path) -> Trained:
    with progress_bar() as progress:
        task = progress.add_task(f"{recipe.name}, {recipe.transformer} parameters", total=None, note="")

        def show(measured: dict[str, float]) -> None:
            note = f"seed {recipe.seed} validation {100 * measured['validation']:.2f}"
            progress.update(task, completed=measured["epoch"], note=note)

        return train(recipe, data, folder, show)


def _kind(transformer: int) -> Transformer:
    match transformer:
        case 0 | 2 | 3 | 6:
            return transformer
    raise typer.BadParameter(f"0, 2, 3 or 6, not {transformer}", param_hint="--transformer")
