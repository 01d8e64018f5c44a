"""`barwatch watch`: the whole path over a video file, one line per carrier."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from lifts.decision.verdict import Judgement
from lifts.errors import LiftError
from lifts.folder import LiftFolder, read_lift_folder
from service.commands.options import DataOption, DeviceOption, FpsOption, ModelOption
from service.domain.errors import ConfigurationError, NotFoundError
from service.domain.passage import Passage
from service.domain.reason_texts import SEAT_TEXTS, reason_text
from service.host.private import OTHERS
from service.inference.model import EmbeddingModel
from service.passages.motion import track_warnings
from service.settings import Settings, load_settings
from service.station.summary import as_json as summary_as_json
from service.station.summary import carrier_lines, reading_lines
from service.station.watch import RecordingWatch, Watched
from service.store import lifts, masks
from service.store.database import Store
from service.usecases.samples import sample_folder

INCOMPLETE = 3
"""Exit status where part of the recording could not be read."""


def watch(
    video: Annotated[Path, typer.Argument(help="The video file.")],
    lift: Annotated[str, typer.Option("--lift", help="A lift's id or folder.", metavar="ID_OR_FOLDER")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per line (the default unless on a terminal).")
    ] = False,
    timing: Annotated[
        bool, typer.Option(help="Add to each JSON line when the verdict was out: t_decided, in seconds.")
    ] = False,
    learnt: Annotated[
        Path | None,
        typer.Option(help="Keeps what is learnt of the line: read first if it exists, written at the end."),
    ] = None,
    pictures: Annotated[
        Path | None,
        typer.Option(help="Keeps each carrier's registered pictures here, side by side: 0001.png, ..."),
    ] = None,
    fps: FpsOption = None,
    data: DataOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
) -> None:
    """Run the whole path over a file, as fast as it goes: one line per carrier.

    At the end a summary: on stderr, and with --json as the last line. The exit status is 3 if part of the
    recording could not be read.
    """
    settings = load_settings(data=data, model=model, device=device)
    folder = find_lift(lift, settings)
    for warning in track_warnings(folder.lift.track):
        typer.echo(f"warning: {warning}", err=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    lines = as_json or not sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("loading the model", total=1.0)
        network = EmbeddingModel.load(
            settings.manifest_path(),
            settings.device,
            precision=settings.precision,
            public_key=settings.model_key(),
        )
        progress.update(task, description=video.name)
        watched = RecordingWatch(
            video,
            folder,
            network,
            on_progress=lambda done: progress.update(task, completed=done),
            fps=fps,
            memory=learnt,
            pictures=settings.pictures,
        )
        for seen in watched:
            if pictures is not None:
                _keep(seen.passage, pictures)
            typer.echo(_line(seen, timing) if lines else _sentence(seen.passage, seen.judgement))
    account = watched.account
    advice = watched.advice
    if lines:
        typer.echo(
            json.dumps({"summary": summary_as_json(account, watched.carriers, advice, watched.place_certain)})
        )
    for line in [*reading_lines(account), *carrier_lines(watched.carriers), *advice]:
        typer.echo(line, err=True)
    if not account.whole:
        raise typer.Exit(INCOMPLETE)


def find_lift(name: str, settings: Settings) -> LiftFolder:
    """Return a lift by its folder, by the id of a sample lift, or by its id in the data folder.

    Raises:
        ConfigurationError: none of these, or a damaged folder, or no masks yet.
    """
    folder = Path(name) if (Path(name) / "lift.toml").is_file() else sample_folder(name)
    if folder is not None:
        try:
            return read_lift_folder(folder)
        except LiftError as error:
            raise ConfigurationError(str(error)) from error
    if settings.database_address() is None and not (settings.data / "barwatch.db").is_file():
        raise ConfigurationError(
            f"--lift {name!r}: no lift folder, no sample lift, and no {settings.data} to ask"
        )
    os.umask(OTHERS)
    store = Store.open(settings.data, url=settings.database_address())
    try:
        with store.reading() as session:
            lift, version = lifts.get(session, name), masks.active(session, name)
    except NotFoundError as error:
        raise ConfigurationError(f"--lift {name!r}: no lift folder, no sample lift, and {error}") from error
    finally:
        store.close()
    if version is None:
        raise ConfigurationError(f"--lift {name!r}: enrolled without masks: barwatch enroll {name} …")
    return LiftFolder(lift, version.masks, version.references)


def _keep(passage: Passage, folder: Path) -> None:
    """Write a passage's pictures side by side, in the order in which they were taken.

    Raises:
        ConfigurationError: the folder cannot be written.
    """
    row = np.concatenate([picture.image for picture in passage.pictures], axis=1)
    path = folder / f"{passage.number:04d}.png"
    _, data = cv2.imencode(".png", cv2.cvtColor(row, cv2.COLOR_RGB2BGR))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise ConfigurationError(f"--pictures {folder}: cannot be written: {error.strerror}") from error


def _line(seen: Watched, timing: bool) -> str:
    passage, judgement = seen.passage, seen.judgement
    line = {
        "passage": passage.number,
        "t_begin": round(passage.t_begin_s, 3),
        "t_middle": round(passage.t_middle_s, 3),
        "t_end": round(passage.t_end_s, 3),
        "verdict": judgement.verdict.value,
        "confidence": round(judgement.confidence, 4),
        "margin": round(judgement.margin, 4),
        "occupied": judgement.occupied,
        "seat": judgement.seat.value,
        "pictures": len(passage.judged),
        "reasons": [reason.value for reason in judgement.reasons],
        "model": judgement.model,
    }
    return json.dumps(line | ({"t_decided": round(seen.decided_s, 3)} if timing else {}))


def _sentence(passage: Passage, judgement: Judgement) -> str:
    seat = SEAT_TEXTS[judgement.seat]
    reason = f", {reason_text(judgement.reasons)}" if judgement.reasons else ""
    return (
        f"{passage.t_middle_s:8.1f} s  carrier {passage.number:<4} {judgement.verdict.value:8} "
        f"{100 * judgement.confidence:5.1f} %  {seat}{reason}"
    )
