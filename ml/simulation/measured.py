"""The figures that the simulation rests on, from ml/results; a missing one is an error, never a guess."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Step = str | Mapping[str, object]
"""A key of an object, or what a row of a list has to hold."""

JUDGED = "barwatch, judged by two masks"


class MissingFigureError(ValueError):
    """A figure was not measured; the message names its file, where it belongs and what measures it."""


class Figures:
    """Reads single figures and keeps where each came from.

    folder: holds the JSON files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files: dict[str, Any] = {}
        self.used: dict[str, dict[str, Any]] = {}
        """Every figure that was read, with its source, by name."""

    def file(self, name: str, measured_by: str) -> Any:
        """Return a whole file. Raises MissingFigureError."""
        if name not in self._files:
            path = self.folder / name
            if not path.is_file():
                raise MissingFigureError(f"{path} is missing: measure it by `{measured_by}`")
            self._files[name] = json.loads(path.read_text(encoding="utf-8"))
        return self._files[name]

    def read(self, what: str, file: str, measured_by: str, *steps: Step) -> float:
        """Return one figure. Raises MissingFigureError.

        Args:
            what: its name in `used`, with its unit.
            file, steps: where it stands.
            measured_by: the command, for whoever misses it.
        """
        found: Any = self.file(file, measured_by)
        for step in steps:
            found = _below(found, step)
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise MissingFigureError(f"{file}: no figure at {_words(steps)}: measure it by `{measured_by}`")
        self.used[what] = {"value": found, "source": f"{file}: {_words(steps)}"}
        return float(found)


def _below(found: Any, step: Step) -> Any:
    if isinstance(step, str):
        return found.get(step) if isinstance(found, dict) else None
    rows = found if isinstance(found, list) else []
    return next((row for row in rows if all(row.get(key) == value for key, value in step.items())), None)


def _words(steps: tuple[Step, ...]) -> str:
    return " / ".join(s if isinstance(s, str) else ", ".join(map(str, s.values())) for s in steps)


@dataclass(frozen=True)
class CameraCost:
    """What a camera takes: milliseconds of a processor for a second of it, Mbit/s, MB of memory.

    decoding: of them, for decoding alone. learning: while its line is being learnt, which takes `learning_s`.
    """

    ms_per_s: float
    decoding_ms_per_s: float
    learning_ms_per_s: float
    learning_s: float
    mbit_per_s: float
    first_mb: float
    added_mb: float


@dataclass(frozen=True)
class EmbedCost:
    """What the network takes: `fixed_ms` and `picture_ms` for each picture of a call, on so many threads."""

    threads: int
    fixed_ms: float
    picture_ms: float

    def call_ms(self, pictures: int) -> float:
        """Return the milliseconds of a call on an idle machine."""
        return self.fixed_ms + self.picture_ms * pictures

    def processor_ms(self, pictures: int) -> float:
        """Return the milliseconds of a processor that it takes at most: all its threads, all the time."""
        return self.threads * self.call_ms(pictures)


@dataclass(frozen=True)
class CommitCost:
    """What a commit takes in milliseconds: its median and 99th percentile."""

    median_ms: float
    p99_ms: float

    def draw_ms(self, rng: np.random.Generator, count: int) -> np.ndarray[Any, Any]:
        """Return so many commits' times: log-normal through both percentiles. float64[count]."""
        spread = np.log(self.p99_ms / self.median_ms) / 2.3263
        drawn: np.ndarray[Any, Any] = self.median_ms * np.exp(spread * rng.standard_normal(count))
        return drawn

    @property
    def mean_ms(self) -> float:
        """The mean of that distribution."""
        spread = np.log(self.p99_ms / self.median_ms) / 2.3263
        return float(self.median_ms * np.exp(spread**2 / 2))


@dataclass(frozen=True)
class MainCost:
    """What the main process takes, ms of a processor for a second: alone, for a camera, for an open page."""

    alone: float
    camera: float
    page: float

    def ms_per_s(self, cameras: float, pages: float) -> float:
        """Return what it takes with so many cameras and open pages. One process computes 1,000 at most."""
        return self.alone + self.camera * cameras + self.page * pages


@dataclass(frozen=True)
class Footprint:
    """Bytes of a passage: in the database, as pictures, as the network's numbers; in all, as written."""

    database: float
    pictures: float
    numbers: float
    written: float


def camera_cost(figures: Figures, kind: str) -> CameraCost:
    """Return what a kind of camera takes (ingest.json)."""

    def read(what: str, *steps: Step) -> float:
        row: Step = {"name": kind}
        return figures.read(f"{what}, {kind}", "ingest.json", "barwatch bench ingest", "cameras", row, *steps)

    added = [figures.file("ingest.json", "barwatch bench ingest")["cameras"], {"name": kind}]
    memory = _below(added[0], added[1]) or {}
    most = max((memory.get("memory") or {}).get("added_mb") or [0.0])
    if most <= 0.0:
        raise MissingFigureError(f"ingest.json: no memory of {kind}: measure it by `barwatch bench ingest`")
    figures.used[f"memory of a further camera, MB, {kind}"] = {
        "value": most,
        "source": f"ingest.json: cameras / {kind} / memory / added_mb, the most",
    }
    return CameraCost(
        read("camera, ms of a processor per s", "whole_ms"),
        read("decoding alone, ms of a processor per s", "decoding_ms"),
        read("camera while learning, ms per s", "start", "whole_ms"),
        read("learning, s", "start", "seconds"),
        read("stream, Mbit/s", "mbit_per_s"),
        read("memory of the first camera, MB", "memory", "first_mb"),
        most,
    )


def embed_cost(figures: Figures, runtime: str, threads: int) -> EmbedCost:
    """Return what the network takes on a processor: a line through batches of 3 and 16 (speed.json)."""

    def read(batch: int) -> float:
        row = {"system": JUDGED, "runtime": runtime, "threads": threads, "batch": batch}
        what = f"network, ms per {batch} pictures, {threads} threads"
        command = "barwatch bench embed --default-memory"
        return figures.read(what, "speed.json", command, "rows", row, "ms_per_batch_median")

    few, many = read(3), read(16)
    each = (many - few) / 13
    return EmbedCost(threads, max(0.0, few - 3 * each), each)


def sqlite_commit(figures: Figures, size: str = "large") -> CommitCost:
    """Return what a commit takes in SQLite with a million passages (store.json)."""
    command = "barwatch bench store --json"
    return CommitCost(
        figures.read("commit in SQLite, ms", "store.json", command, "ms", size, "alarm insert"),
        figures.read("commit in SQLite, ms, p99", "store.json", command, "ms", size, "alarm insert, p99"),
    )


def postgresql_commit(figures: Figures) -> CommitCost:
    """Return what a passage's commit takes in PostgreSQL, one after the other (store.json: databases)."""
    steps = ("store.json", "barwatch bench store --postgres URL --json", "databases", "rows", "postgres")
    return CommitCost(
        figures.read("commit in PostgreSQL, ms", *steps, "passage, ms"),
        figures.read("commit in PostgreSQL, ms, p99", *steps, "passage, ms, p99"),
    )


LOAD, LOAD_BY = "load.json", "barwatch bench load --out ml/results/load.json"


def load_runs(figures: Figures, nodes: int | None = 1) -> list[dict[str, Any]]:
    """Return the measured runs of the whole service: of so many nodes, or of any.

    Raises:
        MissingFigureError: there are fewer than three of that many nodes.
    """
    runs = [run for run in figures.file(LOAD, LOAD_BY)["runs"] if nodes is None or run["nodes"] == nodes]
    if nodes is not None and len(runs) < 3:
        raise MissingFigureError(f"{LOAD}: fewer than three runs of {nodes} nodes: measure by `{LOAD_BY}`")
    return runs


def watched_s(run: dict[str, Any]) -> float:
    """Return how many seconds of camera a run saw, over all cameras: a starved machine reads fewer."""
    return float(run["frames_read"] / run["fps"])


def main_cost(figures: Figures) -> MainCost:
    """Return what the main process takes: least squares over the runs of one machine (load.json).

    Raises MissingFigureError: the runs do not tell the three parts apart.
    """
    runs = [run for run in load_runs(figures) if run["processor_s"]]
    known = np.array([[1.0, watched_s(run) / run["seconds"], run["clients"]] for run in runs])
    if np.linalg.matrix_rank(known) < 3:
        raise MissingFigureError(f"{LOAD}: runs with different numbers of cameras and clients: `{LOAD_BY}`")
    spent = np.array([1e3 * run["processor_s"]["main"] / run["seconds"] for run in runs])
    # No part can be negative: what noise makes so is 0, and the others are fitted without it.
    parts, kept = np.zeros(3), [0, 1, 2]
    while kept:
        found = np.linalg.lstsq(known[:, kept], spent, rcond=None)[0]
        if (found >= 0).all():
            parts[kept] = found
            break
        kept.pop(int(found.argmin()))
    alone, camera, page = (float(value) for value in parts)
    for what, value in (("alone", alone), ("for a camera", camera), ("for an open page", page)):
        figures.used[f"main process {what}, ms per s"] = {"value": value, "source": f"{LOAD}: fitted, runs"}
    return MainCost(alone, camera, page)


def footprint(figures: Figures) -> Footprint:
    """Return the bytes of a passage: of all runs of one machine together (load.json)."""
    runs = load_runs(figures)
    passages = sum(run["passages"] for run in runs)
    if passages == 0:
        raise MissingFigureError(f"{LOAD}: no passage in any run: `{LOAD_BY}`")
    stored = {
        name: sum(run["stored_bytes"][name] for run in runs) / passages
        for name in ("database", "pictures", "numbers")
    }
    written = sum(run["written_bytes"] for run in runs) / passages
    for what, value in (*stored.items(), ("written", written)):
        figures.used[f"bytes of a passage, {what}"] = {
            "value": value,
            "source": f"{LOAD}: runs, all together",
        }
    return Footprint(stored["database"], stored["pictures"], stored["numbers"], written)
