"""Whether a machine carries so many cameras: all of them run, and every verdict is to be out by TF."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from service.bench.cameras import INTERVAL_S, START_S
from service.bench.cost import WholePath
from service.bench.delay import delay
from service.domain.camera import WatchedLift
from service.passages.learnt import Learnt, fingerprint
from service.settings import Settings

Row = dict[str, Any]

_TRIES = 3


def carry(cameras: Sequence[WatchedLift], settings: Settings, seconds: float, cores: int) -> Row:
    """Run cameras, engine, pipeline and store on so many cores; return how they kept up.

    Their lines are known when they start, as those of a service that is started again. They start one
    after another within a carrier's interval, as lifts do not run in step.

    Args:
        cameras: the lifts with their recordings. settings: of the engine; its data folder is not used.
        seconds: how long to measure. cores: how many of this machine's are used.

    Returns:
        The row of `delay`, with the cores that were used.

    Raises:
        ValueError: a recording's line cannot be learnt.
    """
    allowed = os.sched_getaffinity(0)
    used = set(sorted(allowed)[:cores])
    with tempfile.TemporaryDirectory(prefix="barwatch-bench-") as folder:
        memories = _memories(cameras, Path(folder))
        os.sched_setaffinity(0, used)  # of this process and of those that it starts from now on
        try:
            apart_s = INTERVAL_S / max(len(cameras), 1)
            row = delay(cameras, settings, seconds, memories=memories, apart_s=apart_s)
        finally:
            os.sched_setaffinity(0, allowed)
    return {**row, "cores": len(used)}


def _memories(cameras: Sequence[WatchedLift], folder: Path) -> list[Path]:
    """Return a file for each camera with what is learnt of its line; each recording's is learnt once."""
    known: dict[str, Learnt] = {}
    paths = []
    for number, watched in enumerate(cameras):
        of = fingerprint(watched)
        if of not in known:
            known[of] = _learnt(watched)
        paths.append(folder / f"{number}.npz")
        known[of].save(paths[-1])
    return paths


def _learnt(watched: WatchedLift) -> Learnt:
    camera = watched.lift.camera
    if camera is None or camera.url is None:
        raise ValueError(f"{watched.lift.id}: no recording")
    whole = WholePath(Path(camera.url), watched)
    for _ in range(_TRIES):  # where carriers are farther apart, learning takes longer
        whole.go_on(START_S, [])
        if whole.learnt is not None:
            return whole.learnt
    raise ValueError(f"{camera.url}: its line was not learnt in {_TRIES * START_S:.0f} s")
