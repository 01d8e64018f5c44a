"""How much of the disk each part of the data folder takes: counted file by file, by request, aside."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from service.administration.aside import Aside, done_aside
from service.domain.errors import BarwatchError, ConflictError
from service.host.runner import Runners

log = structlog.get_logger(__name__)

FOLDERS = ("pictures", "clips", "setup", "learnt", "models")

AGAIN_AFTER_S = 900.0
"""Counting two million pictures takes a while: nobody causes it more often."""


@dataclass(frozen=True, slots=True)
class FolderSizes:
    """What was counted: bytes by folder, `database` and `backups` too, and when."""

    sizes: Mapping[str, int]
    at: datetime


class FolderMeasure:
    """Owns the thread that waits for the count.

    Args:
        data: the data folder. backups: where backups are.
        runners: the list to which the thread is added.
    """

    def __init__(self, data: Path, backups: Path, runners: Runners) -> None:
        self._data, self._backups = data, backups
        self._aside: Aside[str] = Aside("folder sizes", self._do)
        runners.add(self._aside.runner)
        self._last: FolderSizes | None = None
        self._next_mono_s = 0.0

    @property
    def last(self) -> FolderSizes | None:
        """What was counted last; None before the first count has ended."""
        return self._last

    @property
    def busy(self) -> bool:
        """Whether it is being counted."""
        return self._aside.now is not None

    def start(self) -> None:
        """Take work from now on."""
        self._aside.runner.start()

    def stop(self) -> None:
        """End; a count under way is given up."""
        self._aside.runner.stop()

    def renew(self) -> None:
        """Count again unless that was done lately; returns at once."""
        if time.monotonic() < self._next_mono_s:
            return
        self._next_mono_s = time.monotonic() + AGAIN_AFTER_S
        try:
            self._aside.begin("count")
        except ConflictError:
            return

    def _do(self, _: str) -> None:
        try:
            found = done_aside(
                "barwatch-folder-sizes", sizes_of, self._data, self._backups, runner=self._aside.runner
            )
            self._last = FolderSizes(found, datetime.now(UTC))
        except BarwatchError as error:
            log.warning("the folders' sizes are not known", reason=str(error))


def sizes_of(data: Path, backups: Path) -> dict[str, int]:
    """Return the bytes of each folder of a data folder, of its database, and of its backups."""
    found = {name: _size(data / name) for name in FOLDERS}
    found["database"] = sum(_file(path) for path in data.glob("barwatch.db*"))
    found["backups"] = _size(backups)
    return found


def _size(folder: Path) -> int:
    """Return the bytes of all files below a folder; what cannot be read counts nothing."""
    return sum(_file(Path(at, name)) for at, _, names in os.walk(folder) for name in names)


def _file(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return 0
