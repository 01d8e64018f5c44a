"""What the service stores is its owner's alone: folders 0700, files 0600, whatever the umask was."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from tempfile import NamedTemporaryFile

import structlog

from service.host.runner import Runner

log = structlog.get_logger(__name__)

OTHERS = 0o077


def private_folder(path: Path) -> None:
    """Make a folder that only its owner may enter; one that is there is closed. Raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    close_to_others([path])


def private_file(path: Path) -> None:
    """Make an empty file that only its owner may read; one that is there is closed. Raises OSError."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    close_to_others([path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))])


def write_once(path: Path, content: bytes) -> None:
    """Make a private file, complete or not at all, and for good; one that is there is left as it is.

    Raises OSError.
    """
    with NamedTemporaryFile(dir=path.parent, prefix=path.name) as file:  # its owner's alone
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process was first: its content counts
            os.link(file.name, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_private(folder: Path) -> Runner:
    """Let this process make nothing that others may read, and close the folder to them.

    Returns what goes through all that lies in it, once: an older version may have left it open.

    Raises:
        OSError: the folder cannot be made.
    """
    os.umask(OTHERS)
    private_folder(folder)

    def mend() -> bool:
        with runner.heartbeat.waiting():  # for a disk that may be slow, and hold a million pictures
            close_to_others(takewhile(lambda _: not runner.stopping.is_set(), _below(folder)))
        return False

    runner = Runner("private files", mend)
    return runner


def close_to_others(paths: Iterable[Path]) -> int:
    """Take others' rights to files and folders away; return how many had any. Says so in one line."""
    mended, refused, first = 0, 0, ""
    for path in paths:
        try:
            found = path.lstat()
            if not found.st_mode & OTHERS or stat.S_ISLNK(found.st_mode):
                continue
            path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
            mended += 1
        except FileNotFoundError:
            continue  # it was deleted meanwhile
        except OSError:
            refused += 1
        first = first or str(path)
    if mended:
        log.warning(
            "files were open to others: only their owner may read them now", count=mended, first=first
        )
    if refused:
        log.warning("files are open to others and belong to somebody else", count=refused, first=first)
    return mended


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            yield Path(place) / name
