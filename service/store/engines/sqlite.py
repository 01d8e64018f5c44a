"""One file of SQLite in the data folder: the default."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from service.domain.errors import ConfigurationError, StoreError
from service.domain.leading.leader import ALONE, Leader
from service.host.private import private_file, private_folder
from service.store.audit import guard
from service.store.audit.heads import HeadFile
from service.store.file.check import check_file, recheck
from service.store.file.engine import brief, make_engine, migrate
from service.store.file.moved import refuse_moved
from service.store.file.presence import FilePresence

DATABASE = "barwatch.db"


class OpenFile:
    """An open file; see OpenDatabase."""

    def __init__(self, path: Path, writer: Engine, reader: Engine, *, unchecked: bool) -> None:
        self._path = path
        self.writer, self.reader, self.unchecked = writer, reader, unchecked
        self.presence = FilePresence(path, reader)

    def recheck(self) -> None:
        """Check every page."""
        recheck(self._path)

    def checkpoint(self) -> None:
        """Move what was written from the log into the file."""
        connection = self.reader.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        except sqlite3.Error as error:
            raise StoreError(f"the database cannot be tidied: {error}") from error
        finally:
            connection.close()

    def size_bytes(self) -> int:
        """Return the size of the file and its log; what is gone has none."""
        size = 0
        for path in (self._path, self._path.with_name(f"{DATABASE}-wal")):
            with suppress(OSError):
                size += path.stat().st_size
        return size

    def free_pages(self, session: Session) -> int:
        """Return how many are free; 0 of a file from before version 0.9, which keeps them."""
        connection = session.connection()
        if connection.exec_driver_sql("PRAGMA auto_vacuum").scalar() != 2:
            return 0
        return int(connection.exec_driver_sql("PRAGMA freelist_count").scalar() or 0)

    def give_back(self, session: Session, pages: int) -> None:
        """Shorten the file."""
        # One at a time: the driver takes the row without columns that each page gives for the end.
        for _ in range(pages):
            session.connection().exec_driver_sql("PRAGMA incremental_vacuum(1)")

    def tell(self, session: Session, seq: int) -> None:
        """Do nothing: other processes look every few seconds."""

    def claim(self, address: str) -> Leader:  # noqa: ARG002
        """Lead: the lock of the data folder says that this is the one service."""
        return ALONE

    def check_claim(self, session: Session) -> None:
        """Return: there is no other."""

    def leader(self, session: Session) -> None:
        """Return nothing: there is no other."""

    def close(self) -> None:
        """Close connections and file."""
        self.presence.close()
        self.reader.dispose()
        self.writer.dispose()

    def hear(
        self,
        called: Callable[[], object],  # noqa: ARG002
        stopping: Callable[[], bool],  # noqa: ARG002
        leads: Callable[[Leader], object] = lambda _: None,  # noqa: ARG002
    ) -> bool:
        """Nobody says anything."""
        return False


class SqliteEngine:
    """The file `barwatch.db` of a data folder."""

    def __init__(self, data: Path) -> None:
        self._data = Path(data)

    def open(self, backups: Path | None) -> OpenFile:
        """See DatabaseEngine; the file is made if it is missing where there are no backups."""
        path = self._data / DATABASE
        try:
            private_folder(path.parent)
            refuse_moved(self._data)
            checked = check_file(path, backups or path.parent / "backups")
            private_file(path)
            writer = make_engine(path, write=True)
            migrate(writer)
            guard.begin(writer, HeadFile(path.parent).read())
            writer.dispose()  # its next connection seals what it writes, by the newest schema
            event.listen(writer, "connect", _seal_writes)
            return OpenFile(path, writer, make_engine(path, write=False), unchecked=not checked)
        except (OSError, SQLAlchemyError) as error:
            raise ConfigurationError(f"{path}: the database cannot be opened: {brief(error)}") from error

    @contextmanager
    def as_file(self, beside: Path) -> Iterator[Path]:  # noqa: ARG002 - nothing is copied
        """Give the file itself."""
        path = self._data / DATABASE
        if not path.is_file():
            raise ConfigurationError(f"{path}: there is no such database")
        refuse_moved(self._data)
        yield path


def _seal_writes(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    guard.watch(connection)
