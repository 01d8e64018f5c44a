"""Files that are there whole or not at all, whoever else writes them and however a process ends."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a name beside a file to write to; what stands there at the end becomes that file in one step.

    The name is this process's: where two write the same file, the later one's stays. It ends with `.part`, so
    that nobody who looks for files of the file's kind finds it. An error leaves the file as it was. What was
    written is on the disk before it takes the file's name: a loss of power leaves no empty file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
