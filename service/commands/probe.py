"""`barwatch probe`: whether a camera can be watched."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from service.capture.urls import variables_of
from service.commands.options import JsonOption
from service.domain.camera import DialTerms
from service.domain.errors import ConfigurationError, SourceError
from service.domain.reason_texts import counted
from service.settings import load_settings
from service.station.probe import probe_here
from service.usecases.camera_urls import check_camera_url


def probe(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="As in lift.toml, with ${NAME} for name and password.")
    ],
    transport: Annotated[Literal["auto", "tcp", "udp"], typer.Option(help="RTSP's transport.")] = "tcp",
    picture: Annotated[Path | None, typer.Option(help="Where to write what it shows (JPEG).")] = None,
    as_json: JsonOption = False,
) -> None:
    """Open a camera once: its picture, size, rate, codec and delay.

    Name and password are written in the address as ${NAME} and come from the environment. Quote the address:
    barwatch probe 'rtsp://${QUAD_USER}:${QUAD_PASSWORD}@10.0.0.12/stream1'. The exit status is 1 if it cannot
    be watched.
    """
    networks = load_settings().networks_of_cameras()
    check_camera_url(url, allow_files=True, networks=networks)
    found = probe_here(url, transport, terms=DialTerms(variables_of(url, None), networks=networks))
    if picture is not None and found.jpeg:
        try:
            picture.write_bytes(found.jpeg)
        except OSError as error:
            raise ConfigurationError(f"{picture}: cannot be written: {error.strerror or error}") from error
    if as_json:
        shown = {key: value for key, value in asdict(found).items() if key != "jpeg"}
        typer.echo(
            json.dumps({**shown, "picture": str(picture) if picture is not None and found.jpeg else None})
        )
        if found.problem is not None:
            raise typer.Exit(1)
        return
    if found.problem is not None:
        raise SourceError(found.reason, found.problem)
    rate = "one picture only: not a stream"
    if found.fps is not None:
        rate = f"{counted(found.fps, 'picture')} a second"
    typer.echo(
        f"{found.width}x{found.height}, {rate}, {found.codec}, first picture after {found.delay_s:.1f} s"
    )
    if picture is not None:
        typer.echo(f"wrote {picture}", err=True)
