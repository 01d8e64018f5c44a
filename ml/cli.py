"""ml's commands of `barwatch`: render, train, evaluate, export. The service finds them by entry point."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ml.scene.cli import app as scene_app

app = typer.Typer(help="Data, training, tables and the artefact.", no_args_is_help=True)
app.add_typer(scene_app, name="render", help="Render lifts, pictures and videos from seeds.")

ROOT = Path(__file__).resolve().parent
RELEASED = ROOT / "released"
RESULTS = ROOT / "results"
CALIBRATION_SEEDS = range(10_100, 10_130)
LOCO_SEEDS = range(10_000, 10_008)

_console = Console(stderr=True)


class System(StrEnum):
    """The networks that can be trained."""

    BARWATCH = "barwatch"


class Preset(StrEnum):
    """How much of everything."""

    SMOKE = "smoke"
    SMALL = "small"
    LARGE = "large"


CacheOption = Annotated[Path, typer.Option(help="Where rendered lifts are kept between runs.")]
WorkersOption = Annotated[int, typer.Option(min=1, help="Processes that render.")]


def _progress() -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=_console,
    )


def _prepared(cache: Path, seeds: range, passages: int, workers: int, what: str) -> list[Path]:
    from ml.data.rendered import prepare  # noqa: PLC0415 - keeps `barwatch --help` quick

    with _progress() as progress:
        task = progress.add_task(f"rendering {what}", total=len(seeds), note="")
        files = []
        for path in prepare(cache, list(seeds), passages, workers):
            files.append(path)
            progress.advance(task)
    return sorted(files)


@app.command()
def train(
    system: Annotated[System, typer.Argument(help="Which network.")],
    preset: Annotated[Preset, typer.Option(help="How much data and how long.")] = Preset.SMALL,
    out: Annotated[Path, typer.Option(help="Checkpoints and log.")] = Path("runs/barwatch"),
    cache: CacheOption = Path("runs/rendered"),
    resume: Annotated[
        bool, typer.Option(help="Go on from the last checkpoint in --out, if there is one.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the weights and of the batches.")] = 0,
    steps: Annotated[int | None, typer.Option(min=1, help="Instead of the preset's number.")] = None,
    lifts: Annotated[int | None, typer.Option(min=1, help="Instead of the preset's number.")] = None,
    workers: WorkersOption = 2,
    device: Annotated[str, typer.Option(help="cpu, cuda or auto.")] = "auto",
) -> None:
    """Train a network on rendered lifts; the lifts are rendered first, where they are not there yet."""
    import torch  # noqa: PLC0415 - seconds that only this command needs

    from ml.train.config import PRESETS  # noqa: PLC0415
    from ml.train.loop import Trainer  # noqa: PLC0415
    from ml.train.loop import train as run  # noqa: PLC0415

    config = replace(PRESETS[preset.value], seed=seed)
    config = replace(config, steps=steps or config.steps, lifts=lifts or config.lifts)
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists() and not resume:
        _console.print(f"[red]{checkpoint} is there already: give --resume to go on, or another --out")
        raise typer.Exit(2)
    place = torch.device(device)
    trainer = Trainer.load(checkpoint, place) if checkpoint.exists() else Trainer(config, place)
    config = trainer.config
    seeds = range(config.first_seed, config.first_seed + config.lifts)
    files = _prepared(cache, seeds, config.passages, workers, "training lifts")
    with _progress() as progress:
        task = progress.add_task(f"training {system}", total=config.steps, completed=trainer.step, note="")

        def show(step: int, _: int, means: dict[str, float]) -> None:
            note = f"loss {means['margin']:.3f} accuracy {100 * means['accuracy']:.1f}"
            progress.update(task, completed=step, note=note)

        path = run(trainer, files, out, show)
    _console.print(f"checkpoint: {path}")


@app.command()
def evaluate(
    model: Annotated[Path, typer.Option(help="The artefact to judge.")] = RELEASED / "barwatch.ts",
    first_seed: Annotated[int, typer.Option(help="First of the lifts.")] = LOCO_SEEDS.start,
    lifts: Annotated[int, typer.Option(min=1, help="How many lifts.")] = len(LOCO_SEEDS),
    passages: Annotated[int, typer.Option(min=2, help="Passages of each, three pictures each.")] = 67,
    folder: Annotated[
        list[Path] | None, typer.Option(help="Judge lift folders with a meta.json of labels instead.")
    ] = None,
    shifts: Annotated[bool, typer.Option(help="Search the masks' small shifts, as the service does.")] = True,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: Annotated[Path | None, typer.Option(help="Write the report here as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on stdout instead of a table.")] = False,
) -> None:
    """Judge the artefact on lifts it has never seen, from their two masks alone."""
    from ml.data.rendered import load  # noqa: PLC0415
    from ml.evaluate.report import markdown, report  # noqa: PLC0415
    from ml.evaluate.scoring import score_folder, score_rendered  # noqa: PLC0415
    from ml.export.manifest import SHIFTS_PX, git_commit  # noqa: PLC0415
    from ml.export.torchscript import Scripted  # noqa: PLC0415

    network = Scripted.load(model)
    calibration = json.loads(model.with_suffix(".json").read_text(encoding="utf-8"))["calibration"]
    bank = SHIFTS_PX if shifts else [(0, 0)]
    if folder:
        scores = [score_folder(network, path, bank) for path in folder]
        title = "labelled folders"
    else:
        files = _prepared(cache, range(first_seed, first_seed + lifts), passages, workers, "test lifts")
        scores = [score_rendered(network, load(path), bank) for path in files]
        title = f"{lifts} rendered lifts that no training saw (seeds from {first_seed})"
    result: dict[str, Any] = {
        "command": shlex.join(["barwatch", *sys.argv[1:]]),
        "git_commit": git_commit(),
        "mask_shifts": shifts,
        **report(scores, calibration["scale"], calibration["offset"], calibration["occupancy_threshold"]),
    }
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(result) if as_json else markdown(title, result))  # noqa: T201 - this is the command's output


@app.command()
def export(
    checkpoint: Annotated[Path, typer.Option(help="What was trained.")] = Path("runs/barwatch/checkpoint.pt"),
    out: Annotated[Path, typer.Option(help="Folder for barwatch.ts and barwatch.json.")] = RELEASED,
    version: Annotated[str, typer.Option(help="The artefact's version.")] = "0.1.0",
    passages: Annotated[int, typer.Option(min=4, help="Passages of each calibration lift.")] = 16,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
) -> None:
    """Export a checkpoint as TorchScript with its manifest, calibrated on lifts that no training saw."""
    import torch  # noqa: PLC0415

    from ml.export.release import release  # noqa: PLC0415

    files = _prepared(cache, CALIBRATION_SEEDS, passages, workers, "calibration lifts")
    data = torch.load(checkpoint, map_location="cpu", weights_only=True)
    path = release(data, files, out, version, shlex.join(["barwatch", *sys.argv[1:]]))
    _console.print(f"{path} and {path.with_suffix('.json').name} written")


bench_app = typer.Typer(no_args_is_help=True)
app.add_typer(bench_app, name="bench", help="Speed of the parts, measured on this machine.")


@bench_app.command("render")
def bench_render(
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side.")] = 2,
    lifts: Annotated[int, typer.Option(min=1, help="Lifts each process renders.")] = 10,
    passages: Annotated[int, typer.Option(min=1, help="Passages of each lift, three pictures each.")] = 8,
    seed: Annotated[int, typer.Option(min=0, help="The first lift's.")] = 0,
) -> None:
    """Registered pictures rendered a second; JSON."""
    from ml.bench import render_rate  # noqa: PLC0415

    print(json.dumps(render_rate(processes, lifts, passages, seed)))  # noqa: T201


@bench_app.command("embed")
def bench_embed(
    model: Annotated[Path, typer.Option(help="The artefact.")] = RELEASED / "barwatch.ts",
    seconds: Annotated[float, typer.Option(min=0.01, help="Time for each row.")] = 2.0,
) -> None:
    """Pictures the artefact embeds a second on the CPU, by batch and threads; JSON, a line a row."""
    from ml.bench import embed_rate  # noqa: PLC0415

    for row in embed_rate(model, (1, 3, 16), (1, 2), seconds):
        print(json.dumps(row))  # noqa: T201
