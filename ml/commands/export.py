"""`barwatch export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from ml.commands.common import (
    RELEASED,
    CacheOption,
    WorkersOption,
    command_line,
    console,
    prepare_lifts,
    require_photographs,
)
from ml.data.photographs import FOLDER
from ml.data.textured import CALIBRATION_TEXTURED_SEEDS, TexturedLifts
from ml.export.release import release
from ml.train.config import TrainConfig

CALIBRATION_SEEDS = range(10_100, 10_160)

SEAT_SEEDS, SEAT_PASSAGES = CALIBRATION_TEXTURED_SEEDS, 8
"""Textured lifts for the calibration of the seat, besides the others, and passages of each."""


def export(
    checkpoint: Annotated[Path, typer.Option(help="What was trained.")] = Path("runs/barwatch/last.pt"),
    out: Annotated[Path, typer.Option(help="Folder for barwatch.ts and barwatch.json.")] = RELEASED,
    version: Annotated[str, typer.Option(help="The artefact's version.")] = "0.6.0",
    photographs: Annotated[Path, typer.Option(help="Where `barwatch render photographs` put them.")] = FOLDER,
    passages: Annotated[int, typer.Option(min=4, help="Passages of each calibration lift.")] = 16,
    lifts: Annotated[
        int,
        typer.Option(min=3, max=60, help="Calibration lifts, and as many textured ones; fewer to rehearse."),
    ] = 60,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
) -> None:
    """Export a checkpoint as TorchScript with its manifest, calibrated on lifts that no training saw."""
    files = prepare_lifts(cache, CALIBRATION_SEEDS[:lifts], passages, workers, "calibration lifts")
    data = torch.load(checkpoint, map_location="cpu", weights_only=True)
    # Before drawn patterns, and the photographs that the network was trained with if there were any.
    photographed = bool(TrainConfig.from_dict(data["config"]).photographs)
    if photographed:
        require_photographs(photographs, "train")
    recipe = TexturedLifts(passages=SEAT_PASSAGES, photographs=photographs if photographed else None)
    textured = prepare_lifts(cache, SEAT_SEEDS[:lifts], recipe, workers, "textured calibration lifts")
    path = release(data, files, out, version, command_line(), textured)
    console.print(f"{path} and {path.with_suffix('.json').name} written")
