"""`barwatch enroll`, `barwatch classify` and `barwatch lifts`, on a data folder or at a running service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from lifts.decision.verdict import Seat
from lifts.errors import LiftError
from lifts.folder import MASKS, REFERENCES, find_pictures, read_lift
from service.commands.client import Target, patiently, request, run_calls
from service.commands.options import DataOption, DeviceOption, JsonOption, ModelOption, UrlOption
from service.domain.errors import ConfigurationError
from service.domain.reason_texts import SEAT_TEXTS


@dataclass(frozen=True)
class Drawings:
    """The files that `enroll` was given."""

    open: Path | None
    close: Path | None
    reference_open: Path | None
    reference_close: Path | None


def enroll(
    lift_id: Annotated[str, typer.Argument(metavar="ID", help="The lift's id.")],
    open_mask: Annotated[Path | None, typer.Option("--open", help="The open mask.")] = None,
    close_mask: Annotated[Path | None, typer.Option("--close", help="The close mask.")] = None,
    lift: Annotated[
        Path | None,
        typer.Option("--lift", help="A lift folder: configuration, and masks where none are given here."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="What to call a new lift.")] = None,
    reference_open: Annotated[Path | None, typer.Option(help="A picture with the bar open.")] = None,
    reference_close: Annotated[Path | None, typer.Option(help="A picture with the bar closed.")] = None,
    wait: Annotated[
        float,
        typer.Option(
            "--wait",
            min=0.0,
            max=3600.0,
            help="Try again for so long until the service is ready.",
            metavar="SECONDS",
        ),
    ] = 0.0,
    url: UrlOption = None,
    data: DataOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enrol a lift with two masks: drawings of the bar, white on black, open and closed."""
    target = Target.of(url, data, model, device)
    drawings = Drawings(open_mask, close_mask, reference_open, reference_close)
    files = {part: (path.name, _read(path)) for part, path in _parts(drawings, lift).items()}
    configuration = None if lift is None else _configuration(lift, lift_id)

    async def calls(client: httpx.AsyncClient) -> Any:
        if configuration is not None:
            put = partial(request, client, "PUT", f"/lifts/{lift_id}", json=configuration)
            await patiently(put, wait)
        form = {} if name is None else {"name": name}
        post = partial(request, client, "POST", f"/lifts/{lift_id}/masks", files=files, data=form)
        found = await patiently(post, wait)
        stored = await request(client, "GET", f"/lifts/{lift_id}")
        found["warnings"] += _unwatched(stored)
        return found

    found = run_calls(target, calls)
    if as_json:
        typer.echo(json.dumps(found))
        return
    typer.echo(f"{lift_id}: masks version {found['version']}, {armed_words(found)}")
    for warning in found["warnings"]:
        typer.echo(f"warning: {warning}", err=True)


def classify(
    lift_id: Annotated[str, typer.Argument(metavar="ID", help="The lift's id.")],
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGE…", help="One to twelve pictures of one passage.")
    ],
    registered: Annotated[
        bool,
        typer.Option(
            "--registered/--frames",
            help="200x200 canonical pictures, or whole camera frames (begin, middle, end).",
        ),
    ] = True,
    url: UrlOption = None,
    data: DataOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge one passage: is the bar open or closed?"""
    target = Target.of(url, data, model, device)
    if not 1 <= len(images) <= 12:
        raise ConfigurationError(f"expected one to twelve pictures of one passage, got {len(images)}")
    files = [("image", (path.name, _read(path))) for path in images]
    query = {"registered": "true" if registered else "false"}

    async def calls(client: httpx.AsyncClient) -> Any:
        return await request(client, "POST", f"/lifts/{lift_id}/classify", files=files, params=query)

    found = run_calls(target, calls)
    if as_json:
        typer.echo(json.dumps(found))
        return
    seat = SEAT_TEXTS[Seat(found["seat"])]
    reason = f": {found['reason']}" if found["reason"] else ""
    typer.echo(f"{found['verdict']} ({100 * found['confidence']:.1f} %), {seat}{reason}")


def lifts(
    lift_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="Show this lift's site calibrations instead.")
    ] = None,
    shadow: Annotated[
        int | None,
        typer.Option("--shadow", min=1, metavar="VERSION", help="Compare this site calibration in shadow."),
    ] = None,
    activate: Annotated[
        int | None,
        typer.Option("--activate", min=1, metavar="VERSION", help="Judge by this site calibration."),
    ] = None,
    end_shadow: Annotated[bool, typer.Option("--end-shadow", help="Compare in shadow no longer.")] = False,
    url: UrlOption = None,
    data: DataOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the lifts: camera, masks, and whether each is armed; if not, why, and what to do.

    With an ID: its site calibrations, and the carriers that one in shadow judged differently.
    """
    target = Target.of(url, data, model, device)
    if sum((shadow is not None, activate is not None, end_shadow)) > (lift_id is not None):
        raise ConfigurationError("expected a lift's ID, and one of --shadow, --activate and --end-shadow")
    if lift_id is not None:
        change = partial(_change, shadow=shadow, activate=activate, end_shadow=end_shadow)
        found = run_calls(target, partial(_site_calibrations, f"/lifts/{lift_id}", change))
        _show_site_calibrations(found, as_json)
        return

    async def calls(client: httpx.AsyncClient) -> Any:
        return (await request(client, "GET", "/lifts"))["items"]

    for lift in run_calls(target, calls):
        if as_json:
            typer.echo(json.dumps(lift))
            continue
        camera = _camera_words(lift, asked=url is not None)
        masks = f"masks version {lift['mask_version']}" if lift["mask_version"] else "no masks"
        typer.echo(f"{lift['id']}: {camera}, {masks}, {armed_words(lift)}")


async def _change(
    path: str,
    client: httpx.AsyncClient,
    *,
    shadow: int | None,
    activate: int | None,
    end_shadow: bool,
) -> None:
    """Do what was asked for; a site calibration is compared as a candidate of the lift."""
    known = await _candidates(path, client)
    if shadow in known:
        await request(client, "POST", f"{path}/candidates/{known[shadow]['number']}/shadow")
    elif shadow is not None:
        body = {"kind": "calibration", "version": shadow}
        await request(client, "POST", f"{path}/candidates", json=body)
    elif activate is not None:
        await request(client, "POST", f"{path}/site-calibrations/{activate}/activate")
    elif end_shadow:
        for one in known.values():
            if one["shadow"]:
                await request(client, "DELETE", f"{path}/candidates/{one['number']}/shadow")


async def _candidates(path: str, client: httpx.AsyncClient) -> dict[int, Any]:
    """Return the newest candidate of each site calibration, by the calibration's version."""
    items = (await request(client, "GET", f"{path}/candidates"))["items"]
    tried = [one for one in items if one["kind"] == "calibration" and one["state"] == "proposed"]
    return {one["version"]: one for one in reversed(tried)}


async def _site_calibrations(path: str, change: Any, client: httpx.AsyncClient) -> Any:
    """Change something if asked to; return the site calibrations, each with what it says as a candidate."""
    await change(path, client)
    items = (await request(client, "GET", f"{path}/site-calibrations"))["items"]
    tried = await _candidates(path, client)
    for one in items:
        candidate = one["candidate"] = tried.get(one["version"])
        differs = candidate is not None and candidate["live"]["disagreed"] > 0
        place = f"{path}/candidates/{candidate['number']}/differences" if candidate else ""
        one["differences"] = (await request(client, "GET", place))["items"] if differs else []
    return items


def _show_site_calibrations(items: list[dict[str, Any]], as_json: bool) -> None:
    for one in items:
        if as_json:
            typer.echo(json.dumps(one))
            continue
        candidate = one["candidate"] or {"shadow": False, "live": {"compared": 0}}
        counts = candidate["live"]
        state = "in use" if one["active"] else "in shadow" if candidate["shadow"] else "not in use"
        parts = f"{'prototypes' if one['prototypes'] else 'no prototypes'}, "
        parts += "adapter" if one["adapter"] else "no adapter"
        line = (
            f"{one['version']}: {state}, {len(one['margins'])} carriers, {one['reviewed']} reviewed, {parts}"
        )
        if counts["compared"]:
            line += f"; in shadow {counts['disagreed']} of {counts['compared']} carriers judged differently"
        typer.echo(line)
        for passage in one["differences"]:
            decided = f"{passage['verdict']} ({100 * passage['confidence']:.1f} %)"
            instead = f"{passage['candidate_verdict']} ({100 * passage['candidate_confidence']:.1f} %)"
            said = f", reviewed {passage['review']}" if passage["review"] else ""
            typer.echo(f"   {passage['passage_id']}: {decided}, in shadow {instead}{said}")


def armed_words(found: dict[str, Any]) -> str:
    """Return what the API says of a lift's arming in words, with the quality of its masks."""
    quality = found["quality"].replace("_", " ")
    state = "armed" if found["armed"] else found["not_armed"]["message"]
    return f"quality {quality}{' yet' if quality == 'not measured' else ''}, {state}"


def _camera_words(lift: dict[str, Any], *, asked: bool) -> str:
    """Return its camera's state; asked: whether by a running service, which alone knows it."""
    if lift["camera_status"] is not None:
        return str(lift["camera_status"]["state"])
    return "no camera watched" if asked or lift["camera"] is None else "camera: ask the service (--url)"


def _parts(drawings: Drawings, folder: Path | None) -> dict[str, Path]:
    try:
        found = {} if folder is None else find_pictures(folder)
    except LiftError as error:
        raise ConfigurationError(str(error)) from error
    for part in MASKS + REFERENCES:
        given: Path | None = getattr(drawings, part)
        if given is not None:
            found[part] = given
    for part in MASKS:
        if part not in found:
            where = "a lift folder with --lift" if folder is None else f"{part}.png in {folder}"
            raise ConfigurationError(f"--{part}: expected the {part} mask, or {where}")
    return found


def _unwatched(lift: dict[str, Any]) -> list[str]:
    """Return why an enrolled lift will not be watched."""
    camera = lift.get("camera") or {}
    missing = [] if camera.get("url") else ["a camera's address (url under [camera])"]
    missing += [] if lift.get("track") else ["a track ([track.begin], [track.middle], [track.end])"]
    if not missing:
        return []
    return [f"enrolled, but nothing is watched without {' and '.join(missing)}: send it with --lift FOLDER"]


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
