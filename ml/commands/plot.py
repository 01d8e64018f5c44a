"""`barwatch plot`: pictures of what the papers' networks have learnt."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import torch
import typer

from lifts.arrays import UInt8
from ml.commands.common import RESULTS, BenchmarkOption, CacheOption, OnlyOption, WorkersOption, parts_of
from ml.commands.retrieval import read_half
from ml.data.benchmark import parts
from ml.data.pictures import PictureSet, read, select_evenly
from ml.machine.memory import keep_freed_memory
from ml.plots.attention import attention_sheet
from ml.plots.capacity import draw_capacity
from ml.plots.curves import draw_curves
from ml.plots.cutouts import carriers_sheet, write
from ml.plots.embedding import draw, lifts_of, masks_of, read_masks
from ml.plots.factors import draw_factors
from ml.plots.retrievals import retrievals_sheet
from ml.report.systems import read_runs
from ml.systems.metric import Metric
from ml.train.adaptive import regularised
from ml.train.loop import read as read_checkpoint
from ml.train.run import Run
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
    there = [part for part in parts(["test"]) if part.path(benchmark).exists()]
    system = load(checkpoint, torch.device("cpu"))[1]
    try:
        lifts = lifts_of(system, read(benchmark, parts_of(["test"], lift or ["S1", "S15"])))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--checkpoint") from None
    masks = masks_of(system, read_masks(benchmark, there))
    typer.echo(str(draw(lifts, [part.counts.lift for part in there], masks, out)))


PicturesOption = Annotated[int, typer.Option(min=1, help="How many validation pictures, evenly from all.")]


@app.command()
def cutouts(
    checkpoint: Annotated[Path, typer.Option(help="A trained GetNet.")] = Path("runs/getnet/best.pt"),
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    only: OnlyOption = None,
    pictures: PicturesOption = 24,
    out: Annotated[Path, typer.Option(help="The PNG.")] = RESULTS / "getnet-carriers.png",
) -> None:
    """Draw what GetNet cuts out of displaced carriers, as figure 7 of paper 001."""
    _draw_sheet(carriers_sheet, checkpoint, benchmark, only, pictures, out)


@app.command()
def attention(
    checkpoint: Annotated[Path, typer.Option(help="A trained ABIR.")] = Path("runs/abir/best.pt"),
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    only: OnlyOption = None,
    pictures: PicturesOption = 6,
    out: Annotated[Path, typer.Option(help="The PNG.")] = RESULTS / "attention.png",
) -> None:
    """Draw where ABIR looks, on the surroundings and on the object's parts (paper 003, section 3.3)."""
    _draw_sheet(attention_sheet, checkpoint, benchmark, only, pictures, out)


@app.command()
def factors(
    checkpoint: Annotated[
        Path, typer.Option(help="last.pt of a run with --set l2=adaptive, where every epoch is kept.")
    ] = Path("runs/adaptive-l2/rate-0.0001/last.pt"),
    out: Annotated[Path, typer.Option(help="The PNG.")] = RESULTS / "factors-l2.png",
) -> None:
    """Draw how the learnt regularisation factors fall, tensor by tensor, epoch by epoch (paper 002)."""
    history = read_checkpoint(checkpoint, torch.device("cpu")).get("factors")
    if not history:
        raise typer.BadParameter(f"{checkpoint} has no learnt factors", param_hint="--checkpoint")
    tensors = regularised(load(checkpoint, torch.device("cpu"))[1].network)
    weights = [tensor.dim() > 1 for tensor in tensors.values()]
    typer.echo(str(draw_factors(list(tensors), torch.stack(history).numpy(), weights, out)))


@app.command()
def retrievals(
    checkpoint: Annotated[Path, typer.Option(help="A trained ABIR, or triplets.")] = Path(
        "runs/abir/best.pt"
    ),
    queries: Annotated[int, typer.Option(min=1, help="How many, evenly from all.")] = 8,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: Annotated[Path, typer.Option(help="The PNG.")] = RESULTS / "retrievals.png",
) -> None:
    """Draw carriers and what is nearest to them, right and wrong ones framed (papers 003 and 004)."""
    keep_freed_memory()
    system = load(checkpoint, torch.device("cpu"))[1]
    if not isinstance(system, Metric):
        raise typer.BadParameter("expected ABIR or triplets", param_hint="--checkpoint")
    data = read_half("test", Run(cache=cache, workers=workers), smoke=False)
    typer.echo(str(write(retrievals_sheet(system.all_outputs(data.images).numpy(), data, queries), out)))


@app.command()
def curves(
    results: Annotated[Path, typer.Option(help="Folder of the JSON files.")] = RESULTS,
    out: Annotated[Path, typer.Option(help="The PNG.")] = RESULTS / "retrieval-curves.png",
) -> None:
    """Draw CMC curves and the share of hard triplets as training goes on (paper 004)."""
    try:
        typer.echo(str(draw_curves(read_runs(results), out)))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--results") from None


@app.command()
def capacity(
    result: Annotated[Path, typer.Option(help="What `barwatch simulate --out` wrote.")] = RESULTS
    / "simulation.json",
    out: Annotated[Path, typer.Option(help="Folder of the PNGs.")] = Path("docs/capacity"),
) -> None:
    """Draw what breaks first, delays and cost, from 1 to 10,000 lifts."""
    try:
        found = json.loads(result.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(f"{result}: {error}", param_hint="--result") from None
    for path in draw_capacity(found, out):
        typer.echo(str(path))


def _draw_sheet(
    sheet: Callable[[Any, PictureSet], UInt8],
    checkpoint: Path,
    benchmark: Path,
    only: list[str] | None,
    pictures: int,
    out: Path,
) -> None:
    """Draw validation pictures: the test ones of all lifts would take gigabytes."""
    data = select_evenly(read(benchmark, parts_of(["validation"], only)), pictures)
    system = load(checkpoint, torch.device("cpu"))[1]
    try:
        typer.echo(str(write(sheet(system, data), out)))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--checkpoint") from None
