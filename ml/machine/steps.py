"""Several commands, one after another, in a time that is given: each one's failure costs only itself."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ml.machine.groups import end_groups

Execute = Callable[[Sequence[str], Path, float], int | None]
"""Runs words, writes what they say to a log, and ends them after so many seconds; returns their exit status,
None if they were ended."""

_SAID = 5


@dataclass(frozen=True)
class Step:
    """One command of several.

    name: also of its log. words: the command, given the seconds it has. share: its part of the time, beside
    the parts of those after it, above 0.
    """

    name: str
    words: Callable[[float], Sequence[str]]
    share: float


def execute(words: Sequence[str], log: Path, seconds: float) -> int | None:
    """Run a command in a process group of its own (`Execute`)."""
    with log.open("wb") as said:
        process = subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.returncode is None:
                end_groups([process.pid])
                process.wait()


def run_steps(
    steps: Sequence[Step],
    folder: Path,
    seconds: float,
    done: Callable[[list[dict[str, Any]]], None],
    how: Execute = execute,
    clock: Callable[[], float] = time.monotonic,
) -> list[dict[str, Any]]:
    """Run commands within a time; one that fails or takes too long does not stop those after it.

    Each may take its share of the time that is left when it starts: what one does not need, all after it get.

    Args:
        folder: for the logs.
        done: called with the rows so far, after each step.

    Returns:
        A row for each step: name, command, outcome ("done", "exit status 1", "ended after 60 s"), seconds,
        and of one that failed what it said last.
    """
    begun_s = clock()
    rows: list[dict[str, Any]] = []
    for index, step in enumerate(steps):
        left_s = max(0.0, begun_s + seconds - clock())
        limit_s = left_s * step.share / sum(each.share for each in steps[index:])
        words, log, at_s = step.words(limit_s), folder / f"{step.name}.log", clock()
        status = how(words, log, limit_s)
        row: dict[str, Any] = {"name": step.name, "command": " ".join(words), "outcome": "done"}
        row["seconds"] = round(clock() - at_s, 1)
        if status != 0:
            row["outcome"] = f"ended after {limit_s:.0f} s" if status is None else f"exit status {status}"
            row["said"] = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SAID:]
        rows.append(row)
        done(rows)
    return rows


def keep_within(folder: Path, most_bytes: int) -> list[str]:
    """Delete a folder's largest files until it holds no more than that; returns what went."""
    files = sorted(
        (path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size
    )
    size, gone = sum(path.stat().st_size for path in files), []
    while size > most_bytes:
        largest = files.pop()
        size -= largest.stat().st_size
        largest.unlink()
        gone.append(str(largest.relative_to(folder)))
    return gone
