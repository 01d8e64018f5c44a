"""One service per data folder; the second is refused with the first one's process id."""

import errno
import multiprocessing
import os
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from service.domain.errors import ConfigurationError
from service.host.folders.lock import FolderLock


def hold(pipe: Connection, folder: Path) -> None:
    """Hold the folder until killed."""
    lock = FolderLock(folder)
    pipe.send(os.getpid())
    pipe.recv()
    lock.release()


@pytest.mark.fault(35)
def test_the_second_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    """Even within one process; once the first lets go, the folder is free."""
    first = FolderLock(tmp_path / "new" / "data")
    with pytest.raises(ConfigurationError, match=rf"in use by another Barwatch \(process {os.getpid()}\)"):
        FolderLock(tmp_path / "new" / "data")
    first.release()
    FolderLock(tmp_path / "new" / "data").release()


@pytest.mark.fault(35)
def test_a_holder_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    """The system lets go of the lock with the process, though the file stays."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=hold, args=(theirs, tmp_path))
    process.start()
    pid = ours.recv()
    with pytest.raises(ConfigurationError, match=rf"process {pid}\)"):
        FolderLock(tmp_path)
    process.kill()
    process.join()
    FolderLock(tmp_path).release()


def test_a_full_disk_does_not_keep_the_folder_from_being_held(tmp_path: Path) -> None:
    """There may be no room for the process's number: the reserve is given up only once the lock is held."""
    (tmp_path / "lock").symlink_to("/dev/full")
    FolderLock(tmp_path).release()


def test_a_file_system_without_locks_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not mistaken for another Barwatch."""

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("fcntl.flock", refuse)
    with pytest.raises(ConfigurationError, match="cannot be locked: No locks available"):
        FolderLock(tmp_path)


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    """In one line that names it: a file in its place, or a file system that takes nothing."""
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", Path("/proc")):
        with pytest.raises(ConfigurationError, match=f"{folder} cannot be written to: "):
            FolderLock(folder)
