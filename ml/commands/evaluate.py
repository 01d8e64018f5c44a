"""`barwatch evaluate`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import torch
import typer

from ml.artefact.calibration import read_calibration
from ml.artefact.torchscript import Scripted
from ml.commands.common import (
    LOCO_FIRST_SEED,
    LOCO_LIFTS,
    RELEASED,
    BarsName,
    BenchmarkOption,
    CacheOption,
    DeviceOption,
    EvaluatedPreset,
    FirstSeedOption,
    JsonOption,
    LiftsOption,
    ModelOption,
    OnlyOption,
    OutOption,
    SystemName,
    UnseenLifts,
    WorkersOption,
    deliver,
    device_name,
    judged_network,
    parts_of,
    prepare_lifts,
    provenance,
    require_photographs,
)
from ml.commands.retrieval import RETRIEVAL, judge_untrained
from ml.commands.systems import Question, judge_trained
from ml.data.benchmark import FIRST_SEED
from ml.data.moving import MEASURED_FIRST_SEED, MovingLifts
from ml.data.photographs import FOLDER
from ml.data.pictures import PictureSet, read
from ml.data.rendered import load
from ml.evaluate.benchmark import table
from ml.evaluate.masks.habits import habit_rows
from ml.evaluate.passages.length import length_rows
from ml.evaluate.report import report
from ml.evaluate.scoring import score_folder, score_rendered
from ml.evaluate.seat.photographed import FIRST_SEED as SEATS_FIRST_SEED
from ml.evaluate.seat.photographed import ROWS, SeatRow, photograph_set, without_time
from ml.evaluate.seat.place import PLACE_FIRST_SEED, place_rows, place_set
from ml.evaluate.site.view import split, view_figures, view_row, watch
from ml.evaluate.systems import scores_of
from ml.papers.adapting import Adaptation
from ml.report.accuracy import benchmark_section, lifts_section
from ml.report.table import Result
from ml.report.verdicts import habits_section, length_section, seats_section
from ml.train.loop import BEST
from ml.train.run import Run

Precision = Literal["float32", "bfloat16"]
"""The number format that the network computes in."""


def evaluate(
    system: Annotated[SystemName, typer.Argument(help="The shipped network, or a trained one.")] = "barwatch",
    preset: Annotated[
        EvaluatedPreset, typer.Option(help="smoke: a few pictures of the lifts that a smoke run trains on.")
    ] = "small",
    model: ModelOption = RELEASED / "barwatch.ts",
    checkpoint: Annotated[
        Path | None, typer.Option(help="A paper's system, trained; runs/SYSTEM/best.pt.")
    ] = None,
    first_seed: FirstSeedOption = LOCO_FIRST_SEED,
    lifts: LiftsOption = LOCO_LIFTS,
    passages: Annotated[int, typer.Option(min=2, help="Passages of each, three pictures each.")] = 67,
    watched: Annotated[
        int, typer.Option(min=0, help="Further passages of each: can its view show the bar? barwatch.")
    ] = 20,
    folder: Annotated[
        list[Path] | None,
        typer.Option(help="Judge lift folders with a meta.json of labels instead: barwatch."),
    ] = None,
    distances_only: Annotated[
        bool, typer.Option(help="By the embeddings' distances, without attention from the masks: barwatch.")
    ] = False,
    precision: Annotated[
        Precision, typer.Option(help="Of barwatch: the service takes bfloat16 where that is native.")
    ] = "float32",
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    every: Annotated[int, typer.Option(min=1, help="Judge every n-th test picture of S1 to S20.")] = 1,
    untrained: Annotated[
        list[str] | None,
        typer.Option(help="Judge first weights, the recipe changed so, e.g. side=112: abir, triplets."),
    ] = None,
    pseudo_labels: Annotated[
        bool, typer.Option(help="Learn from the first half of each unseen lift's passages, without labels.")
    ] = False,
    reviews: Annotated[
        int, typer.Option(min=0, help="Of these passages, how many an operator labels: the most doubtful.")
    ] = 0,
    learn: Annotated[
        bool, typer.Option(help="Train on reviews; without, they move the points that pictures are near to.")
    ] = True,
    faces_blurred: Annotated[bool, typer.Option(help="Riders' faces blurred: not for barwatch.")] = False,
    device: DeviceOption = "auto",
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a system.

    barwatch, the artefact, on lifts that it has never seen, from their two masks alone. A paper's system on
    S1 to S20 and on unseen lifts; abir, triplets and adaptive-l2 by the carriers that they find again.
    """
    smoke = preset == "smoke"
    unseen = UnseenLifts(first_seed, min(lifts, 2) if smoke else lifts, 8 if smoke else passages)
    place = torch.device(device_name(device))
    run = Run(device=place, cache=cache, benchmark=benchmark, workers=workers)
    if system == "barwatch":
        judged = folder or unseen
        views = 0 if smoke else watched
        result, section = _judge_artefact(model, judged, views, distances_only, precision, run)
    elif untrained:
        result, section = _judge_untrained(system, untrained, smoke, run)
    else:
        how = Adaptation(pseudo=pseudo_labels, reviews=reviews, trains=learn)
        asked = Question(system, checkpoint, unseen, how, every, smoke, faces_blurred)
        result, section = judge_trained(asked, run)
    deliver(result, section, out, as_json)


def _judge_untrained(system: str, words: list[str], smoke: bool, run: Run) -> tuple[Result, str]:
    if system not in RETRIEVAL:
        raise typer.BadParameter(f"only {', '.join(RETRIEVAL)}", param_hint="--untrained")
    try:
        return judge_untrained(system, words, smoke, run)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--untrained") from None


def _judge_artefact(
    model: Path,
    judged: UnseenLifts | list[Path],
    watched: int,
    distances_only: bool,
    precision: Precision,
    run: Run,
) -> tuple[Result, str]:
    """Return the figures of the artefact on unseen lifts, or on labelled folders, and their section."""
    network = Scripted.load(model, getattr(torch, precision))
    calibration = read_calibration(model)
    scores, views = [], []
    if isinstance(judged, UnseenLifts):
        files = prepare_lifts(run.cache, judged.seeds, judged.passages + watched, run.workers, "test lifts")
        for path in files:
            first, others = split(load(path), judged.passages)
            scores.append(score_rendered(network, first, distances_only))
            if watched:
                views.append(watch(network, others, calibration))
        title = f"{judged.lifts} rendered lifts that no training saw (seeds from {judged.first_seed})"
        result = provenance(judged.first_seed)
    else:
        scores = [score_folder(network, path, distances_only) for path in judged]
        title, result = "labelled folders", provenance(None)
    result |= {"network": judged_network(model)} | report(scores, calibration)
    for row, view in zip(result["lifts"], views, strict=bool(views)):
        row["view"] = view_row(view)
    if views:
        result["views"] = view_figures(result["lifts"], watched)
    return result, lifts_section(title, result)


BenchmarkedSystem = Literal["barwatch", BarsName, "edge-energy", "edge-correlation"]
"""What the benchmark's test pictures can be given to: systems, and baselines that learn nothing."""


def evaluate_benchmark(
    system: Annotated[
        BenchmarkedSystem, typer.Argument(help="A trained network, the shipped one, or a baseline.")
    ],
    benchmark: BenchmarkOption = Path("runs/benchmark"),
    checkpoint: Annotated[
        Path | None, typer.Option(help="A paper's system, trained; runs/SYSTEM/best.pt.")
    ] = None,
    model: ModelOption = RELEASED / "barwatch.ts",
    only: OnlyOption = None,
    device: DeviceOption = "auto",
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge a system on the test pictures of S1 to S20: per lift, averages, ROC, each factor's cost."""
    wanted = parts_of(["test"], only)
    data = read(benchmark, wanted)

    def known() -> PictureSet:
        return read(benchmark, [replace(part, split="train") for part in wanted])

    where = model if system == "barwatch" else checkpoint or Path("runs") / system / BEST
    scores, about = scores_of(system, data, known, where, device_name(device))
    result = {
        "system": system,
        **provenance(FIRST_SEED),
        **about,
        **table(scores, data.is_open.numpy(), data.lift.numpy(), data.names, data.factors),
    }
    deliver(result, benchmark_section(system, result), out, as_json)


def evaluate_seats(
    model: ModelOption = RELEASED / "barwatch.ts",
    photographs: Annotated[Path, typer.Option(help="Where `barwatch render photographs` put them.")] = FOLDER,
    lifts: Annotated[int, typer.Option(min=1, help="Lifts of each row.")] = 40,
    passages: Annotated[int, typer.Option(min=2, help="Passages of each, three pictures each.")] = 6,
    place_lifts: Annotated[
        int, typer.Option(min=1, help="Lifts before one photograph at one place, 74 passages of each.")
    ] = 16,
    older: Annotated[
        Path | None,
        typer.Option(help="An artefact that was not trained before texture, for the rows without it."),
    ] = None,
    precision: Annotated[
        Precision, typer.Option(help="The service takes bfloat16 where that is native.")
    ] = "float32",
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge who sits there, on carriers before photographs that were never trained on.

    Rows: empty and nobody anywhere; empty; occupied; one child on a bench for eight; legs below a high back
    seen from behind; people behind an empty bench. The lifts are drawn for this set, and judged from their
    two masks alone; then the same without what a passage's pictures have in common, and by an older network.
    Further lifts, each before one photograph at one place, show what a lift learns of its own seat.
    """
    require_photographs(photographs, "test")
    calibration, kind = read_calibration(model), getattr(torch, precision)
    network, former = Scripted.load(model, kind), None if older is None else Scripted.load(older, kind)
    seeds = range(SEATS_FIRST_SEED, SEATS_FIRST_SEED + lifts)
    rows, without = {}, dict[str, Result]()
    for case in ROWS:
        recipe = photograph_set(case, passages, photographs)
        files = prepare_lifts(cache, seeds, recipe, workers, f"lifts: {case}")
        rendered = [load(path) for path in files]
        row = SeatRow.of(network, rendered)
        rows[case] = row.judged(calibration)
        without.setdefault("time", {})[case] = row.judged(without_time(calibration))
        if older is not None and former is not None:
            judged = SeatRow.of(former, rendered).judged(read_calibration(older))
            without.setdefault("texture", {})[case] = judged
    place_seeds = range(PLACE_FIRST_SEED, PLACE_FIRST_SEED + place_lifts)
    files = prepare_lifts(cache, place_seeds, place_set(photographs), workers, "lifts at one place")
    places = place_rows(network, [load(path) for path in files], calibration)
    result = provenance(SEATS_FIRST_SEED) | {"rows": rows, "without": without, "places": places}
    deliver(result, seats_section(result), out, as_json)


def evaluate_masks(
    model: ModelOption = RELEASED / "barwatch.ts",
    first_seed: FirstSeedOption = LOCO_FIRST_SEED,
    lifts: LiftsOption = LOCO_LIFTS,
    passages: Annotated[int, typer.Option(min=2, help="Passages of each, three pictures each.")] = 24,
    draws: Annotated[int, typer.Option(min=1, help="Pairs of masks of each habit and lift.")] = 4,
    seed: Annotated[int, typer.Option(help="Of the hands that draw.")] = 0,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge unseen lifts by masks as people draw them: what each habit costs against careful masks."""
    network, calibration = Scripted.load(model), read_calibration(model)
    seeds = range(first_seed, first_seed + lifts)
    files = prepare_lifts(cache, seeds, passages, workers, "test lifts")
    rows = habit_rows(network, [load(path) for path in files], calibration, draws, seed)
    result = provenance(first_seed) | {"rows": rows}
    deliver(result, habits_section(result), out, as_json)


def evaluate_passage_length(
    model: ModelOption = RELEASED / "barwatch.ts",
    first_seed: FirstSeedOption = MEASURED_FIRST_SEED,
    lifts: LiftsOption = 24,
    passages: Annotated[int, typer.Option(min=6, help="Passages of each, a dozen pictures each.")] = 24,
    cache: CacheOption = Path("runs/rendered"),
    workers: WorkersOption = 2,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge passages by 1, 3, 6 and 12 pictures: still and half-lowered bars, lowered and raised ones."""
    network, calibration = Scripted.load(model), read_calibration(model)
    seeds = range(first_seed, first_seed + lifts)
    files = prepare_lifts(cache, seeds, MovingLifts(passages), workers, "passages")
    result = provenance(first_seed) | {"lifts": lifts}
    result |= {"rows": length_rows(network, map(load, files), calibration)}
    deliver(result, length_section(result), out, as_json)
