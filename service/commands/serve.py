"""`barwatch serve`: the service, until it is stopped."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import DataOption, DeviceOption, HostOption, ModelOption, PortOption
from service.host.imports import importing
from service.host.limits.heaps import keep_few_heaps
from service.host.logs import set_up_logging
from service.host.runner import Runners
from service.host.signals import StopSignals
from service.inference.running.early import EarlyEngine
from service.settings import Settings, load_settings

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

    def make(early: EarlyEngine) -> Service:
        with importing(stays=True):
            from service.app import Service  # noqa: PLC0415 - imported while the worker loads the network

        return Service(settings, early, on_ready=_say_ready, on_standby=_say_standby)

    service = make_service(settings, make)
    typer.echo(f"barwatch {version('barwatch')} on {service.url}, loading the model …", err=True)
    if service.new_token is not None:
        typer.echo(f"The first admin token, shown this once:\n\n    {service.new_token}\n")
    service.run()


def _say_ready(service: Service) -> None:
    typer.echo(f"ready: {service.url} ({time.monotonic() - service.began_s:.1f} s)")


def _say_standby(service: Service) -> None:
    typer.echo(f"replica: {service.url} ({time.monotonic() - service.began_s:.1f} s), another service leads")


def make_service(settings: Settings, make: Callable[[EarlyEngine], Service]) -> Service:
    """Make the service; the model begins to load before `make` imports it, and signals end it from now on.

    Args:
        settings: what to run.
        make: makes the service with the engine that is being started.

    Raises:
        ConfigurationError: settings, data folder or model cannot be used; signals are as they were found.
    """
    keep_few_heaps()
    runners = Runners()
    signals = StopSignals(runners)
    with contextlib.ExitStack() as undo:
        undo.callback(signals.close)
        service = make(EarlyEngine(settings, runners))
        undo.pop_all()
    signals.hand_to(service.stop)
    return service
