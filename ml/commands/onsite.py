"""`barwatch evaluate-onsite`, `-arming` and `-privacy`: what a lift's own passages do for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import mean
from typing import Annotated, Any

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
    provenance,
)
from ml.data.rendered import load
from ml.evaluate.onsite import SiteLift
from ml.evaluate.scoring import Scores
from ml.evaluate.site.arming import TrialLift, agreements, arming_rows, read_all, trials
from ml.evaluate.site.draws import COUNTS, Row, row_scores, rows
from ml.evaluate.site.privacy import PrivacyRow, again, figures, learnt, stored_lift
from ml.report.accuracy import arming_section, onsite_section, privacy_section


def evaluate_onsite(
    model: ModelOption = RELEASED / "barwatch.ts",
    first_seed: FirstSeedOption = LOCO_FIRST_SEED,
    lifts: LiftsOption = LOCO_LIFTS,
    passages: Annotated[int, typer.Option(min=2, help="Passages of each that are judged.")] = 67,
    watched: Annotated[
        int, typer.Option(min=2, help="Further passages of each, half of them open, to draw from.")
    ] = 421,
    count: Annotated[
        list[int] | None, typer.Option(min=1, help="Passages that a lift has watched; 20, 50 and 200.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Draws for each row.")] = 10,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge what a lift gains from its own passages: watched without a label, then with some reviewed."""
    network = Scripted.load(model)
    calibration = read_calibration(model)
    seeds = range(first_seed, first_seed + lifts)
    files = prepare_lifts(cache, seeds, passages + watched, workers, "test lifts")
    scores: list[tuple[Row, Scores]] = []
    pictures = 0
    for number, path in enumerate(files):  # one after the other: what the network keeps of each is large
        lift = SiteLift.of(network, load(path), passages)
        pictures += len(lift.judged_open)
        scores += row_scores(lift, calibration, count or COUNTS, rounds, [seed, number])
    result: dict[str, Any] = {
        **provenance(first_seed),
        "seed": seed,
        "lifts": lifts,
        "pictures": pictures,
        "rounds": rounds,
        "rows": rows(scores, calibration, rounds),
    }
    title = f"{lifts} lifts that no training saw, after passages of their own"
    deliver(result, onsite_section(title, result), out, as_json)


def evaluate_arming(
    model: ModelOption = RELEASED / "barwatch.ts",
    first_seed: FirstSeedOption = LOCO_FIRST_SEED,
    lifts: LiftsOption = 20,
    passages: Annotated[int, typer.Option(min=2, help="Passages of each, half of them open.")] = 67,
    rounds: Annotated[int, typer.Option(min=1, help="Orders in which they come, for each row.")] = 3,
    seed: Annotated[int, typer.Option(help="Of the orders.")] = 0,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try right, swapped and other lifts' masks: after how many passages they arm a lift, if ever."""
    network = Scripted.load(model)
    calibration = read_calibration(model)
    files = prepare_lifts(cache, range(first_seed, first_seed + lifts), passages, workers, "test lifts")
    watched = [TrialLift.of(network, load(path)) for path in files]
    read = read_all(network, watched, calibration)
    result: dict[str, Any] = {
        **provenance(first_seed),
        "seed": seed,
        "lifts": lifts,
        "passages": passages,
        "rounds": rounds,
        "agreement": agreements(watched, read, rounds, seed),
        "rows": arming_rows(list(trials(network, watched, read, calibration, rounds, seed))),
    }
    deliver(result, arming_section(f"{lifts} lifts that no training saw", result), out, as_json)


def evaluate_privacy(
    model: ModelOption = RELEASED / "barwatch.ts",
    first_seed: FirstSeedOption = LOCO_FIRST_SEED,
    lifts: LiftsOption = LOCO_LIFTS,
    passages: Annotated[int, typer.Option(min=2, help="Passages of each that are judged.")] = 120,
    watched: Annotated[int, typer.Option(min=2, help="Further passages of each, to learn from.")] = 368,
    count: Annotated[
        list[int] | None, typer.Option(min=1, help="Passages that a lift has watched; 20, 50 and 200.")
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Draws for each row.")] = 1,
    seed: Annotated[int, typer.Option(help="Of the draws.")] = 0,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure what hiding people in stored pictures costs a lift that learns from them."""
    network = Scripted.load(model)
    calibration = read_calibration(model)
    seeds = range(first_seed, first_seed + lifts)
    files = prepare_lifts(cache, seeds, passages + watched, workers, "test lifts")
    scores: list[tuple[PrivacyRow, Scores]] = []
    sizes: list[Mapping[str, float]] = []
    for number, path in enumerate(files):  # one after the other: what the network keeps of each is large
        kept = stored_lift(network, load(path), passages, calibration.bar_map_cells)
        sizes.append(kept.bytes)
        scores += again(kept)
        scores += learnt(kept, calibration, count or COUNTS, rounds, [seed, number])
    result: dict[str, Any] = {
        **provenance(first_seed),
        "seed": seed,
        "lifts": lifts,
        "passages": passages,
        "watched": watched,
        "rounds": rounds,
        "bytes_per_passage": {name: round(mean(each[name] for each in sizes)) for name in sizes[0]},
        "rows": figures(scores, calibration, rounds),
    }
    title = f"{lifts} lifts that no training saw, with people hidden in what they learn from"
    deliver(result, privacy_section(title, result), out, as_json)
