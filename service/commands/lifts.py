"""`barwatch enroll` and `barwatch classify`: as the REST calls, here or over the network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import typer

from lifts.errors import LiftError
from lifts.folder import REFERENCES, read_lift
from service.commands.client import Target, request, run_calls
from service.domain.errors import ConfigurationError


@dataclass(frozen=True)
class Drawings:
    """The files that `enroll` was given."""

    open: Path | None
    close: Path | None
    reference_open: Path | None
    reference_close: Path | None


def run_enroll(
    target: Target, lift_id: str, drawings: Drawings, folder: Path | None, name: str | None, *, as_json: bool
) -> None:
    """Send configuration (if a folder was given) and masks; print what came of them.

    Raises:
        ConfigurationError: a mask is neither given nor in the folder, or a file cannot be read.
        BarwatchError: the service refused it; the message says why.
    """
    files = {part: (path.name, _read(path)) for part, path in _parts(drawings, folder).items()}
    configuration = None if folder is None else _configuration(folder, lift_id)

    async def calls(client: httpx.AsyncClient) -> Any:
        if configuration is not None:
            await request(client, "PUT", f"/lifts/{lift_id}", json=configuration)
        form = {} if name is None else {"name": name}
        return await request(client, "POST", f"/lifts/{lift_id}/masks", files=files, data=form)

    found = run_calls(target, calls)
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(
        f"{lift_id}: masks version {found['version']}, {found['quality']} ({found['separation']:.3f} apart)"
    )
    for warning in found["warnings"]:
        typer.echo(f"warning: {warning}", err=True)


def run_classify(
    target: Target, lift_id: str, images: list[Path], *, registered: bool, as_json: bool
) -> None:
    """Judge one passage and print the verdict.

    Raises:
        ConfigurationError: not one to three pictures, or a file cannot be read.
        BarwatchError: the service refused them; the message says why.
    """
    if not 1 <= len(images) <= 3:
        raise ConfigurationError(f"expected one to three pictures of one passage, got {len(images)}")
    files = [("image", (path.name, _read(path))) for path in images]
    query = {"registered": "true" if registered else "false"}

    async def calls(client: httpx.AsyncClient) -> Any:
        return await request(client, "POST", f"/lifts/{lift_id}/classify", files=files, params=query)

    found = run_calls(target, calls)
    if as_json:
        typer.echo(json.dumps(found))
        return
    seat = "occupied" if found["occupied"] else "empty"
    reason = f": {found['reason']}" if found["reason"] else ""
    typer.echo(f"{found['verdict']} ({100 * found['confidence']:.1f} %), {seat}{reason}")


def _parts(drawings: Drawings, folder: Path | None) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for part in ("open", "close"):
        given: Path | None = getattr(drawings, part)
        if given is None and folder is None:
            raise ConfigurationError(f"--{part}: expected the {part} mask, or a lift folder with --lift")
        found[part] = given if given is not None else Path(folder or "") / f"{part}.png"
    for part in REFERENCES:
        given = getattr(drawings, part)
        beside = [folder / f"{part}{end}" for end in (".jpg", ".png")] if folder is not None else []
        path = given or next((path for path in beside if path.is_file()), None)
        if path is not None:
            found[part] = path
    return found


def _configuration(folder: Path, lift_id: str) -> dict[str, Any]:
    try:
        lift = read_lift(folder / "lift.toml")
    except LiftError as error:
        raise ConfigurationError(str(error)) from error
    if lift.id != lift_id:
        raise ConfigurationError(f"{folder}: describes lift {lift.id!r}, not {lift_id!r}")
    return lift.model_dump(mode="json", exclude_none=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror or error}") from error
