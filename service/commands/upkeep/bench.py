"""`barwatch bench store`: what the database costs as it grows."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from service.bench.about import about
from service.bench.store import build, measure, while_pruning
from service.commands.options import JsonOption


def store(
    small: Annotated[int, typer.Option("--small", min=6000, help="Passages of the small database.")] = 10_000,
    large: Annotated[int, typer.Option("--large", min=6000, help="Passages of the large one.")] = 1_000_000,
    lifts: Annotated[int, typer.Option("--lifts", min=1, help="Lifts of both.")] = 1_000,
    pruned: Annotated[int, typer.Option("--pruned", help="Passages to delete beside alarms.")] = 100_000,
    to: Annotated[Path | None, typer.Option("--to", help="Where both are made, and deleted again.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What alarms, pages, the list of lifts and the start take, with few passages and with many."""
    with tempfile.TemporaryDirectory(dir=to) as folder:
        found = {}
        for name, number in (("small", small), ("large", large)):
            build(Path(folder) / name, number, lifts)
            found[name] = measure(Path(folder) / name)
        beside = while_pruning(Path(folder) / "large", min(pruned, large // 2))
    ratios = {name: round(found["large"][name] / took, 2) for name, took in found["small"].items()}
    if as_json:
        sizes = {"small": small, "large": large, "lifts": lifts, "pruned": pruned}
        typer.echo(
            json.dumps({"about": about(), **sizes, "ms": found, "ratios": ratios, "pruning_ms": beside})
        )
        return
    for name, ratio in ratios.items():
        took = found["small"][name], found["large"][name]
        typer.echo(f"{name:26} {took[0]:8.2f} ms {took[1]:8.2f} ms  x {ratio:.2f}")
    typer.echo(
        f"alarm insert, p99: {beside['idle p99']:.1f} ms; while pruning {beside['pruning p99']:.1f} ms"
    )
