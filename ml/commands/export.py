"""`barwatch export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from ml.commands.common import RELEASED, CacheOption, WorkersOption, command_line, console, prepare_lifts
from ml.export.release import release

CALIBRATION_SEEDS = range(10_100, 10_160)


def export(
    checkpoint: Annotated[Path, typer.Option(help="What was trained.")] = Path("runs/barwatch/last.pt"),
    out: Annotated[Path, typer.Option(help="Folder for barwatch.ts and barwatch.json.")] = RELEASED,
    version: Annotated[str, typer.Option(help="The artefact's version.")] = "0.5.0",
    passages: Annotated[int, typer.Option(min=4, help="Passages of each calibration lift.")] = 16,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
) -> None:
    """Export a checkpoint as TorchScript with its manifest, calibrated on lifts that no training saw."""
    files = prepare_lifts(cache, CALIBRATION_SEEDS, passages, workers, "calibration lifts")
    data = torch.load(checkpoint, map_location="cpu", weights_only=True)
    path = release(data, files, out, version, command_line())
    console.print(f"{path} and {path.with_suffix('.json').name} written")
