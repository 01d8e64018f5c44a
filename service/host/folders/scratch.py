"""Temporary folders that end with their process; a killed one's end with the next that needs one."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_HELD = ".held"
"""Locked by the folder's process for as long as it lives, however it ends."""


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """Hold a new temporary folder; before, remove those of this prefix whose processes were killed.

    Raises:
        OSError: there is no room for one.
    """
    _remove_abandoned(Path(tempfile.gettempdir()), prefix)
    with tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # Nobody sees the file before it is locked: a folder without it is being made.
        with (folder / f"{_HELD}.new").open("wb") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            Path(held.name).rename(folder / _HELD)
            yield folder


def _remove_abandoned(place: Path, prefix: str) -> None:
    for folder in place.glob(f"{prefix}*"):
        # Another user's, one that somebody else removes, one whose process lives: all are left alone.
        with suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with (folder / _HELD).open("rb") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
