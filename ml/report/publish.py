"""From the JSON files in ml/results to what people read: a Markdown report and plots."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ml.bench.table import markdown as speed_markdown
from ml.evaluate.benchmark import markdown as benchmark_markdown
from ml.evaluate.events import markdown as events_markdown
from ml.evaluate.metrics import in_words
from ml.evaluate.onsite import markdown as onsite_markdown
from ml.evaluate.passages.figures import markdown as passages_markdown
from ml.evaluate.report import markdown as lifts_markdown
from ml.papers.digits.judging import markdown as digits_markdown

Result = dict[str, Any]

PAPER = {
    "classifier": ("the paper's simple classifier", 87.76),
    "siamese": ("the paper's siamese network", 90.94),
}
"""Table 2's averages, in per cent (Alqasir, Muselet and Ducottet, VISAPP 2020)."""

PAPER_LARGE = {"classifier": 97.71, "siamese": 99.44}
"""Table 4's averages with the large training set, in per cent."""

NAMES = {
    "edge-energy": "edge energy under the masks, nothing learnt",
    "edge-correlation": "edge correlation with the masks, nothing learnt",
    "barwatch": "barwatch, from two masks: no picture of these lifts was trained on",
    **{system: f"{name}, trained on these lifts" for system, (name, _) in PAPER.items()},
    "vgg16": "VGG16, trained on these lifts",
    "resnet50": "ResNet-50, trained on these lifts",
    "getnet": "GetNet, on pictures off their place, trained on these lifts",
    "abir": "ABIR, by the nearest training picture of the lift",
    "triplet-mildnet": "triplets on MILDNet, by the nearest training picture of the lift",
    "triplet-resnet50": "triplets on ResNet-50, by the nearest training picture of the lift",
}


ABLATIONS = {
    "loco-distances": "loco, without attention from the masks",
    "crosscheck-distances": "crosscheck, without attention from the masks",
    "loco-bfloat16": "loco, in bfloat16",
    "crosscheck-bfloat16": "crosscheck, in bfloat16",
    "calibration-lifts": "the lifts that calibrate",
    "calibration-lifts-distances": "the lifts that calibrate, without attention from the masks",
}
"""Results of `barwatch evaluate` with something changed, and of other lifts."""

SPEEDS = {"speed": "as the service runs it", "speed-memory-kept": "freed memory kept"}
"""Results of `barwatch bench embed`. Keeping freed memory helps the paper's network most."""

ONSITE = {
    "onsite": "Unseen lifts, from their own passages",
    "onsite-calibration": "Calibration lifts, from their own passages (prototypes were not tuned on them)",
}
"""Results of `barwatch evaluate-onsite`."""

RUNTIMES = {"TorchScript": "float32", "TorchScript, bfloat16": "bfloat16 (the paper's in float32)"}
"""Of the shipped network in those results."""

SHOWN_PASSAGES = 50
"""Of how many unlabelled passages the table of every figure speaks."""


def read(folder: Path) -> dict[str, Result]:
    """Return every result by its file's name without .json; checksums are none."""
    files = sorted(path for path in folder.glob("*.json") if "checksums" not in path.name)
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


def _percent(value: float) -> str:
    return f"{100 * value:.2f} %"


def _share(result: Result, name: str) -> str:
    """A share with its interval, e.g. 95.77 % (94.67 to 96.65)."""
    return f"{_percent(result[name])} {in_words(result[f'{name}_interval_95'])}"


def _row(what: str, measured: str, result: Result) -> str:
    return f"| {what} | {measured} | `{result['command']}` |"


def every_figure(results: dict[str, Result]) -> str:
    """Return one table of every figure: what, measured, by which command; what was not run has no row."""
    rows = ["| what | measured | by |", "|---|---|---|"]
    if loco := results.get("loco"):
        lifts = len(loco["lifts"])
        rows += [
            _row(
                f"open or closed, per picture, {lifts} unseen lifts, {loco['pictures']} pictures",
                f"{_share(loco, 'accuracy')}; AUC {loco['auc_by_lift']:.4f}",
                loco,
            ),
            _row("the same, per passage of three pictures", _percent(loco["accuracy_per_passage"]), loco),
            _row(
                "somebody on the seat, per picture, the same lifts",
                _percent(loco["occupancy_accuracy"]),
                loco,
            ),
        ]
    if alone := results.get("loco-distances"):
        what = "open or closed, per picture, the same lifts, by the distances of the embeddings alone"
        rows.append(_row(what, _share(alone, "accuracy"), alone))
    if reduced := results.get("loco-bfloat16"):
        what = "open or closed, per picture, the same lifts, computed in bfloat16"
        rows.append(_row(what, _share(reduced, "accuracy"), reduced))
    if onsite := results.get("onsite"):
        whole = [row for row in onsite["rows"] if not row["without"]]
        most = max(row["passages"] for row in whole)
        told = {f"{SHOWN_PASSAGES} passages without labels": (SHOWN_PASSAGES, 0)} | {
            f"{most} passages, {reviewed} of them reviewed": (most, reviewed)
            for reviewed in sorted({row["reviewed"] for row in whole} - {0})
        }
        for what, key in told.items():
            shown = [row for row in whole if (row["passages"], row["reviewed"]) == key]
            shares = [f"{_percent(r['accuracy'])} with {100 * r['open_share']:.0f} % open" for r in shown]
            text = f"open or closed, per picture, the same lifts, each by what it learnt from {what}"
            rows.append(_row(text, "; ".join(shares), onsite))
    if more := results.get("calibration-lifts"):
        what = (
            f"open or closed, per picture, {len(more['lifts'])} further unseen lifts, those that calibrate "
            f"(nothing here is calibrated), {more['pictures']} pictures; per passage"
        )
        measured = f"{_share(more, 'accuracy')}; {_percent(more['accuracy_per_passage'])}"
        rows.append(_row(what, measured, more))
    if cross := results.get("crosscheck"):
        rows.append(
            _row(
                f"open or closed, {len(cross['lifts'])} lifts of another, path-traced renderer, "
                "seen from behind (pictures that are not in the repository)",
                f"{_share(cross, 'accuracy')}; AUC {cross['auc_by_lift']:.4f}",
                cross,
            )
        )
    for system, name in NAMES.items():
        if found := results.get(f"benchmark-{system}"):
            paper = f"; paper {PAPER[system][1]}" if system in PAPER else ""
            rows.append(
                _row(
                    f"S1 to S20, {found['pictures']} test pictures: {name}",
                    f"{_share(found, 'accuracy')}{paper}",
                    found,
                )
            )
    rows += [
        f"| the same, trained on Table 3's 36,600 pictures: {PAPER[system][0]} | not run; paper {paper} | "
        f"`barwatch train {system} --preset large` |"
        for system, paper in PAPER_LARGE.items()
        if f"benchmark-large-{system}" not in results
    ]
    if events := results.get("events"):
        rows.append(
            _row(
                f"carriers that left open and occupied, alarmed in time, {events['carriers']} carriers on "
                f"{len(events['recordings'])} recordings of unseen lifts",
                f"{_share(events, 'recall')}; "
                f"{events['false_alarms_per_1000_carriers']:.1f} false alarms per 1,000 carriers",
                events,
            )
        )
    if passages := results.get("passages"):
        rows += _passages_rows(passages)
    for name, setting in SPEEDS.items():
        for runtime, precision in RUNTIMES.items():
            if said := _speed(results.get(name, {"rows": []}), "barwatch", runtime):
                what = f"pictures embedded a second on a CPU, {precision}, {setting}"
                rows.append(_row(what, said, results[name]))
    if ingest := results.get("ingest"):
        rows += [_row(what, measured, ingest) for what, measured in ingest["said"]]
    return "\n".join(rows) + "\n"


def _passages_rows(result: Result) -> list[str]:
    """A row for each variant of the recordings: carriers found exactly once, how near, and what was none."""
    rows = []
    for number, variant in enumerate(result["variants"]):
        carriers, recordings = variant["carriers"], len(variant["recordings"])
        which = "the same" if number else f"{carriers} carriers on {recordings} recordings of unseen lifts"
        shares = {"once": variant["once"] / carriers, "once_interval_95": variant["once_interval_95"]}
        measured = [_share(shares, "once")]
        if variant["within"] is not None:
            measured.append(f"{_percent(variant['within'])} of their times within {variant['within_s']} s")
        measured.append(f"{variant['ghosts']} passages without a carrier")
        what = f"carriers found exactly once, {which}: {variant['what']}"
        rows.append(_row(what, "; ".join(measured), result))
    return rows


def _cameras(result: Result) -> str:
    """The table of `barwatch bench ingest`, which brings its own words: the service is not known here."""
    on = result["machine"]
    heading = f"{on['cpu']}, {on['cores']} cores (load at the start {on['load_average_1min']})"
    rows = [f"| {what} | {measured} |\n" for what, measured in result["said"]]
    return f"{heading}\n\n| what | measured |\n|---|---|\n{''.join(rows)}"


def _speed(result: Result, system: str, runtime: str) -> str:
    """Pictures a second in each pair of threads and batch, and how many times the paper's network's."""
    return "; ".join(
        f"{row['pictures_per_s']:.0f} with {row['threads']} thread{'s' if row['threads'] > 1 else ''} "
        f"in batches of {row['batch']} ({row['ratio_to_paper']:.1f} times the paper's network)"
        for row in result["rows"]
        if (row["system"], row["runtime"]) == (system, runtime)
    )


def filled(text: str, name: str, content: str) -> str:
    """Return a Markdown text with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced.

    Raises:
        ValueError: the text has no such place.
    """
    place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not place.search(text):
        raise ValueError(f"no place <!-- {name} --> … <!-- /{name} --> to fill")
    return place.sub(lambda found: found[1] + content + found[2], text)


def report(results: dict[str, Result]) -> str:
    """Return the whole report as Markdown: every table, each with its command and commit."""
    parts = [
        "# Results\n",
        "Made by `barwatch report` from the JSON files beside it. All pictures are rendered.\n",
        "## Every figure, with its command\n",
        every_figure(results),
        "## Each result in full\n",
    ]
    for name, found in results.items():
        if name in {"loco", "crosscheck"}:
            body = lifts_markdown(name, found)
        elif name in ABLATIONS:
            body = lifts_markdown(ABLATIONS[name], found)
        elif name.startswith("benchmark-"):
            body = benchmark_markdown(NAMES[found["system"]], found)
        elif name in ONSITE:
            body = onsite_markdown(ONSITE[name], found)
        elif name in SPEEDS:
            body = f"### Speed, {SPEEDS[name]}\n\n{speed_markdown(found)}\n"
        elif name == "events":
            body = "### Events\n\n" + events_markdown(found)
        elif name == "passages":
            body = "### Passages\n\n" + passages_markdown(found)
        elif name == "digits":
            body = f"### Digits\n\n{digits_markdown(found)}\n![What is cut out](getnet-digits.png)\n"
        elif name == "ingest":
            body = "### Cameras\n\n" + _cameras(found)
        else:
            continue
        parts.append(f"{body}\n`{found['command']}`, commit {found['git_commit'][:12]}\n")
    if any(name.startswith("benchmark-") for name in results):
        parts.append("![ROC curves](roc.png)\n\n![What each factor costs](factors.png)\n")
    return "\n".join(parts)


def plots(results: dict[str, Result], folder: Path) -> list[Path]:
    """Draw the ROC curves of all systems on S1 to S20 and what each factor costs; returns the files."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - a second that only this needs

    systems = {k.removeprefix("benchmark-"): v for k, v in results.items() if k.startswith("benchmark-")}
    if not systems:
        return []
    roc = Figure(figsize=(6, 5), layout="constrained")
    axes = roc.add_subplot()
    for system, found in systems.items():
        curve = found["roc"]
        label = f"{system} ({_percent(found['accuracy'])})"
        axes.plot(curve["false_positive_rate"], curve["true_positive_rate"], label=label)
    axes.set(xlabel="closed called open", ylabel="open called open", title="S1 to S20, test pictures")
    axes.legend(loc="lower right")
    axes.grid(alpha=0.3)
    costs = Figure(figsize=(8, 8), layout="constrained")
    axes = costs.add_subplot()
    order = [f["factor"] for f in next(iter(systems.values()))["factors"]]
    width = 0.8 / len(systems)
    for k, (system, found) in enumerate(systems.items()):
        cost = {f["factor"]: f["cost_points"] for f in found["factors"]}
        at = [i + (k - (len(systems) - 1) / 2) * width for i in range(len(order))]
        axes.barh(at, [cost.get(name, 0.0) for name in order], height=width, label=system)
    axes.set_yticks(range(len(order)), order)
    axes.invert_yaxis()
    axes.set(xlabel="points of accuracy that a picture with it loses", title="What each factor costs")
    axes.legend()
    axes.grid(axis="x", alpha=0.3)
    paths = [folder / "roc.png", folder / "factors.png"]
    for figure, path in zip((roc, costs), paths, strict=True):
        figure.savefig(path, dpi=90, metadata={"Software": None})
    return paths
