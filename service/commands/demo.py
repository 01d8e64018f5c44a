"""`barwatch demo`: the service with the sample lifts, watched from their recorded videos or over RTSP."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import DeviceOption, HostOption, ModelOption, PortOption
from service.commands.serve import make_service
from service.domain.errors import ConfigurationError
from service.domain.people import Role
from service.host.imports import importing
from service.host.logs import set_up_logging
from service.settings import load_settings
from service.usecases.samples import sample_folders

if TYPE_CHECKING:
    from service.app import Service
    from service.inference.running.early import EarlyEngine

DATA = Path("data") / "demo"


def demo(
    host: HostOption = None,
    port: PortOption = None,
    data: Annotated[
        Path | None, typer.Option("--data", readable=False, help="Folder to work in [data/demo].")
    ] = None,
    cameras: Annotated[
        str | None,
        typer.Option(help="Server that plays the samples' videos [the files stand in].", metavar="RTSP_URL"),
    ] = None,
    model: ModelOption = None,
    device: DeviceOption = None,
) -> None:
    """Run the service with the sample lifts, their recorded videos looped in real time as cameras.

    Prints one link that signs a browser in.
    """
    folders = sample_folders()
    if not folders:
        raise ConfigurationError("no sample lifts are installed beside the package `lifts`")
    settings = load_settings(
        data=data or DATA,
        allow_file_cameras=cameras is None,
        host=host,
        port=port,
        model=model,
        device=device,
    )
    # Its one line for people must not drown in lines for operators.
    set_up_logging("warning" if settings.log_level == "info" else settings.log_level, settings.log_json)
    typer.echo(f"Starting the demonstration with {len(folders)} sample lifts …", err=True)

    def make(early: EarlyEngine) -> Service:
        with importing(stays=True):
            from service.app import Service  # noqa: PLC0415 - imported while the worker loads the network
            from service.usecases.demonstration import enrol_samples  # noqa: PLC0415

        return Service(
            settings,
            early,
            prepare=lambda runtime: enrol_samples(runtime, folders, cameras),
            on_ready=_say_link,
            loop_files=True,
        )

    make_service(settings, make).run()


def _say_link(service: Service) -> None:
    link = service.sign_in_link("demonstration", Role.ADMIN)
    typer.echo(f"\nThe demonstration runs. Open this link, it signs in once:\n\n    {link}\n")
