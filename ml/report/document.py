"""The report, and the tables in other documents, made from the JSON files in ml/results."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

from ml.report.accuracy import (
    arming_section,
    benchmark_section,
    gains_table,
    lifts_section,
    onsite_section,
    privacy_table,
)
from ml.report.headlines import headlines
from ml.report.recordings import alarms_section, events_section, passages_section
from ml.report.sizing import carried, sizing
from ml.report.speed import cameras_section, embed_section
from ml.report.summary import NAMES, SPEEDS, summary_table
from ml.report.systems import systems_table
from ml.report.table import Result, Table, rendered
from ml.report.verdicts import habits_section, length_section, proposals_section, seats_section

LIFTS = {
    "final": "100 unseen lifts that are judged for the README alone: nothing was chosen on them",
    "loco": "loco",
    "crosscheck": "crosscheck",
    "crosscheck-blind": "crosscheck: a camera that sees nothing but snow on black; all of it must be unknown",
    "loco-distances": "loco, without attention from the masks",
    "crosscheck-distances": "crosscheck, without attention from the masks",
    "loco-bfloat16": "loco, in bfloat16",
    "crosscheck-bfloat16": "crosscheck, in bfloat16",
    "calibration-lifts": "the lifts that calibrate",
    "further-lifts": "60 further lifts, on which the limits of views are checked; nothing was chosen on them",
    "calibration-lifts-distances": "the lifts that calibrate, without attention from the masks",
}
"""Results of `barwatch evaluate`: unseen lifts, other lifts, and the same with something changed."""

ONSITE = {
    "onsite": "Unseen lifts, from their own passages",
    "onsite-calibration": "Calibration lifts, from their own passages (prototypes were not tuned on them)",
}
"""Results of `barwatch evaluate-onsite`."""

OTHERS: dict[str, tuple[str, Callable[[Result], str]]] = {
    **{name: (f"Speed, {setting}", embed_section) for name, setting in SPEEDS.items()},
    "arming": ("Arming", lambda result: arming_section("What arms a lift", result)),
    "events": ("Events, from a lift's first start", events_section),
    "events-learnt": ("Events, on lines that are known", events_section),
    "events-enrolled": ("Events, on lifts that were set up", alarms_section),
    "passages": ("Passages", passages_section),
    "seats": ("Who sits there, before photographs", seats_section),
    "masks": ("Masks as people draw them", habits_section),
    "proposals": ("Masks as the network proposes them", proposals_section),
    "passage-length": ("How many pictures of a passage are judged", length_section),
    "ingest": ("Cameras", cameras_section),
}
"""Each section's title and writer."""


def read_results(folder: Path) -> dict[str, Result]:
    """Return every result by its file's name without .json; checksums are none."""
    files = sorted(path for path in folder.glob("*.json") if "checksums" not in path.name)
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


def report_document(results: Mapping[str, Result], runs: Mapping[str, Result]) -> str:
    """Return the whole report as Markdown: the summary, then every table with its command and commit.

    Args:
        runs: of the papers' systems, by their names.
    """
    sections = [(section, found) for name, found in results.items() if (section := _section(name, found))]
    plotted = any(name.startswith("benchmark-") for name in results)
    return rendered("report", summary=summary_table(results, runs), sections=sections, plotted=plotted)


def _section(name: str, result: Result) -> str:
    if name in LIFTS:
        return lifts_section(LIFTS[name], result)
    if name.startswith("benchmark-"):
        return benchmark_section(NAMES[result["system"]], result)
    if name in ONSITE:
        return onsite_section(ONSITE[name], result)
    if name in OTHERS:
        title, write = OTHERS[name]
        return f"### {title}\n\n{write(result)}"
    return ""


def places(
    results: Mapping[str, Result], runs: Mapping[str, Result], teachers: Mapping[str, Result]
) -> dict[str, Table | str]:
    """Return the tables and sentences that other documents have a place for, by the place's name."""
    tables: dict[str, Table | str] = {"figures": headlines(results), "systems": systems_table(runs, results)}
    tables["teachers"] = gains_table(teachers, results)
    if "ingest" in results:
        tables["sizing"] = sizing(results["ingest"])
    if "carry" in results:
        tables["carried"] = carried(results["carry"])
    if "privacy" in results:
        tables["privacy"] = privacy_table(results["privacy"])
    return tables


def fill_places(text: str, places: Mapping[str, object]) -> str:
    """Return a Markdown text with content between each `<!-- NAME -->` and `<!-- /NAME -->` that it has."""
    for name, content in places.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        text = place.sub(lambda found, new=content: f"{found[1]}{new}\n{found[2]}", text)  # type: ignore[misc]
    return text
