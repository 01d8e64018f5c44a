"""`barwatch export` and `barwatch export-attention`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RELEASED, CacheOption, WorkersOption, command_line, console, prepared

CALIBRATION_SEEDS = range(10_100, 10_160)


def export(
    checkpoint: Annotated[Path, typer.Option(help="What was trained.")] = Path("runs/barwatch/checkpoint.pt"),
    out: Annotated[Path, typer.Option(help="Folder for barwatch.ts and barwatch.json.")] = RELEASED,
    version: Annotated[str, typer.Option(help="The artefact's version.")] = "0.5.0",
    passages: Annotated[int, typer.Option(min=4, help="Passages of each calibration lift.")] = 16,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
) -> None:
    """Export a checkpoint as TorchScript with its manifest, calibrated on lifts that no training saw."""
    import torch  # noqa: PLC0415

    from ml.export.release import release  # noqa: PLC0415

    files = prepared(cache, CALIBRATION_SEEDS, passages, workers, "calibration lifts")
    data = torch.load(checkpoint, map_location="cpu", weights_only=True)
    path = release(data, files, out, version, command_line())
    console.print(f"{path} and {path.with_suffix('.json').name} written")


def export_attention(
    checkpoint: Annotated[Path, typer.Option(help="What `barwatch train abir` left.")] = Path(
        "runs/abir/best.pt"
    ),
    out: Annotated[Path, typer.Option(help="The TorchScript file; its manifest goes beside it.")] = Path(
        "runs/abir/abir-attention.ts"
    ),
    version: Annotated[str, typer.Option(help="The artefact's version.")] = "0.1.0",
) -> None:
    """Export where a trained ABIR looks, for the console: BARWATCH_ATTENTION_MODEL names the file."""
    import torch  # noqa: PLC0415

    from ml.export.attention import release_attention  # noqa: PLC0415
    from ml.train.trainer import load  # noqa: PLC0415

    if not checkpoint.is_file():
        raise typer.BadParameter(f"{checkpoint} is not there", param_hint="--checkpoint")
    _, system, state = load(checkpoint, torch.device("cpu"))
    try:
        path = release_attention(system, state, out, version, command_line())
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    console.print(f"{path} and {path.with_suffix('.json').name} written")
