"""The page of all runs of all systems, and the short table of them that docs/papers.md shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ml.evaluate.metrics import in_words
from ml.papers.comparison import orderings
from ml.papers.comparison.words import markdown

Result = dict[str, Any]

FOLDER = "systems"
"""Below the results; a file for each run of `barwatch evaluate SYSTEM --out`, by the run's name."""

PAPERS = {
    "siamese": "mask-guided siamese (000)",
    "classifier": "simple classifier (000)",
    "vgg16": "VGG16 (000)",
    "resnet50": "ResNet-50 (000)",
    "getnet": "GetNet, carriers off their place (001)",
    "abir": "ABIR (003)",
    "triplet-mildnet": "triplets on MILDNet (004)",
    "triplet-resnet50": "triplets on ResNet-50 (004)",
}


def read(results: Path) -> dict[str, Result]:
    """Return every run by its name."""
    files = sorted((results / FOLDER).glob("*.json"))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


def speeds_of(others: dict[str, Result]) -> dict[str, float]:
    """Pictures a second by system, from speed-systems.json."""
    rows = others.get("speed-systems", {"rows": []})["rows"]
    return {row["system"]: row["pictures_per_s"] for row in rows}


def page(runs: dict[str, Result], others: dict[str, Result]) -> str:
    """Return the page as Markdown.

    Args:
        runs: as `read` gives them. others: all other results, for speeds and the shipped network.
    """
    parts = [
        "# Every system side by side\n",
        "Made by `barwatch report` from the JSON files in `systems/`. All pictures are rendered. Intervals",
        "are 95 % bootstrap intervals over pictures. Pictures a second: one thread of a CPU, pictures of 200",
        "pixels whatever a run was reduced to (`barwatch bench systems`). No run starts from pretrained",
        "weights.\n\n## The systems\n",
        short_table(runs, others),
        "## All runs\n",
        markdown(runs, speeds_of(others)),
        "## Are they ordered as the papers say?\n",
        "Differences on the same pictures. Where lifts are drawn, the interval says what other lifts might",
        "show; no interval knows what another seed of the training would, where there is one seed.\n",
        orderings.markdown(orderings.found(runs)),
        "## By which command\n",
        "| run | trained by | on | judged by | commit |",
        "|---|---|---|---|---|",
        *(_command(name, run) for name, run in runs.items()),
    ]
    return "\n".join(parts) + "\n"


def short_table(runs: dict[str, Result], others: dict[str, Result]) -> str:
    """A row for each system of the papers that was run, and one for the network that ships."""
    speeds = speeds_of(others)
    lines = [
        "| system | S1 to S20 | unseen lifts | which lift, Rank-1 | parameters | pictures/s | trained in | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    if "benchmark-barwatch" in others and "loco" in others:
        lines.append(
            f"| **barwatch, what ships** (two masks, no picture of these lifts) | "
            f"{_share(others['benchmark-barwatch'])} | {_share(others['loco'])} | | "
            f"{_shipped_parameters():,} | {_speed(speeds, 'barwatch')} | | |"
        )
    for name, title in PAPERS.items():
        if run := runs.get(name):
            unseen = "" if run["unseen"] is None else _share(run["unseen"])
            which = "" if run["which"] is None else f"{100 * run['which']['seen']['rank_1']:.2f}"
            lines.append(
                f"| {title} | {_share(run['seen'])} | {unseen} | {which} | {run['parameters']:,} | "
                f"{_speed(speeds, name)} | {run['training_seconds'] / 60:.0f} min | {_reduced(run)} |"
            )
        elif earlier := others.get(f"benchmark-{name}"):
            lines.append(
                f"| {title} | {_share(earlier)} | not run | | {earlier['parameters']:,} | "
                f"{_speed(speeds, name)} | | |"
            )
        else:
            lines.append(f"| {title} | not run | | | | {_speed(speeds, name)} | | |")
    return "\n".join(lines) + "\n"


def _shipped_parameters() -> int:
    """As the artefact's manifest says."""
    manifest = Path(__file__).parents[2] / "released" / "barwatch.json"
    return int(json.loads(manifest.read_text(encoding="utf-8"))["training"]["parameters"])


def _speed(speeds: dict[str, float], name: str) -> str:
    return f"{speeds[name]:.0f}" if name in speeds else ""


def _reduced(run: Result) -> str:
    """What of a run was less than all, in words."""
    said = [word.removeprefix("reduced: ") for word in run["about"] if word.startswith("reduced")]
    said += [f"{run['epochs']} epochs"] if run["epochs"] >= run["recipe"]["epochs"] else []
    said += [word for word in run["about"] if word.startswith("every")]
    return "; ".join(said)


def _share(result: Result) -> str:
    return f"{100 * result['accuracy']:.2f} {in_words(result['accuracy_interval_95'])}"


def _command(name: str, run: Result) -> str:
    machine = run["training_machine"] or {}
    threads = run["recipe"]["threads"] or "all"
    on = f"{machine.get('cpu', '?')}, {machine.get('device', '?')}, threads: {threads}"
    return f"| {name} | `{run['trained_by']}` | {on} | `{run['command']}` | {run['git_commit'][:12]} |"
