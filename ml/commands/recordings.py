"""`barwatch evaluate-events` and `evaluate-passages`: the whole service on recordings of unseen lifts."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.progress import Progress

from ml.commands.common import (
    EVENTS_FIRST_SEED,
    EVENTS_LIFTS,
    LOCO_FIRST_SEED,
    LOCO_LIFTS,
    RECORDINGS,
    RELEASED,
    CarriersOption,
    FirstSeedOption,
    JsonOption,
    LiftsOption,
    ModelOption,
    OutOption,
    RecordingsCacheOption,
    RecordingsOption,
    WorkersOption,
    deliver,
    progress_bar,
    provenance,
)
from ml.evaluate.alarms.enrolled import Recorded, failed_folder, judge_all
from ml.evaluate.alarms.figures import failures
from ml.evaluate.alarms.figures import report as report_alarms
from ml.evaluate.alarms.sheet import write_sheets
from ml.evaluate.events import summary
from ml.evaluate.passages.figures import found, report
from ml.evaluate.passages.halts import Halts
from ml.evaluate.passages.variants import VARIANTS
from ml.evaluate.passages.watching import Watch, watch_all
from ml.evaluate.watching import RenderedRecording, render_all, watch
from ml.report.recordings import alarms_section, events_section, passages_section


def evaluate_events(
    model: ModelOption = RELEASED / "barwatch.ts",
    enrolled: Annotated[
        bool,
        typer.Option(
            help="As on a lift that was set up: line learnt, one open and one closed passage confirmed."
        ),
    ] = False,
    first_seed: Annotated[int | None, typer.Option(help="First of the lifts.")] = None,
    lifts: Annotated[int | None, typer.Option(min=1, help="How many lifts; 8, enrolled 60.")] = None,
    recordings: Annotated[
        int | None, typer.Option(min=1, help="Recordings of each; 2, enrolled 3 beside the one that teaches.")
    ] = None,
    carriers: Annotated[int, typer.Option(min=1, help="Carriers of each recording.")] = 13,
    learnt: Annotated[
        bool, typer.Option(help="Each lift's first recording teaches its line and is not counted.")
    ] = False,
    fps: Annotated[
        float, typer.Option(min=1, max=25, help="Enrolled: the stream's pictures a second.")
    ] = 12.5,
    height: Annotated[int, typer.Option(min=90, max=720, help="Enrolled: rows of each picture.")] = 360,
    nice: Annotated[int, typer.Option(min=0, max=19, help="Gives other programs precedence.")] = 10,
    sheets: Annotated[
        Path | None,
        typer.Option(help="Enrolled: writes pictures of all that failed into this folder."),
    ] = None,
    cache: RecordingsCacheOption = RECORDINGS,
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the whole service on recordings of lifts that no training saw: recall, false alarms, delay.

    Each recording is a lift's first start, during whose first minute alarms are late. With --learnt the line
    is known, as it is from then on. With --enrolled what became of each lift is kept:
    the command goes on where it was stopped.
    """
    os.nice(nice)
    if enrolled:
        first, count = first_seed or EVENTS_FIRST_SEED, lifts or EVENTS_LIFTS
        wanted_of_each = Recorded(recordings or 3, carriers, fps=fps, height=height)
        records = _enrolled(cache, range(first, first + count), wanted_of_each, model, workers)
        if sheets is not None:
            write_sheets(sheets, "failed", failures(records, failed_folder(cache, wanted_of_each, model)))
        figures = {**provenance(first), "recorded": asdict(wanted_of_each), **report_alarms(records)}
        deliver(figures, alarms_section(figures), out, as_json)
        return
    first_seed, lifts, recordings = (
        LOCO_FIRST_SEED if first_seed is None else first_seed,
        lifts or LOCO_LIFTS,
        recordings or 2,
    )
    if learnt and recordings < 2:
        raise typer.BadParameter("one recording teaches: two or more are needed", param_hint="--recordings")
    with progress_bar() as progress, TemporaryDirectory() as memories:
        wanted = _render(
            cache, range(first_seed, first_seed + lifts), recordings, carriers, workers, progress
        )
        task = progress.add_task("watching", total=len(wanted), note="")
        rows, tallies = [], []
        for recording in wanted:
            memory = Path(memories) / f"{recording.seed}.npz" if learnt else None
            found, row = watch(cache, recording, model, memory)
            if not learnt or recording.number > 0:
                tallies.append(found)
                rows.append(row)
            progress.advance(task)
    result: dict[str, Any] = {
        **provenance(first_seed),
        **summary(tallies),
        "recordings": rows,
    }
    deliver(result, events_section(result), out, as_json)


def evaluate_passages(
    model: ModelOption = RELEASED / "barwatch.ts",
    first_seed: FirstSeedOption = LOCO_FIRST_SEED,
    lifts: LiftsOption = LOCO_LIFTS,
    recordings: RecordingsOption = 2,
    carriers: CarriersOption = 13,
    variants: Annotated[
        list[str] | None, typer.Option(help="What becomes of each recording; all of them if not given.")
    ] = None,
    cache: RecordingsCacheOption = RECORDINGS,
    workers: Annotated[int, typer.Option(min=1, help="Processes that render, then those that watch.")] = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge how the service finds carriers on recordings of unseen lifts, damaged and slowed down too."""
    names = list(dict.fromkeys(variants or VARIANTS))
    if strange := [name for name in names if name not in VARIANTS]:
        raise typer.BadParameter(f"{strange[0]!r}: one of {', '.join(VARIANTS)}", param_hint="--variants")
    watches: dict[tuple[str, RenderedRecording], Watch] = {}
    with progress_bar() as progress:
        wanted = _render(
            cache, range(first_seed, first_seed + lifts), recordings, carriers, workers, progress
        )
        task = progress.add_task("watching", total=len(wanted) * len(names), note="")
        for watch in watch_all(cache, wanted, names, model, workers):
            watches[watch.variant, watch.recording] = watch
            progress.update(task, advance=1, note=watch.variant)

    def seen(name: str, recording: RenderedRecording) -> tuple[dict[str, Any], Any]:
        watch = watches[name, recording]
        by = {"lift": f"seed-{recording.seed}", "recording": recording.number, "light": watch.truth["light"]}
        return by, found(watch.truth["carriers"], watch.lines, Halts.of(watch.truth).to_old_time)

    result: dict[str, Any] = {
        **provenance(first_seed),
        "sources": sorted({watch.sources for watch in watches.values()}),
        **report([(name, VARIANTS[name].what, [seen(name, r) for r in wanted]) for name in names]),
    }
    deliver(result, passages_section(result), out, as_json)


def _enrolled(cache: Path, seeds: range, wanted: Recorded, model: Path, workers: int) -> list[dict[str, Any]]:
    """Judge enrolled lifts, or read what an earlier run made of them; ordered by lift."""
    records = []
    with progress_bar() as progress:
        task = progress.add_task("enrolling and watching lifts", total=len(seeds), note="")
        for record in judge_all(cache, seeds, wanted, model, workers):
            records.append(record)
            progress.update(task, advance=1, note=f"lift {record['seed']}")
    return sorted(records, key=lambda record: int(record["seed"]))


def _render(
    cache: Path, seeds: range, recordings: int, carriers: int, workers: int, progress: Progress
) -> list[RenderedRecording]:
    """Render the recordings that the cache does not hold yet; returns all of them, lift by lift."""
    wanted = [RenderedRecording(seed, number, carriers) for seed in seeds for number in range(recordings)]
    task = progress.add_task("rendering recordings", total=len(wanted), note="")
    for _ in render_all(cache, wanted, workers):
        progress.advance(task)
    return wanted
