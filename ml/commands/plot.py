"""`barwatch plot`: pictures of what the papers' networks have learnt."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from ml.commands.common import RESULTS, BenchmarkOption
from ml.data.benchmark import parts
from ml.data.pictures import evenly, read
from ml.machine.memory import keep_freed_memory
from ml.plots.attention import attention_sheet
from ml.plots.cutouts import carriers_sheet, write
from ml.plots.embedding import draw, lifts_of, masks_of, read_masks
from ml.train.systems import load

app = typer.Typer(
    help="Pictures of what the papers' networks have learnt.", no_args_is_help=True, add_completion=False
)


@app.command()
def embedding(
    checkpoint: Annotated[Path, typer.Option(help="A trained siamese network.")] = Path(
        "runs/siamese/best.pt"
    ),
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    lift: Annotated[
        list[str] | None, typer.Option(help="Whose test pictures are shown, each in a panel; S1 and S15.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The PNG.")] = RESULTS / "embedding.png",
) -> None:
    """Draw pictures and masks in their two dimensions, as figures 4 and 5 of paper 000."""

    keep_freed_memory()
    every = parts(["test"])
    wanted = [part for part in every if part.counts.lift in (lift or ["S1", "S15"])]
    if not wanted:
        raise typer.BadParameter(f"no such lift among S1 to S20: {', '.join(lift or [])}")
    there = [part for part in every if part.path(benchmark).exists()]
    system = load(checkpoint, torch.device("cpu"))[1]
    try:
        lifts = lifts_of(system, read(benchmark, wanted))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--checkpoint") from None
    masks = masks_of(system, read_masks(benchmark, there))
    typer.echo(str(draw(lifts, [part.counts.lift for part in there], masks, out)))


@app.command()
def cutouts(
    checkpoint: Annotated[Path, typer.Option(help="A trained GetNet.")] = Path("runs/getnet/best.pt"),
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    only: Annotated[list[str] | None, typer.Option(help="Only these lifts, e.g. S7.")] = None,
    pictures: Annotated[int, typer.Option(min=1, help="How many, evenly from all.")] = 24,
    out: Annotated[Path, typer.Option(help="The PNG.")] = RESULTS / "getnet-carriers.png",
) -> None:
    """Draw what GetNet cuts out of displaced carriers, as figure 7 of paper 001.

    Of the validation pictures: the test ones of all lifts take much memory.
    """

    wanted = [part for part in parts(["validation"]) if not only or part.counts.lift in only]
    if not wanted:
        raise typer.BadParameter(f"no such lift among S1 to S20: {', '.join(only or [])}")
    system = load(checkpoint, torch.device("cpu"))[1]
    try:
        image = carriers_sheet(system, evenly(read(benchmark, wanted), pictures))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--checkpoint") from None
    typer.echo(str(write(image, out)))


@app.command()
def attention(
    checkpoint: Annotated[Path, typer.Option(help="A trained ABIR.")] = Path("runs/abir/best.pt"),
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    only: Annotated[list[str] | None, typer.Option(help="Only these lifts, e.g. S7.")] = None,
    pictures: Annotated[int, typer.Option(min=1, help="How many, evenly from all.")] = 6,
    out: Annotated[Path, typer.Option(help="The PNG.")] = Path("docs/attention.png"),
) -> None:
    """Draw where ABIR looks, on the surroundings and on the object's parts (paper 003, section 3.3).

    Of the validation pictures: the test ones of all lifts take much memory.
    """

    wanted = [part for part in parts(["validation"]) if not only or part.counts.lift in only]
    if not wanted:
        raise typer.BadParameter(f"no such lift among S1 to S20: {', '.join(only or [])}")
    system = load(checkpoint, torch.device("cpu"))[1]
    try:
        image = attention_sheet(system, evenly(read(benchmark, wanted), pictures).images)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--checkpoint") from None
    typer.echo(str(write(image, out)))
