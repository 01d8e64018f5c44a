"""The chain's newest entry, kept beside the database: whoever cuts the chain must change this too."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

import structlog

from service.store.audit.entries import Head

log = structlog.get_logger(__name__)

FILE = "audit.head"
_LINE = re.compile(r"(\d{20}) ([0-9a-f]{64}) (\d{20})\n")


class HeadFile:
    """The file `audit.head` of a data folder: one line, overwritten in place after each commit.

    Not synced to disk: it may be behind the chain after a loss of power, never ahead of it.
    """

    def __init__(self, folder: Path) -> None:
        self.path = Path(folder) / FILE
        self._file: int | None = None

    def read(self) -> Head | None:
        """Return the head that was kept; None if there is no such file, or it holds no head."""
        try:
            found = _LINE.fullmatch(self.path.read_text("ascii"))
        except (OSError, ValueError):
            return None
        return None if found is None else Head(int(found[1]), found[2], int(found[3]))

    def keep(self, head: Head) -> None:
        """Write the head; a disk that takes nothing is logged and holds nobody up."""
        line = f"{head.seq:020} {head.hash} {head.last_seal:020}\n"
        try:
            if self._file is None:
                self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.pwrite(self._file, line.encode(), 0)  # one line of one length: never half a head
        except OSError as error:
            log.warning("the audit's head is not written", file=str(self.path), reason=str(error))
            self.close()

    def forget(self) -> None:
        """Remove the file: an older database was brought back, and the audit says so."""
        self.close()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                os.close(self._file)
            self._file = None
