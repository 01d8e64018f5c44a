"""`barwatch gpu-run`: what to do with a machine that has a GPU, for some minutes."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated, Any
from xml.etree import ElementTree

import torch
import typer

from ml.commands.common import RELEASED, RESULTS, ROOT, command_line, console
from ml.data.photographs import FOLDER
from ml.export.manifest import git_commit
from ml.machine import steps
from ml.machine.description import machine
from ml.machine.steps import Step
from ml.train.loop import LAST, LOG

MOST_BYTES = 100_000_000
"""Of all that comes back."""

BARWATCH = (sys.executable, "-m", "service.cli")

_STARTING = 0.13
"""Share of the training in which the renderers start and compile, and the last checkpoint is written."""

_EPISODE_BYTES = 40 << 20  # of the preset; a loader keeps four in shared memory, and works on a fifth
_SHARED = Path("/dev/shm")  # noqa: S108 - torch's loaders pass pictures through it; nothing is put there here


def gpu_run(
    out: Annotated[Path, typer.Option(help="Folder for all that comes back; must not hold a run.")],
    minutes: Annotated[float, typer.Option(min=0.1, help="Time for all of it.")] = 12.0,
    preset: Annotated[str, typer.Option(help="Of the training; smoke for a rehearsal.")] = "gpu",
    start_from: Annotated[
        Path | None, typer.Option(help="Checkpoint or artefact whose weights the training starts with.")
    ] = RELEASED / "barwatch.ts",
    photographs: Annotated[
        Path, typer.Option(help="As for train; without, textures are drawn ones.")
    ] = FOLDER,
    passages: Annotated[int, typer.Option(min=4, help="Of each lift that the export is calibrated on.")] = 16,
    lifts: Annotated[
        int, typer.Option(min=3, max=60, help="That the export is calibrated on; fewer for a rehearsal.")
    ] = 60,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that render; all cores.")] = None,
    loaders: Annotated[
        int | None, typer.Option(min=0, help="Processes that load pictures; half of the cores.")
    ] = None,
    papers: Annotated[
        float, typer.Option(min=0, help="Share of the time for the papers' systems at full size; 0: none.")
    ] = 0.0,
    papers_out: Annotated[
        Path, typer.Option(help="Their checkpoints; the same folder goes on where a machine was taken away.")
    ] = Path("runs/ablations"),
    papers_preset: Annotated[str, typer.Option(help="smoke for a rehearsal.")] = "paper",
    device: Annotated[str, typer.Option(help="cuda; cpu for a rehearsal.")] = "cuda",
) -> None:
    """Use a machine with a GPU for some minutes: tests, speed, training, export, with one summary.

    It needs no network. Lifts are rendered on all cores while the network trains. A step that fails or takes
    longer than its share of the time that is left costs only itself; what it had measured by then is kept.
    OUT holds at most 100 MB: weights, figures as JSON, logs, and summary.json. With --papers, the runs of
    `barwatch reproduce` that ml/results lacks are made side by side, then those of `barwatch ablate`, each
    system by its paper's literal recipe and at full size, until early stopping ends each or the time is over;
    what is done is not done again, and what could not be made is in the summary.
    """
    missing = what_is_missing(device)
    if missing:
        console.print(f"[red]{missing}")
        raise typer.Exit(2)
    if (out / SUMMARY).exists():
        raise typer.BadParameter(f"{out} holds a run already", param_hint="--out")
    out.mkdir(parents=True, exist_ok=True)
    workers = workers or len(os.sched_getaffinity(0))
    loaders = most_loaders(workers) if loaders is None else loaders
    about = {
        "command": command_line(),
        "git_commit": git_commit(),
        "machine": machine() | {"python": sys.version.split()[0]},
        "device": described(device),
        "minutes": minutes,
        "workers": workers,
        "loaders": loaders,
        "shared_memory_bytes": _free_shared(),
    }
    cache = Path(mkdtemp(prefix="barwatch-gpu-run-"))
    started = [] if start_from is None else ["--start-from", str(start_from)]

    def training(seconds: float) -> Sequence[str]:
        learning = max(0.01, (1 - _STARTING) * seconds / 60)
        return [
            *(*BARWATCH, "train", "barwatch", "--preset", preset, "--minutes", f"{learning:.2f}"),
            *("--out", str(out / "training"), "--cache", str(cache), "--photographs", str(photographs)),
            *("--workers", str(workers), "--loaders", str(loaders), "--device", device, *started),
        ]

    def reproduce_words(seconds: float) -> Sequence[str]:
        return [
            *(*BARWATCH, "reproduce", "--folder", str(papers_out), "--results", str(out / REPRODUCED)),
            *("--known", str(RESULTS)),
            *("--together", str(max(2, workers - 2)), "--minutes", f"{0.9 * seconds / 60:.2f}"),
        ]

    def papers_words(seconds: float) -> Sequence[str]:
        return [
            *(*BARWATCH, "ablate", "--preset", papers_preset, "--out", str(papers_out), "--every", "1"),
            # A sitting ends between two epochs, or two rows: what is left is for the last one's.
            *("--minutes", f"{0.8 * seconds / 60:.2f}", "--workers", str(workers), "--device", device),
        ]

    todo = [
        Step("tests", partial(_words, tests(out)), 0.12),
        Step("bench", partial(_words, [*BARWATCH, *_bench(out)]), 0.1),
        Step("training", training, 0.6),
        *(
            [Step(REPRODUCED, reproduce_words, papers / 2), Step("papers", papers_words, papers / 2)]
            if papers
            else []
        ),
        Step("export", partial(_words, [*BARWATCH, *_export(out, cache, passages, lifts, workers)]), 0.18),
    ]
    finished = papers_out / papers_preset if papers else None
    write = partial(_summarise, out, about, finished)
    write([])
    try:
        rows = steps.run_steps(todo, out, 60 * minutes, write, steps.execute)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    for row in rows:
        console.print(f"{row['name']}: {row['outcome']}, {row['seconds']:.0f} s")
    console.print(f"figures: {out / SUMMARY}")
    if any(row["outcome"] != "done" for row in rows):
        raise typer.Exit(1)


SUMMARY, REPRODUCED = "summary.json", "reproduced"


def what_is_missing(device: str) -> str | None:
    """Return in a line what keeps this Python from using the device, None for nothing."""
    if device != "cuda" or torch.cuda.is_available():
        return None
    if torch.version.cuda is None:
        return "this torch is built without CUDA: install a CUDA build, or rehearse with --device cpu"
    return f"torch is built for CUDA {torch.version.cuda} but finds no device: is the driver there?"


def described(device: str) -> dict[str, Any]:
    """Return what the network trains on, and the versions that speak to it."""
    if device != "cuda":
        return {"name": "cpu"}
    properties = torch.cuda.get_device_properties(0)
    return {
        "name": properties.name,
        "memory_bytes": properties.total_memory,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
    }


def most_loaders(cores: int) -> int:
    """Return how many processes load pictures: half of the cores, if the shared memory has room for them."""
    return max(0, min(cores // 2, _free_shared() // (5 * _EPISODE_BYTES)))


def tests(out: Path) -> list[str]:
    """Return the command that runs the tests that need a GPU."""
    root = ROOT.parent / "tests"
    where = (str(root / "ml"), str(root / "service" / "inference"))
    flags = ("-m", "gpu", "--continue-on-collection-errors", f"--junitxml={out / 'tests.xml'}")
    return [sys.executable, "-m", "pytest", *flags, *where]


def _bench(out: Path) -> list[str]:
    return [
        "bench",
        "embed",
        "--threads",
        "1",
        "--batch",
        "3",
        "--seconds",
        "1",
        "--out",
        str(out / "speed.json"),
    ]


def _export(out: Path, cache: Path, passages: int, lifts: int, workers: int) -> list[str]:
    return [
        *("export", "--checkpoint", str(out / "training" / LAST), "--out", str(out / "artefact")),
        *("--cache", str(cache), "--passages", str(passages), "--lifts", str(lifts)),
        *("--workers", str(workers)),
    ]


def _words(words: Sequence[str], _: float) -> Sequence[str]:
    return words


def _free_shared() -> int:
    return shutil.disk_usage(_SHARED).free if _SHARED.exists() else 0


def _summarise(out: Path, about: dict[str, Any], papers: Path | None, rows: list[dict[str, Any]]) -> None:
    """Write what is known so far: the machine may be taken away at any time.

    papers: where `barwatch ablate` leaves results; they are copied.
    """
    for path in sorted(papers.glob("*/*.json")) if papers else ():
        copy = out / "papers" / path.parent.name / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    known = {
        "tests": _whole(_tested, out / "tests.xml"),
        "gpu": _whole(_speed, out / "speed.json"),
        "training": _whole(_trained, out / "training" / LOG),
        "artefact": _whole(_released, out / "artefact" / "barwatch.json"),
    }
    if papers:
        for name in ("papers", REPRODUCED):
            made = {"results": sorted(path.stem for path in out.glob(f"{name}/*/*.json"))}
            lacking = _whole(_lacking, out / f"{name}.log")
            known[name] = made | ({"lacking": lacking} if lacking else {})
    content = about | {"steps": rows, "figures": {k: v for k, v in known.items() if v is not None}}
    gone = steps.keep_within(out, MOST_BYTES)
    if gone:
        content["left_out"] = gone
    (out / SUMMARY).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _whole(read: Callable[[Path], dict[str, Any]], path: Path) -> dict[str, Any] | None:
    """Return what a step has written, None for nothing: one that was ended may have left half a file."""
    try:
        return read(path)
    except (OSError, ValueError, LookupError, ElementTree.ParseError):
        return None


def _tested(path: Path) -> dict[str, Any]:
    suite = next(ElementTree.parse(path).iter("testsuite"))  # noqa: S314 - pytest wrote it here
    return {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}


def _lacking(path: Path) -> dict[str, str]:
    """Return what could not be made, and why: it failed, or what it needs is not there."""
    return dict(re.findall(r"^(\S+): (failed|left out.*)$", path.read_text("utf-8"), re.MULTILINE))


def _speed(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["gpu"]
    return found


def _trained(path: Path) -> dict[str, Any]:
    """Return the last whole interval's losses, and what the run came to."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if None not in row.values()]
    seconds = sum(float(row["seconds"]) for row in rows)
    last = {name: value if name == "precision" else float(value) for name, value in rows[-1].items()}
    return last | {"seconds": seconds, "steps_per_s": float(rows[-1]["step"]) / seconds}


def _released(path: Path) -> dict[str, Any]:
    return {each["name"]: each["value"] for each in json.loads(path.read_text("utf-8"))["metrics"]}
