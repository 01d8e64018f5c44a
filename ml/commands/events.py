"""`barwatch evaluate-events`: the whole service on recordings, one decision a carrier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ml.commands.common import (
    LOCO_FIRST_SEED,
    LOCO_LIFTS,
    RECORDINGS,
    RELEASED,
    CarriersOption,
    FirstSeedOption,
    JsonOption,
    JudgedModelOption,
    LiftsOption,
    RecordingsCacheOption,
    RecordingsOption,
    WorkersOption,
    deliver,
    progress_bar,
    provenance,
)


def evaluate_events(
    model: JudgedModelOption = RELEASED / "barwatch.ts",
    first_seed: FirstSeedOption = LOCO_FIRST_SEED,
    lifts: LiftsOption = LOCO_LIFTS,
    recordings: RecordingsOption = 2,
    carriers: CarriersOption = 13,
    cache: RecordingsCacheOption = RECORDINGS,
    workers: WorkersOption = 2,
    out: Annotated[Path | None, typer.Option(help="Write the report here as JSON.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Judge the whole service on recordings of lifts that no training saw: recall, false alarms, delay."""
    from ml.evaluate.events import summary  # noqa: PLC0415 - keeps `barwatch --help` quick
    from ml.evaluate.watching import RenderedRecording, render_all, watch  # noqa: PLC0415
    from ml.report.recordings import events_section  # noqa: PLC0415

    wanted = [
        RenderedRecording(seed, number, carriers)
        for seed in range(first_seed, first_seed + lifts)
        for number in range(recordings)
    ]
    with progress_bar() as progress:
        task = progress.add_task("rendering recordings", total=len(wanted), note="")
        for _ in render_all(cache, wanted, workers):
            progress.advance(task)
        task = progress.add_task("watching", total=len(wanted), note="")
        rows, tallies = [], []
        for recording in wanted:
            found, row = watch(cache, recording, model)
            tallies.append(found)
            rows.append(row)
            progress.advance(task)
    result: dict[str, Any] = {
        **provenance(first_seed),
        **summary(tallies),
        "recordings": rows,
    }
    deliver(result, events_section(result), out, as_json)
