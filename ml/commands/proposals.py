"""`barwatch evaluate-proposals`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from ml.artefact.calibration import read_calibration
from ml.artefact.torchscript import Scripted
from ml.commands.common import (
    LOCO_FIRST_SEED,
    LOCO_LIFTS,
    RELEASED,
    CacheOption,
    FirstSeedOption,
    JsonOption,
    LiftsOption,
    ModelOption,
    OutOption,
    WorkersOption,
    deliver,
    prepare_lifts,
    progress_bar,
    provenance,
)
from ml.data.rendered import load
from ml.evaluate.masks.proposals import judge_lift, key, proposal_rows
from ml.evaluate.masks.sheet import write_sheet
from ml.report.verdicts import proposals_section


def evaluate_proposals(
    model: ModelOption = RELEASED / "barwatch.ts",
    first_seed: FirstSeedOption = LOCO_FIRST_SEED,
    lifts: LiftsOption = LOCO_LIFTS,
    passages: Annotated[int, typer.Option(min=2, help="Judged passages of each, three pictures each.")] = 16,
    seen: Annotated[int, typer.Option(min=6, help="Further passages of each, to pick from.")] = 20,
    draws: Annotated[int, typer.Option(min=1, help="Draws of picks, per lift and way.")] = 1,
    seed: Annotated[int, typer.Option(help="Of the picks.")] = 0,
    sheet: Annotated[Path | None, typer.Option(help="Draw the proposals over pictures, as PNG.")] = None,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge unseen lifts by masks as the network proposes them, untouched, against hand-made ones.

    Proposed from one or two picked passages of either state, alone or with others grouped with them. Records
    are kept beside the rendered lifts: a command that was interrupted goes on where it stopped.
    """
    network, calibration = Scripted.load(model), read_calibration(model)
    seeds = range(first_seed, first_seed + lifts)
    files = prepare_lifts(cache, seeds, passages + seen, workers, "test lifts")
    records = {}
    kept = cache / f"proposals-{key(model, passages, seen, draws, seed)}.jsonl"
    if kept.exists():
        records = dict(map(json.loads, kept.read_text(encoding="utf-8").splitlines()))
    with progress_bar() as progress, kept.open("a", encoding="utf-8") as file:
        task = progress.add_task("judging lifts", total=len(files), note="")
        for path in files:
            if path.stem not in records:
                records[path.stem] = judge_lift(network, load(path), calibration, passages, draws, seed)
                file.write(json.dumps([path.stem, records[path.stem]]) + "\n")
                file.flush()
            progress.advance(task)
    rows = proposal_rows([records[path.stem] for path in files], draws)
    result = provenance(first_seed) | {"lifts": lifts, "passages": passages, "seen": seen, "draws": draws}
    if sheet is not None:
        write_sheet(sheet, network, files, calibration, passages, seed)
    deliver(result | {"rows": rows}, proposals_section(result | {"rows": rows}), out, as_json)
