"""What a smoke run of each system takes: trained and judged, from a folder that holds no picture yet."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

LONGEST_S = 60.0
"""Of one processor's time, for each command."""

BARWATCH = (sys.executable, "-m", "service.cli")

NAIVE, PAIRING = "evaluate-naive", ("digits", "objects")
"""Pairs that need neither a download nor the whole benchmark."""


class SmokeRun(NamedTuple):
    """Commands that share a folder; each one's words, without `barwatch`."""

    name: str
    commands: tuple[tuple[str, ...], ...]


def smoke_runs(systems: Sequence[str], folder: Path) -> Iterator[SmokeRun]:
    """Yield the runs of all systems that can be trained, of pairs of pictures, and of what learns nothing.

    Args:
        folder: each run gets one below it, so that each renders its own pictures.
    """
    for name in systems:
        at = folder / name
        place = ("--preset", "smoke", "--workers", "1", "--device", "cpu", *_pictures(at))
        train = ("train", name, *place, "--threads", "1", "--out", str(at / "run"))
        judged = () if name == "barwatch" else ("--checkpoint", str(at / "run" / "best.pt"))
        yield SmokeRun(name, (train, ("evaluate", name, *place, *judged)))
    for name in PAIRING:
        words: tuple[str, ...] = ("evaluate-pairing", name, "--preset", "smoke", "--run", str(folder / name))
        yield SmokeRun(name, (words,))
    words = (NAIVE, "--preset", "smoke", "--threads", "1", "--workers", "1", *_pictures(folder / NAIVE))
    yield SmokeRun(NAIVE, (words,))


def _pictures(folder: Path) -> tuple[str, ...]:
    return ("--cache", str(folder / "rendered"), "--benchmark", str(folder / "benchmark"))


def smoke_rows(run: SmokeRun, log: Path, program: Sequence[str] = BARWATCH) -> list[dict[str, Any]]:
    """Run commands one after the other; returns a row for each, as far as they went well.

    Processor time is that of the command and of the processes that it started and waited for; other load on
    the machine does not lengthen it. What they print goes to the log.

    Returns:
        run, the command with what it is of; processor_s, wall_s; status, the exit status.
    """
    rows: list[dict[str, Any]] = []
    log.parent.mkdir(parents=True, exist_ok=True)
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
    for words in run.commands:
        at_s = time.perf_counter()
        with log.open("ab") as said:
            process = subprocess.Popen(
                [*program, *words], stdout=said, stderr=subprocess.STDOUT, env=one_thread
            )
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)  # nobody shall wait for it again
        row: dict[str, Any] = {"run": words[0] if words[0] == run.name else f"{words[0]} {run.name}"}
        row |= {"processor_s": used.ru_utime + used.ru_stime, "wall_s": time.perf_counter() - at_s}
        rows.append(row | {"status": process.returncode})
        if process.returncode:
            break
    return rows


def too_long(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Return the runs that failed or took longer than they may."""
    return [row["run"] for row in rows if row["status"] or row["processor_s"] > LONGEST_S]
