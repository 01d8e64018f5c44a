"""The clips' files below DIR/clips: each is whole or not there, and its owner's alone."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from service.domain.arrays import Image
from service.domain.errors import GoneError

CLIPS = "clips"
_PART = ".part"


class ClipFolder:
    """The clips' folder of one data folder; holds no state. Safe from any thread and process."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = Path(data_dir) / CLIPS

    @staticmethod
    def name(lift_id: str, at: datetime, alarm_id: str) -> str:
        """Return the name of an alarm's clip."""
        return f"{lift_id}/{at:%Y-%m-%d}/{alarm_id}.mp4"

    def save(self, file: str, content: Image) -> str:
        """Write a clip, uint8[N]; return its SHA-256. Raises OSError: no room, or no permission."""
        path = self.folder / file
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}{_PART}")
        try:
            with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as written:  # noqa: PTH123 - with its mode
                written.write(content.data)
                written.flush()
                os.fsync(written.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return hashlib.sha256(content.data).hexdigest()

    def path(self, file: str) -> Path:
        """Return the path of a stored name; raises GoneError if it is not there."""
        path = (self.folder / file).resolve()
        if path.is_relative_to(self.folder.resolve()) and path.is_file():
            return path
        raise GoneError("the clip is gone: its file is missing", "clip_missing")

    def content(self, file: str) -> bytes | None:
        """Return a stored file as it is; None if it is not there."""
        try:
            return self.path(file).read_bytes()
        except (OSError, GoneError):
            return None

    def remove(self, files: Collection[str]) -> None:
        """Delete files and folders that become empty; files that are gone already do not matter."""
        for file in files:
            path = self.folder / file
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # it holds something, or is gone
                path.parent.rmdir()
                path.parent.parent.rmdir()

    def strangers(self, named: Collection[str]) -> Iterator[str]:
        """Give the files that no record names: of a service that was killed, or of deleted alarms."""
        for path in self.folder.glob("*/*/*"):
            name = path.relative_to(self.folder).as_posix()
            if name not in named:
                yield name
