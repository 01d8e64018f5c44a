"""`barwatch calibrate`: propose a lift's track from its video, for a person to check."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import cv2
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from lifts.addresses import variable_prefixes
from lifts.errors import LiftError
from lifts.folder import format_lift, read_lift
from lifts.schema import Camera, Lift, Track
from service.capture.source import StreamSource
from service.capture.urls import check_variables, device_of
from service.commands.options import FpsOption, JsonOption
from service.domain.errors import ConfigurationError
from service.passages.motion import track_warnings
from service.settings import load_settings
from service.setup.picture import Image, draw_track, registered, sharpest, sheet, with_grid
from service.setup.proposal import Marking, Proposal, propose
from service.setup.video import Recording, read_pictures, read_recording
from service.station.summary import reading_advice, reading_lines
from service.usecases.camera_urls import check_camera_url

_LOW_CONFIDENCE = 0.6  # a confidence below it gives a warning
_TURNING_PX = 8.0  # as do parts of a carrier that move apart by more


def parse_box(text: str, begin_s: float = 0.0) -> Marking:
    """Read X,Y,W,H or X,Y,W,H@SECONDS (camera pixels, [begin_s]); raises typer.BadParameter."""
    numbers, _, seconds = text.partition("@")
    try:
        x, y, width, height = (float(part) for part in numbers.split(","))
        t_s = float(seconds) if seconds else begin_s
    except ValueError:
        raise typer.BadParameter(f"{text!r}: expected X,Y,W,H or X,Y,W,H@SECONDS") from None
    if not all(math.isfinite(n) for n in (x, y, width, height, t_s)) or min(width, height) <= 0 or t_s < 0:
        raise typer.BadParameter(f"{text!r}: width and height must be above 0, seconds not below")
    return Marking(x, y, width, height, t_s)


def calibrate(
    video: Annotated[
        str,
        typer.Argument(
            metavar="VIDEO", help="A recording of the lift, about two minutes; or its camera's address."
        ),
    ],
    box: Annotated[
        str | None,
        typer.Option(
            help="A box round one carrier, in camera pixels, and when [at the beginning].",
            metavar="X,Y,W,H[@SECONDS]",
        ),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option("--url", help="The camera's address for lift.toml, ${NAME} for name and password."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for lift.toml, a picture of the track and the registered carriers."),
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Where to draw the track (PNG).")] = None,
    seconds: Annotated[float, typer.Option(min=5.0, max=600.0, help="Seconds of the video to read.")] = 150.0,
    fps: FpsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Propose a lift's track from a video of three carriers or more; prints it, or writes it to --out.

    A camera's address in place of a video: it is recorded for --seconds, into recording.mkv in --out, and the
    address is written as it was given, with ${NAME} for name and password.
    """
    if box is not None:
        parse_box(box)  # what cannot be read is said before the file is
    networks = load_settings().networks_of_cameras()
    camera = video if "://" in video or device_of(video) is not None else None
    for address in (url, camera):
        if address is not None:
            check_camera_url(address, allow_files=True, networks=networks)
    for folder in (out, None if picture is None else picture.parent):
        if folder is not None:
            _check_writable(folder)
    known = None if out is None else _known(out)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with (
        ExitStack() as stack,
        Progress(*columns, console=Console(stderr=True), transient=True) as progress,
    ):
        task = progress.add_task("recording", total=1.0)
        path = Path(video)
        if camera is not None:
            path = (out or Path(stack.enter_context(TemporaryDirectory()))) / "recording.mkv"
            source = StreamSource(camera, networks=networks)
            _record(source, path, seconds, lambda done: progress.update(task, completed=done))
        progress.update(task, description=f"reading {path.name}", completed=0.0)
        recording = read_recording(
            path, seconds, lambda done: progress.update(task, completed=0.4 * done), fps=fps
        )
        marking = None if box is None else parse_box(box, float(recording.times_s[0]))
        for line in _unread(recording):
            typer.echo(line, err=True)
        progress.update(task, description="following the carriers")
        proposal = propose(recording, marking, lambda done: progress.update(task, completed=0.4 + 0.5 * done))
        shots = read_pictures(path, proposal.middles_s, fps=fps) if out or picture else []
        progress.update(task, completed=1.0)
    lift = _lift(known, out, path, recording, proposal.track, url or camera)
    warnings = _warnings(proposal, lift, marked=marking is not None)
    files = _write(lift, proposal, shots, out, picture)
    if as_json:
        found = asdict(proposal) | {"track": proposal.track.model_dump()}
        names = [str(path) for path in files]
        typer.echo(json.dumps({"lift": lift.model_dump(), **found, "warnings": warnings, "files": names}))
        return
    if out is None:
        typer.echo(_toml(lift), nl=False)
    for line in _summary(proposal, files):
        typer.echo(line, err=True)
    for warning in warnings:
        typer.echo(f"warning: {warning}", err=True)


def _record(source: StreamSource, path: Path, seconds: float, on_progress: Callable[[float], None]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        source.record(path, seconds, on_progress)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror or error}") from error


def _unread(recording: Recording) -> list[str]:
    """Return what was read of the file where that is not simply all of it."""
    account = recording.account
    if account is None:
        return []
    lines = reading_lines(account)
    if account.gaps or account.joins_s:
        lines.append(
            f"the longest stretch is used: {recording.times_s[0]:.1f} to {recording.times_s[-1]:.1f} s"
        )
    return [*lines, *reading_advice(account)] if len(lines) > 1 or reading_advice(account) else []


def _check_writable(folder: Path) -> None:
    """Refuse a folder in which nothing can be written, before minutes of work; nothing is made."""
    nearest = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.exists())
    if not nearest.is_dir():
        raise ConfigurationError(f"{folder}: cannot be written: {nearest} is a file, not a folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ConfigurationError(f"{folder}: cannot be written: {nearest} is read-only")


def _known(out: Path) -> Lift | None:
    """Return the lift that the folder already describes, of which all but the track is kept."""
    if any((out / f"{name}.png").exists() for name in ("open", "close")):
        raise ConfigurationError(
            f"{out}: holds masks, which are drawn for one track: move them away or name another folder"
        )
    try:
        return read_lift(out / "lift.toml") if (out / "lift.toml").exists() else None
    except LiftError as error:
        raise ConfigurationError(str(error)) from error


def _lift(
    known: Lift | None, out: Path | None, video: Path, recording: Recording, track: Track, url: str | None
) -> Lift:
    camera = Camera(width=recording.width_px, height=recording.height_px, url=url)
    if known is not None:
        if known.camera is not None:
            update = camera.model_dump(include={"width", "height", "url"} if url else {"width", "height"})
            camera = known.camera.model_copy(update=update)
        return known.model_copy(update={"track": track, "camera": camera})
    name = video.stem if out is None else out.resolve().name
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:64] or "lift"
    return Lift(id=plain, name=name[:200] or plain, camera=camera, track=track)


def _write(
    lift: Lift, proposal: Proposal, shots: list[Image], out: Path | None, picture: Path | None
) -> list[Path]:
    single = registered(shots, proposal.track.middle)
    wanted: list[tuple[Path, Image]] = []
    if shots and out is not None:
        wanted += [(out / "middle.png", with_grid(sharpest(single))), (out / "carriers.png", sheet(single))]
        wanted += [(out / "carriers" / f"{number}.png", image) for number, image in enumerate(single, 1)]
        if picture is None:
            picture = out / "track.png"
    if shots and picture is not None:
        wanted.append((picture, draw_track(shots[len(shots) // 2], proposal.track)))
    files = []
    try:
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            (out / "lift.toml").write_text(_toml(lift), encoding="utf-8")
            files.append(out / "lift.toml")
        for path, image in wanted:
            done, data = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
            if not done:
                raise OSError("cannot be encoded")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.tobytes())
            files.append(path)
    except OSError as error:
        raise ConfigurationError(f"cannot write: {error}") from error
    return files


def _toml(lift: Lift) -> str:
    """Return lift.toml's text; where the camera's address is missing, a line says how to write it."""
    text = format_lift(lift)
    if lift.camera is None or lift.camera.url is not None:
        return text
    return text.replace("[camera]\n", f"[camera]\n# {_url_line(lift)}\n", 1)


def _url_line(lift: Lift) -> str:
    prefix = variable_prefixes(lift.id)[0]
    return f'url = "rtsp://${{{prefix}USER}}:${{{prefix}PASSWORD}}@CAMERA/STREAM"'


def _warnings(proposal: Proposal, lift: Lift, *, marked: bool) -> list[str]:
    found = track_warnings(proposal.track)
    if lift.camera is not None and lift.camera.url is None:
        found.append(
            "without the camera's address nothing will be watched: add it to lift.toml under [camera], as "
            f"{_url_line(lift)}, or give it here with --url"
        )
    try:
        check_variables((lift.camera and lift.camera.url) or "", variable_prefixes(lift.id))
    except ConfigurationError as error:
        found.append(f"the service will refuse this address: {error}")
    if proposal.confidence < _LOW_CONFIDENCE:
        advice = "draw the box closer, or round another carrier" if marked else "draw a box with --box"
        found.append(f"a confidence of {proposal.confidence:.2f} is low: look at the picture, or {advice}")
    if proposal.turning_px > _TURNING_PX:
        found.append(
            f"the carrier turns in view: its parts move apart by {proposal.turning_px:.0f} of the registered "
            "picture's 200 pixels, and begin and end are registered less exactly than the middle"
        )
    if not proposal.steady:
        found.append("the line stopped or changed its speed: the interval is that of its nominal speed")
    return found


def _summary(proposal: Proposal, files: list[Path]) -> list[str]:
    seen = f"a carrier every {proposal.interval_s:.2f} s, {len(proposal.middles_s)} seen"
    passage = f"{proposal.passage_s:.2f} s from begin to end"
    confidence = f"confidence {100 * proposal.confidence:.0f} %"
    halves = (
        f"the tracks of two halves of the carriers differ by {proposal.disagreement_px:.1f} of 200 pixels"
    )
    rule = "begin and end are where the carrier is wholly in view"
    advice = "move them to where it must be judged, and to where an alarm comes too late"
    return [
        f"{seen}; {passage}",
        f"{confidence}: {halves}",
        f"{rule}: {advice}",
        *(f"wrote {path}" for path in files),
    ]
