"""The clips' files below DIR/clips: each is whole or not there, and its owner's alone.

With a shared store they go on to it from there (service.store.evidence).
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from datetime import datetime
from pathlib import Path

from service.domain.arrays import Image
from service.domain.errors import EvidenceUnreachableError, GoneError
from service.store.evidence.files import EvidenceFiles, LocalFiles

CLIPS = "clips"


class ClipFolder:
    """The clips of one data folder; holds no state. Safe from any thread and process.

    files: where they lie; None: in the folder itself.
    """

    def __init__(self, data_dir: Path, files: EvidenceFiles | None = None) -> None:
        self.files: EvidenceFiles = files or LocalFiles(Path(data_dir) / CLIPS)
        self.folder = self.files.folder

    @staticmethod
    def name(lift_id: str, at: datetime, alarm_id: str) -> str:
        """Return the name of an alarm's clip."""
        return f"{lift_id}/{at:%Y-%m-%d}/{alarm_id}.mp4"

    def save(self, file: str, content: Image) -> str:
        """Write a clip, uint8[N]; return its SHA-256. Raises OSError: no room, or no permission."""
        if not self.files.has_room:
            raise OSError("too much evidence waits for the shared store")
        self.files.write(file, content.data, synced=True)
        return hashlib.sha256(content.data).hexdigest()

    def path(self, file: str) -> Path:
        """Return the path of a stored name; raises GoneError if it is not there."""
        if (path := self.files.here(file)) is not None:
            return path
        raise GoneError("the clip is gone: its file is missing", "clip_missing")

    def there(self, file: str) -> bytes:
        """Return a clip; raises GoneError: its file is missing; EvidenceUnreachableError."""
        content = self.files.read(file)
        return self.path(file).read_bytes() if content is None else content

    def content(self, file: str) -> bytes | None:
        """Return a stored file as it is; None if it is not there, or cannot be had now."""
        try:
            return self.files.read(file)
        except EvidenceUnreachableError:
            return None

    def exists(self, file: str) -> bool:
        """Say whether a file is there, as far as anybody can tell."""
        try:
            return self.files.exists(file)
        except EvidenceUnreachableError:
            return True

    def remove(self, files: Collection[str]) -> None:
        """Delete files and folders that become empty; files that are gone already do not matter."""
        self.files.remove(files)

    def strangers(self, named: Collection[str], before: str) -> Iterator[str]:
        """Give the files that no record names: of a service that was killed, or of deleted alarms.

        before: on a shared store only those of days before it, for another service may be storing one now.
        """
        for name in self.files.listing(before if self.files.is_shared else None):
            if name not in named:
                yield name
