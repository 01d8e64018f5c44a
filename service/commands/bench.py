"""`barwatch bench ingest` and `passage`: what cameras and their passages cost on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import cv2
import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn

from lifts.decision.verdict import Judgement
from lifts.folder import LiftFolder
from service.bench.about import about, git_commit
from service.bench.beside.earlier import EarlierPath, earlier_memory
from service.bench.beside.peers import OPENCV, OpenCvReader, programs
from service.bench.cameras import (
    CAMERAS,
    INTERVAL_S,
    RECORDINGS,
    START_S,
    SimulatedCamera,
    mbit_per_s,
    recording,
    sample,
    watched,
)
from service.bench.carry import carry as carry_cameras
from service.bench.cost import Decoding, Turn, WholePath, cost, cpu_s
from service.bench.delay import delay
from service.bench.fleet import capacity, memory
from service.bench.passage import passage_cost
from service.bench.standing import standing_cost, standing_recording
from service.bench.table import BEFORE, CORES, ON_DEVICE, carried, markdown, said
from service.bench.two import SECOND, TWO, TwoStreamPath
from service.capture.hardware import device
from service.commands.options import JsonOption, ModelOption
from service.domain.camera import WatchedLift
from service.domain.passage import Passage, judge_passage
from service.host.logs import set_up_logging
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.passages.options import PICTURES
from service.settings import Settings, load_settings
from service.station.worker import WorkerOptions
from service.usecases.samples import sample_folders

Row = dict[str, Any]

MEMORY_CAMERAS = 3
PROGRAMS_S = 28.0
"""How much of a recording other programs get: FFmpeg's start, a twentieth of a second, counts little."""


class Wanted(NamedTuple):
    """What to measure.

    seconds: of each recording, once the line is learnt. confirm_s: how long to run as many cameras as two
    cores should carry. delay_cameras, delay_s: how many to run for delays, and how long. 0: leave it out.
    before: a checkout of earlier code that takes its turns as well. second: the recording of a second stream.
    standing_s: for how long to look at a line that stands. cache: where recordings are kept.
    """

    seconds: float
    confirm_s: float
    memory: bool
    delay_cameras: int
    delay_s: float
    before: Path | None = None
    second: Path | None = None
    standing_s: float = 0.0
    cache: Path = RECORDINGS


def ingest(
    seconds: Annotated[
        float, typer.Option(min=0.1, help="How much of each recording to look at once the line is learnt.")
    ] = 112.0,
    cameras: Annotated[
        int, typer.Option(min=0, max=64, help="Cameras at once while delays are measured; 0: leave it out.")
    ] = 8,
    delay_seconds: Annotated[
        float, typer.Option(min=0.0, help="How long to measure delays; 0: leave it out.")
    ] = 90.0,
    confirm: Annotated[
        bool, typer.Option(help="Run as many cameras as two cores should carry, to see whether they do.")
    ] = True,
    memory: Annotated[bool, typer.Option(help="Measure what each camera's process adds.")] = True,
    standing: Annotated[
        float, typer.Option(min=0.0, help="How long to look at a line that stands; 0: leave it out.")
    ] = 40.0,
    before: Annotated[
        Path | None,
        typer.Option(
            help="A checkout of earlier code, which takes its turns too.", exists=True, file_okay=False
        ),
    ] = None,
    cache: Annotated[Path, typer.Option(help="Where the cameras' recordings are kept.")] = RECORDINGS,
    model: ModelOption = None,
    out: Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What cameras cost: processor, memory and delay, on a sample lift's recording.

    The processor's time of the whole path, of decoding alone and of OpenCV's reader are taken in turns.
    Takes a quarter of an hour; on a machine that does other things as well fewer cameras keep up, and
    verdicts come later.
    """
    wanted = Wanted(seconds, 20.0 if confirm else 0.0, memory, cameras, delay_seconds, before)
    wanted = wanted._replace(standing_s=standing, cache=cache)
    set_up_logging("error", None)
    cv2.setNumThreads(1)  # as in a camera's process
    result = about() | {"seconds": wanted.seconds}
    if before is not None:
        result["before"] = {"git_commit": git_commit(before)}
    settings = load_settings(model=model, device="cpu")
    folder, source = sample()
    judged = judge_of(folder, settings)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        rows = []
        for camera in CAMERAS:
            task = progress.add_task(f"{camera.name}: encoding", total=START_S + wanted.seconds)
            video = recording(camera, source, cache)
            wanted = wanted._replace(second=recording(SECOND, source, cache))
            rows.append(_row(camera, video, folder, judged, wanted, progress, task))
        result["cameras"] = rows
        if wanted.delay_cameras and wanted.delay_s:
            task = progress.add_task(f"{wanted.delay_cameras} cameras to verdicts", total=None)
            result["delay"] = delay(_samples(wanted.delay_cameras), settings, wanted.delay_s)
            progress.update(task, total=1, completed=1)
    result["said"] = said(result)
    _keep(result, out)
    typer.echo(json.dumps(result) if as_json else markdown(result))


def passage(
    pictures: Annotated[int, typer.Option(min=4, max=32, help="Of a passage, against three.")] = PICTURES,
    passages: Annotated[int, typer.Option(min=1, help="How many to measure each way.")] = 16,
    cache: Annotated[Path, typer.Option(help="Where the cameras' recordings are kept.")] = RECORDINGS,
    model: ModelOption = None,
    out: Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What a passage costs that is judged by a dozen pictures, against three."""
    set_up_logging("error", None)
    cv2.setNumThreads(1)
    folder, source = sample()
    camera = CAMERAS[1]
    video = recording(camera, source, cache)
    judged = judge_of(folder, load_settings(model=model, device="cpu"))
    result = about() | {"camera": camera.name}
    lengths = {"start_s": START_S, "slice_s": INTERVAL_S}
    result |= passage_cost(video, watched(folder, video), judged, pictures, passages=passages, **lengths)
    _keep(result, out)
    ratio, cost_of = result["ratio"], result["cost"]
    judging = " and ".join(f"{each['judging_ms']:.1f} ms by {count}" for count, each in cost_of.items())
    sentence = (
        f"{camera.name}: a carrier's interval with {pictures} pictures takes {ratio['median']:.2f} times "
        f"({ratio['p5']:.2f} to {ratio['p95']:.2f}) the processor's time of three, "
        f"{result['added_ms']:.1f} ms more; judging takes {judging} pictures; "
        f"{result['slices']} intervals in turns"
    )
    typer.echo(json.dumps(result) if as_json else sentence)


def carry(
    cameras: Annotated[int, typer.Option(min=1, max=256, help="How many run at once.")] = 8,
    seconds: Annotated[float, typer.Option(min=1.0, help="How long, once all lines are followed.")] = 600.0,
    cores: Annotated[int, typer.Option(min=1, help="How many of this machine's cores they have.")] = CORES,
    model: ModelOption = None,
    out: Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Whether so many cameras are carried: they run, and no verdict is late. Exit status 1 if one is."""
    set_up_logging("error", None)
    result = about() | carry_cameras(
        _samples(cameras), load_settings(model=model, device="cpu"), seconds, cores
    )
    _keep(result, out)
    typer.echo(json.dumps(result) if as_json else carried(result))
    if result["late"] or result["frames_dropped"] or not result["judged"]:
        raise typer.Exit(1)


def _row(
    camera: SimulatedCamera,
    video: Path,
    folder: LiftFolder,
    judged: Callable[[Passage], object],
    wanted: Wanted,
    progress: Progress,
    task: TaskID,
) -> Row:
    progress.update(task, description=f"{camera.name}: cost")
    advance = partial(progress.advance, task)
    decoding = Decoding(video)
    with ExitStack() as ends:
        others: dict[str, Turn] = {OPENCV: partial(_timed, OpenCvReader(video).go_on)}
        if wanted.before is not None:
            others[BEFORE] = ends.enter_context(EarlierPath(wanted.before, video)).go_on
        lift = watched(folder, video)
        if (second := _second(camera, wanted.second)) is not None:
            others[TWO] = partial(_timed, partial(TwoStreamPath(video, second, lift).go_on, passages=[]))
        kind = device()
        if kind != "none":
            inside = WorkerOptions(hardware=kind, in_background=False)
            path = WholePath(video, lift, inside)
            others[f"{ON_DEVICE} ({kind})"] = partial(_timed, partial(path.go_on, passages=[]))
        found = cost(video, lift, judged, wanted.seconds, others=others, on_progress=advance)
    size, turn = (camera.width, camera.height), partial(_timed, decoding.go_on)
    for name, ratio in programs(video, size, min(wanted.seconds, PROGRAMS_S), turn).items():
        found["others"][name] = {"ms": ratio * found["decoding_ms"], "ratio": {"median": ratio}}
    counted = max(1, int(CORES * 1e3 / (found["whole_ms"] + found["judging_ms"])))
    row: Row = {"name": camera.name, "width": camera.width, "height": camera.height}
    row |= {"b_pictures": camera.b_pictures, "mbit_per_s": mbit_per_s(video), **found, "device": kind}
    row["capacity"] = {"counted": counted}
    if wanted.standing_s and not camera.b_pictures:
        progress.update(task, description=f"{camera.name}: a line that stands")
        still = standing_recording(camera, sample()[1], wanted.cache, wanted.standing_s)
        row["standing"] = standing_cost(still, watched(folder, still), wanted.standing_s)

    def several(count: int) -> list[WatchedLift]:
        return [watched(folder, video, f"camera-{number}") for number in range(count)]

    if wanted.confirm_s and not camera.b_pictures:
        progress.update(task, description=f"{camera.name}: running {counted}")
        row["capacity"] |= capacity(several(counted), wanted.confirm_s)
    if wanted.memory and not camera.b_pictures:
        progress.update(task, description=f"{camera.name}: memory")
        row["memory"] = memory(several(MEMORY_CAMERAS))
        if wanted.before is not None:
            row["memory"]["before"] = earlier_memory(wanted.before, video, MEMORY_CAMERAS)
    progress.update(task, description=camera.name)
    return row


def _second(camera: SimulatedCamera, second: Path | None) -> Path | None:
    """Return the recording of a camera's second stream; None where it has none."""
    return None if camera.b_pictures else second


def _keep(result: Row, out: Path | None) -> None:
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def _timed(go_on: Callable[[float], None], seconds: float) -> float:
    return cpu_s(partial(go_on, seconds))


def _samples(count: int) -> list[WatchedLift]:
    """Return so many cameras on the sample lifts' own recordings, in turn."""
    samples = [sample(folder.name) for folder in sample_folders()]
    return [watched(*samples[number % len(samples)], f"camera-{number}") for number in range(count)]


def judge_of(folder: LiftFolder, settings: Settings) -> Callable[[Passage], Judgement]:
    """Return what judges a passage in this process, on one thread, by the lift's masks."""
    network = EmbeddingModel.load(settings.manifest_path(), "cpu", threads=1, public_key=settings.model_key())
    engine = InlineEngine(network, network.manifest)
    version = enrol(folder.lift.id, folder.masks.open, folder.masks.close, folder.references, engine)

    def judged(passage: Passage) -> Judgement:
        pictures = np.stack([picture.image for picture in passage.judged])
        seen = network.pictures(pictures, version.reference_embeddings())
        return judge_passage(passage, seen, version.lift_references(), network.manifest.calibration)

    return judged
