"""Lifts that other processes render while a training reads those that are there already."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from ml.data.rendered import LiftRecipe, renderers, write

KEPT_BYTES = 24 << 30
"""Rendered lifts that are kept: more than a training reads until the next ones are there."""

_NICE = 10  # who learns, and who loads for it, comes first


def arrived(folder: Path) -> list[Path]:
    """Return the lifts' files that are in a folder now, sorted."""
    with os.scandir(folder) as entries:
        names = [e.name for e in entries if e.name.endswith(".npz")]
    return [folder / name for name in sorted(names)]


def mixed(first: Sequence[int], second: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield (0, seed) of `first` and (1, seed) of `second`, so that any beginning has its share of each."""
    places = [
        ((n + 0.5) / len(seeds), which, seed)
        for which, seeds in enumerate((first, second))
        for n, seed in enumerate(seeds)
    ]
    yield from ((which, seed) for _, which, seed in sorted(places))


class ArrivingLifts:
    """Processes that render lifts into a folder, one after another, while the block runs.

    The oldest files go when there are too many. A lift that cannot be rendered costs nothing but itself; its
    reason is kept in `failures`.

    Args:
        folder: made if missing; the lifts that it holds already are not rendered again.
        jobs: what to render, in this order.
        workers: processes.
        kept_bytes: of files, before the oldest go.
    """

    def __init__(
        self,
        folder: Path,
        jobs: Sequence[tuple[LiftRecipe, int]],
        workers: int,
        kept_bytes: int = KEPT_BYTES,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.kept_bytes = folder, kept_bytes
        self.failures: list[str] = []
        self.rendered = 0
        self._jobs = [(recipe, seed) for recipe, seed in jobs if not recipe.path(folder, seed).exists()]
        self._lock = Lock()
        self._kept = deque((path, path.stat().st_size) for path in arrived(folder))
        self._had = len(self._kept)
        self._pool = renderers(workers)
        self._waiting: list[Future[Path]] = []

    def __enter__(self) -> Self:
        for recipe, seed in self._jobs:
            job = self._pool.submit(_render_aside, self.folder, seed, recipe)
            job.add_done_callback(self._one_more)
            self._waiting.append(job)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def wait_for(self, count: int) -> None:
        """Wait until so many lifts are there, or all; raises why, if none can be rendered."""
        missing = count - self._had  # not what is there now: what has arrived since is among those waited for
        for job in as_completed(self._waiting):
            missing -= job.exception() is None
            if missing <= 0:
                return
        if self._waiting and not arrived(self.folder):
            self._waiting[0].result()

    def _one_more(self, job: Future[Path]) -> None:
        if job.cancelled():
            return
        error = job.exception()
        with self._lock:
            if error is not None:
                self.failures.append(f"{type(error).__name__}: {error}")
                return
            self.rendered += 1
            self._kept.append((job.result(), job.result().stat().st_size))
            size = sum(each for _, each in self._kept)
            while size > self.kept_bytes and len(self._kept) > 1:
                path, freed = self._kept.popleft()
                path.unlink(missing_ok=True)
                size -= freed


def _render_aside(folder: Path, seed: int, recipe: LiftRecipe) -> Path:
    """Render a lift at a low priority."""
    os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    path = recipe.path(folder, seed)
    write(path, recipe.render(seed))
    return path
