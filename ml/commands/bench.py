"""`barwatch bench`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RELEASED

app = typer.Typer(no_args_is_help=True)


@app.command("render")
def bench_render(
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
    lifts: Annotated[int, typer.Option(min=1, help="Lifts each process renders.")] = 10,
    passages: Annotated[int, typer.Option(min=1, help="Passages of each lift, three pictures each.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="The first lift's.")] = 0,
) -> None:
    """Registered pictures rendered a second; JSON."""
    from ml.bench import render_rate  # noqa: PLC0415

    print(json.dumps(render_rate(processes, lifts, passages, seed)))  # noqa: T201


@app.command("embed")
def bench_embed(
    model: Annotated[Path, typer.Option(help="The artefact.")] = RELEASED / "barwatch.ts",
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each row.")] = 2.0,
) -> None:
    """Pictures the artefact embeds a second on the CPU, by batch and threads; JSON, a line a row."""
    from ml.bench import embed_rate  # noqa: PLC0415

    for row in embed_rate(model, (1, 3, 16), (1, 2), seconds):
        print(json.dumps(row))  # noqa: T201


@app.command("train")
def bench_train(
    batch: Annotated[int, typer.Option(min=2, help="Pictures a step.")] = 32,
    threads: Annotated[int, typer.Option(min=1)] = 2,
    steps: Annotated[int, typer.Option(min=1, help="Steps of each row.")] = 8,
) -> None:
    """Pictures a second that training the paper's network takes, with and without kept memory; JSON lines."""
    from ml.bench import train_rate  # noqa: PLC0415

    for row in train_rate(batch, threads, steps):
        print(json.dumps(row))  # noqa: T201
