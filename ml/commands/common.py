"""Options, paths and the progress bar that several commands share."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

import cv2
import torch
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ml.artefact.calibration import read_manifest
from ml.data.benchmark import Part, parts, render_parts
from ml.data.counts import Split
from ml.data.photographs import Use, present
from ml.data.pictures import PictureSet, read
from ml.data.rendered import LiftRecipe, PlainLifts, prepare
from ml.export.manifest import git_commit
from ml.machine.files import written_whole

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "released"
RESULTS = ROOT / "results"
LOCO_FIRST_SEED, LOCO_LIFTS = 10_000, 8
EVENTS_FIRST_SEED, EVENTS_LIFTS = 10_400, 60
"""Lifts of enrolled recordings, a set of its own: failures may be looked at, but no constant is chosen."""

CacheOption = Annotated[Path, typer.Option(help="Where rendered lifts are kept between runs.")]
BenchmarkOption = Annotated[Path, typer.Option(help="Where `barwatch render benchmark` put the sets.")]
WorkersOption = Annotated[int, typer.Option(min=1, help="Processes that render.")]
ModelOption = Annotated[Path, typer.Option(help="The artefact, barwatch.ts.")]
FirstSeedOption = Annotated[int, typer.Option(help="First of the lifts.")]
LiftsOption = Annotated[int, typer.Option(min=1, help="How many lifts.")]
RecordingsOption = Annotated[
    int, typer.Option(min=1, help="Recordings of each, each in a weather of its own.")
]
CarriersOption = Annotated[int, typer.Option(min=1, help="Carriers of each recording.")]
RecordingsCacheOption = Annotated[Path, typer.Option(help="Where recordings are kept between runs.")]
RECORDINGS = Path("runs/events")
OnlyOption = Annotated[list[str] | None, typer.Option(help="Only these lifts, e.g. S7.")]
OutOption = Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout instead of a table.")]
DeviceOption = Annotated[str, typer.Option(help="cpu, cuda or auto.")]

console = Console(stderr=True)


BarsName = Literal["siamese", "classifier", "vgg16", "resnet50", "efficientnet-lite0", "getnet"]
"""The papers' systems that judge bars (`ml.systems.named`)."""

RetrievalName = Literal["abir", "triplet-mildnet", "triplet-resnet50", "adaptive-l2"]
"""Those that find carriers again."""

PapersName = Literal[BarsName, RetrievalName]

SystemName = Literal["barwatch", PapersName]
"""The systems that can be trained."""

EvaluatedPreset = Literal["smoke", "small"]
"""How much is judged."""


class UnseenLifts(NamedTuple):
    """Rendered lifts that no training saw."""

    first_seed: int
    lifts: int
    passages: int

    @property
    def seeds(self) -> range:
        """The lifts' seeds."""
        return range(self.first_seed, self.first_seed + self.lifts)


def progress_bar() -> Progress:
    """A bar for rich's Progress; tasks have a field `note`."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
    )


def prepare_lifts(
    cache: Path, seeds: range, passages: int | LiftRecipe, workers: int, what: str
) -> list[Path]:
    """Render what the cache does not hold yet, with a bar; returns the lifts' files in order.

    passages: of each lift, before the renderer's own places; or another recipe.
    """
    recipe = PlainLifts(passages) if isinstance(passages, int) else passages
    with progress_bar() as progress:
        task = progress.add_task(f"rendering {what}", total=len(seeds), note="")
        files = []
        for path in prepare(cache, list(seeds), recipe, workers):
            files.append(path)
            progress.advance(task)
    return sorted(files)


def require_photographs(folder: Path, use: Use) -> tuple[str, ...]:
    """Return the names of one use's photographs; ends the command with the one to run if some are missing."""
    try:
        return tuple(present(folder, use))
    except FileNotFoundError as error:
        raise typer.BadParameter(str(error), param_hint="--photographs") from None


def read_parts(benchmark: Path, wanted: list[Part], workers: int, faces_blurred: bool = False) -> PictureSet:
    """Read parts of the benchmark, rendering what is not there yet."""
    render_missing(benchmark, wanted, workers)
    return read(benchmark, wanted, faces_blurred)


def render_missing(benchmark: Path, wanted: list[Part], workers: int) -> None:
    """Render those parts of the benchmark that are not there yet, whatever they look like on this machine."""
    missing = [part for part in wanted if not part.path(benchmark).exists()]
    with progress_bar() as progress:
        task = progress.add_task("rendering pictures", total=sum(part.pictures for part in missing), note="")
        for part, _ in render_parts(benchmark, missing, workers):
            progress.advance(task, part.pictures)


def parts_of(splits: Sequence[Split], only: Sequence[str] | None) -> list[Part]:
    """Return the benchmark's files of some splits, of all lifts or only some."""
    found = [part for part in parts(splits) if not only or part.counts.lift in only]
    if not found:
        raise typer.BadParameter(f"no such lift among S1 to S20: {', '.join(only or [])}")
    return found


def command_line() -> str:
    """Return the command that runs, as a person would type it."""
    return shlex.join(["barwatch", *sys.argv[1:]])


def provenance(data_seed: int | None) -> dict[str, Any]:
    """Return the start of every result: its command, the commit, and the first seed of its pictures.

    data_seed is None for pictures that were not rendered here. OpenCV's version belongs to a seed: another
    rounds otherwise, and renders other pictures. It is this process's: pictures that lay there already may be
    another's.
    """
    return {
        "command": command_line(),
        "git_commit": git_commit(),
        "data_seed": data_seed,
        "opencv": cv2.__version__,
    }


def judged_network(artefact: Path) -> dict[str, Any]:
    """Return what a result says of the artefact that it judges: its SHA-256, and how it was trained.

    processor_s, of its last training, is not in artefacts before 0.7.
    """
    manifest = read_manifest(artefact)
    kept = ("steps_done", "processor_s", "started_from", "teacher", "trunk_share", "parameters", "model")
    trained = manifest["training"]
    return {"sha256": manifest["sha256"]} | {name: trained[name] for name in kept if name in trained}


def keep(result: dict[str, Any], out: Path | None) -> None:
    """Write a result, or what there is of it so far, to a file if one is given: whole or not at all."""
    if out:
        with written_whole(out) as part:
            part.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def deliver(result: dict[str, Any], table: str, out: Path | None, as_json: bool) -> None:
    """Write a result to a file, if one is given, and print it: as JSON or as its Markdown table."""
    keep(result, out)
    print(json.dumps(result) if as_json else table)  # noqa: T201 - this is the command's output


def device_name(name: str) -> str:
    """Return cuda or cpu for `auto`, else the name itself."""
    return ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name
