"""Notices when the database's files are removed or replaced while it is open.

SQLite goes on writing to a file without a name, and nobody will ever read it. So every write looks first, and
once more when it has committed; the look costs a few microseconds.
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from service.domain.errors import StoreError

Identity = tuple[int, int]


class FilePresence:
    """Knows the files of an open database: itself, and the log of what was written last (`-wal`).

    Args:
        path: the database's file.
        reader: one of its connections is held open, so that SQLite keeps its files as they are.
    """

    def __init__(self, path: Path, reader: Engine) -> None:
        self._anchor = reader.raw_connection()
        with contextlib.suppress(sqlite3.Error):  # whoever reads next says why
            self._anchor.cursor().execute("SELECT count(*) FROM sqlite_master").fetchall()
        self._files = {file: identity_of(file) for file in (path, path.with_name(f"{path.name}-wal"))}

    def trouble(self) -> str:
        """Return what is wrong: `database_gone`, `database_replaced`, `log_gone`; empty if nothing is.

        A file that comes back is as good as before.
        """
        for file, known in self._files.items():
            now = identity_of(file)
            if known is not None and now != known:
                if file.name.endswith("-wal"):
                    return "log_gone"
                return "database_gone" if now is None else "database_replaced"
        return ""

    def check(self) -> None:
        """Raise StoreError if a file was removed or replaced."""
        trouble = self.trouble()
        if trouble:
            name = next(iter(self._files)).name
            what = "log file (-wal)" if trouble == "log_gone" else "file"
            raise StoreError(f"the database's {what} {name} was removed or replaced", trouble)

    def close(self) -> None:
        """Let the files go."""
        self._anchor.close()


def identity_of(path: Path) -> Identity | None:
    """Return device and number of a file or folder; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
