"""The committed alarms in their order, for whoever sends them on."""

from __future__ import annotations

from service.store import alarms
from service.store.database import Store
from service.store.records import OutboxEntry


class StoredOutbox:
    """The outbox of one database. Safe from any thread; every call raises StoreError if it cannot answer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def newest(self) -> int:
        """Return the newest seq, 0 if there was no alarm yet."""
        with self._store.reading() as session:
            return alarms.last_seq(session)

    def page(self, after: int, limit: int) -> tuple[OutboxEntry, ...]:
        """Return the entries above `after`, oldest first, at most `limit`; damaged ones without an alarm."""
        with self._store.reading() as session:
            return alarms.outbox(session, after, limit)
