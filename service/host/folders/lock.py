"""One service per data folder: two would both watch its cameras and both write its alarms."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path

from service.domain.errors import ConfigurationError
from service.host.private import private_folder

NAME = "lock"


class FolderInUseError(ConfigurationError):
    """Another process holds the folder."""


class FolderLock:
    """Holds a data folder for this process, until `release` or the process's end.

    The system lets go of the lock when the process ends, however it ends; the file stays and means nothing.

    Args:
        folder: the data folder; made if it is missing.

    Raises:
        FolderInUseError: another process holds it; the message names that process.
        ConfigurationError: the folder cannot be written to or locked.
    """

    def __init__(self, folder: Path) -> None:
        path = Path(folder) / NAME
        try:
            private_folder(path.parent)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"the data folder {folder} cannot be written to: {error.strerror or error}"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._file, 32).decode(errors="replace").strip()
            os.close(self._file)
            raise FolderInUseError(
                f"the data folder {folder} is in use by another Barwatch (process {holder or 'unknown'}): "
                "stop it first, or name another folder with --data"
            ) from error
        except OSError as error:
            os.close(self._file)
            raise ConfigurationError(
                f"the data folder {folder} cannot be locked: {error.strerror or error}: "
                "put it on a disk of this machine"
            ) from error
        # A full disk may have no room even for this: the lock holds all the same, and the reserve (DiskSpace)
        # is given up only by whoever holds it.
        with contextlib.suppress(OSError):
            os.truncate(self._file, 0)
            os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let another process have the folder."""
        os.close(self._file)
