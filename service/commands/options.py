"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataOption = Annotated[
    Path | None, typer.Option("--data", readable=False, help="Folder of the database and pictures.")
]
ModelOption = Annotated[Path | None, typer.Option("--model", help="Model file or manifest.")]
DeviceOption = Annotated[str | None, typer.Option("--device", help="auto, cpu or cuda.")]
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on [127.0.0.1].")]
PortOption = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port; 0: any [8000].")]
FpsOption = Annotated[
    float | None,
    typer.Option(
        "--fps",
        min=0.1,
        max=1000.0,
        help="Count the file's pictures at this many a second [its own time stamps].",
    ),
]
UrlOption = Annotated[
    str | None, typer.Option("--url", help="A running service; its token in BARWATCH_TOKEN.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for machines.")]
