"""Commands and functions in processes that are forked from this one, one after another or side by side."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing import get_context
from pathlib import Path

from ml.machine.groups import end_groups

_FORKED = get_context("fork")


def call(main: Callable[[list[str]], object], words: Sequence[str]) -> int:
    """Run `barwatch WORDS` in a process forked from this one; returns its exit status.

    Imports take longer than a short training: in this one they are done. What goes wrong is printed.

    Args:
        main: runs the command line's words, and exits as a command does.
    """
    process = _FORKED.Process(target=_as_command, args=(main, list(words)))
    process.start()
    process.join()
    return process.exitcode or 0


def _as_command(main: Callable[[list[str]], object], words: list[str]) -> None:
    sys.argv = ["barwatch", *words]  # what a result says that made it
    main(words)


def side_by_side(works: Sequence[Callable[[], int]], logs: Path, seconds: float = 0.0) -> int:
    """Run each of several functions in a process of its own, forked from this one; returns how many failed.

    One that renders may go on no longer than those that wait for it. What they print goes to LOGS/N.log.
    Nothing must have used a GPU before: no process inherits one. Called from the main thread; where this
    process is asked to end, they end with it.

    Args:
        works: each returns 0 if all went well.
        seconds: after which those that run are ended; 0: none.
    """
    logs.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    processes = [
        _FORKED.Process(target=_within, args=(work, logs / f"{number}.log"))
        for number, work in enumerate(works)
    ]
    for process in processes:
        process.start()
    ends = time.monotonic() + seconds if seconds else float("inf")
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        for process in processes:
            process.join(None if seconds == 0 else max(0.0, ends - time.monotonic()))
    finally:  # whoever ends or interrupts this process does not reach them: each has a group of its own
        signal.signal(signal.SIGTERM, before)
        late = [process for process in processes if process.is_alive()]
        end_groups([process.pid for process in late if process.pid])
        for process in late:
            process.join()
    return sum(process.exitcode != 0 for process in processes if process not in late)


def _within(work: Callable[[], int], log: Path) -> None:
    os.setsid()  # its own children end with it
    with log.open("ab") as said:
        for stream in (1, 2):
            os.dup2(said.fileno(), stream)
    sys.exit(work())
