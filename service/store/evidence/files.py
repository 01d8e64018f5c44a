"""Files of evidence by name, wherever they lie; and the data folder's own disk, where they lie by default."""

from __future__ import annotations

import contextlib
import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from pathlib import Path

PART = ".part"


class EvidenceFiles(ABC):
    """One kind of evidence: files named `LIFT/DAY/FILE`. Safe from any thread.

    folder: where what is written lies first, on this machine.
    is_shared: whether other services write there too, so that what is missing may still come from them.
    """

    folder: Path
    is_shared = False

    @property
    def has_room(self) -> bool:
        """Whether more may be written, the disk's room apart."""
        return True

    @property
    def trouble(self) -> tuple[str, dict[str, float | str]] | None:
        """What keeps files from where they belong, as a code with its numbers; None: nothing."""
        return None

    @abstractmethod
    def write(self, name: str, content: bytes | memoryview, *, synced: bool = False) -> None:
        """Write a file; never waits for another machine.

        synced: it is whole or not there, for its owner alone, and the power may fail.

        Raises:
            OSError: no room, no permission, or a folder that is gone.
        """

    @abstractmethod
    def read(self, name: str) -> bytes | None:
        """Return a file; None if it is not there. Raises StoreError: nobody can tell now."""

    @abstractmethod
    def written(self, name: str) -> bool:
        """Say whether this service wrote the file and has not removed it since; asks no other machine."""

    @abstractmethod
    def exists(self, name: str) -> bool:
        """Say whether a file is there. Raises StoreError: nobody can tell now."""

    @abstractmethod
    def here(self, name: str) -> Path | None:
        """Return where on this machine a file lies; None if it does not, or if no file can have the name."""

    @abstractmethod
    def remove(self, names: Collection[str]) -> None:
        """Delete files, soon where they are elsewhere; those that are gone already do not matter."""

    @abstractmethod
    def listing(self, before: str | None = None) -> Iterator[str]:
        """Give the names of all files, or of those of the days before `before` (YYYY-MM-DD).

        What is not this service's alone to judge, or too much to look through each time, may be left out.
        """

    def everything(self) -> Iterator[str]:
        """Give the names of all files. Raises StoreError."""
        return self.listing()


class LocalFiles(EvidenceFiles):
    """Files below one folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def write(self, name: str, content: bytes | memoryview, *, synced: bool = False) -> None:
        """As promised; a folder that was removed must not come back empty before anybody notices."""
        path = self.folder / name
        if synced:
            self._write_synced(path, content)
            return
        try:
            self.folder.stat()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError:
            with contextlib.suppress(OSError):
                path.unlink()
            raise

    def read(self, name: str) -> bytes | None:
        """Return a file; None if it is not there."""
        try:
            return (self.folder / name).read_bytes()
        except (OSError, ValueError):
            return None

    def written(self, name: str) -> bool:
        """Say whether it is there."""
        return (self.folder / name).is_file()

    def exists(self, name: str) -> bool:
        """Say whether it is there."""
        return self.written(name)

    def here(self, name: str) -> Path | None:
        """Return its path."""
        with contextlib.suppress(ValueError, OSError):  # no name that a file can have
            path = (self.folder / name).resolve()
            if path.is_relative_to(self.folder.resolve()) and path.is_file():
                return path
        return None

    def remove(self, names: Collection[str]) -> None:
        """Delete files and folders that become empty."""
        for name in names:
            path = self.folder / name
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # it holds something, or is gone
                path.parent.rmdir()
                path.parent.parent.rmdir()

    def listing(self, before: str | None = None) -> Iterator[str]:
        """Give the names, a day's folder at a time."""
        for day in self.folder.glob("*/*"):
            if before is None or day.name < before:
                for path in list(day.glob("*")):
                    yield path.relative_to(self.folder).as_posix()

    @staticmethod
    def _write_synced(path: Path, content: bytes | memoryview) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}{PART}")
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - with its mode
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


class Removals:
    """Files that are to be deleted on the shared store: noted on this disk, so that a restart forgets none.

    Each note is a file with a name a line, below `folder`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)

    def note(self, names: Collection[str]) -> None:
        """Remember names. Raises OSError: no room."""
        text = "\n".join(names)
        digest = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._folder / f".{digest}-{os.getpid()}{PART}"
        part.write_text(text)
        part.replace(self._folder / digest)

    def notes(self) -> list[tuple[Path, list[str]]]:
        """Return the notes, each with its names."""
        try:
            found = [path for path in self._folder.iterdir() if not path.name.startswith(".")]
            return [(path, path.read_text().splitlines()) for path in found]
        except FileNotFoundError:
            return []
