"""`barwatch serve`: the service, until it is stopped."""

from __future__ import annotations

import contextlib
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import DataOption, DeviceOption, HostOption, ModelOption, PortOption
from service.host.logs import set_up_logging
from service.host.runner import Runners
from service.host.signals import StopSignals
from service.inference.early import EarlyEngine
from service.settings import load_settings

if TYPE_CHECKING:
    from service.app import Service


def serve(
    host: HostOption = None,
    port: PortOption = None,
    data: DataOption = None,
    model: ModelOption = None,
    engine: Annotated[str | None, typer.Option("--engine", help="local or ray [local].")] = None,
    device: DeviceOption = None,
) -> None:
    """Run the service: API, console, cameras and the embedder's worker.

    Every option may also be set in the environment: BARWATCH_PORT, BARWATCH_DATA, BARWATCH_MODEL …
    """
    options = {"host": host, "port": port, "data": data, "engine": engine, "device": device}
    settings = load_settings(model=model, **options)
    set_up_logging(settings.log_level, settings.log_json)
    runners = Runners()
    signals = StopSignals(runners)
    with contextlib.ExitStack() as undo:
        undo.callback(signals.close)
        early = EarlyEngine(settings, runners)
        from service.app import Service  # noqa: PLC0415 - imported while the worker loads the network

        service = Service(settings, early, on_ready=_say_ready)
        undo.pop_all()
    typer.echo(f"barwatch {version('barwatch')} on {service.url}, loading the model …", err=True)
    if service.new_token is not None:
        typer.echo(f"The first admin token, shown this once:\n\n    {service.new_token}\n")
    signals.hand_to(service.stop)
    service.run()


def _say_ready(service: Service) -> None:
    typer.echo(f"ready: {service.url} ({time.monotonic() - service.began_s:.1f} s)")
