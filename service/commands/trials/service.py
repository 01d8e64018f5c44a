"""The service that a command speaks to: these need one that runs."""

from __future__ import annotations

from typing import Annotated

import typer

ServiceOption = Annotated[
    str, typer.Option("--url", help="The running service; its token in BARWATCH_TOKEN.")
]
