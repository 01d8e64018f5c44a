"""What the store asks of a database: nothing else knows whether it is a file of SQLite or a server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service.domain.leading.leader import Leader


class DatabasePresence(Protocol):
    """Notices that what was opened is no longer what is written to."""

    def trouble(self) -> str:
        """Return a code of what is wrong; empty if nothing is."""

    def check(self) -> None:
        """Raise StoreError if something is wrong."""

    def close(self) -> None:
        """Let go of what is held."""


class OpenDatabase(Protocol):
    """A database that was checked, migrated and is open."""

    @property
    def writer(self) -> Engine:
        """One connection, whose transactions begin with the one lock for writing."""

    @property
    def reader(self) -> Engine:
        """Connections that only read, each one state of the database."""

    @property
    def presence(self) -> DatabasePresence:
        """Notices when it goes."""

    @property
    def unchecked(self) -> bool:
        """Whether a part was too large to be checked before it was opened."""

    def recheck(self) -> None:
        """Check all of it, however long it takes. Raises DatabaseDamagedError."""

    def checkpoint(self) -> None:
        """Do now what an alarm's commit may have to do otherwise. Raises StoreError."""

    def size_bytes(self) -> int:
        """Return how much of a disk it takes. Raises StoreError."""

    def free_pages(self, session: Session) -> int:
        """Return how many pages could be given back to the disk, by `give_back`."""

    def give_back(self, session: Session, pages: int) -> None:
        """Give so many pages back."""

    def tell(self, session: Session, seq: int) -> None:
        """Say to other processes, once the transaction is committed, that there are alarms up to `seq`."""

    def claim(self, address: str) -> Leader | None:
        """Become the one service that leads with it, until it is closed; None while another one does.

        address: where other services reach this one. Raises ConfigurationError: it does not answer.
        """

    def check_claim(self, session: Session) -> None:
        """Raise SupersededError, in a transaction that writes, if this service led and another does now."""

    def leader(self, session: Session) -> Leader | None:
        """Return which service claimed to lead last; None: none did, or none could."""

    def close(self) -> None:
        """Close it."""

    def hear(
        self,
        called: Callable[[], object],
        stopping: Callable[[], bool],
        leads: Callable[[Leader], object] = lambda _: None,
    ) -> bool:
        """Call `called` whenever another process says something, until `stopping`.

        leads: called if this service asked to lead, and has come to now. Returns at once, with False, where
        nobody says anything.

        Raises:
            StoreError: nothing can be heard.
            ConfigurationError: this service led, and another one has since.
        """


class DatabaseEngine(Protocol):
    """A kind of database at a place."""

    def open(self, backups: Path | None) -> OpenDatabase:
        """Check, migrate (or make) and open it; backups: where they are, below the data folder if not given.

        Raises:
            DatabaseDamagedError: it is damaged; nothing was changed.
            ConfigurationError: it cannot be used.
        """

    def as_file(self, beside: Path) -> AbstractContextManager[Path]:
        """Give a file of SQLite that holds the database: itself, or a copy of one state of it for a while.

        beside: the folder in which a copy is made.

        Raises:
            ConfigurationError: there is no database, or it cannot be read.
        """
