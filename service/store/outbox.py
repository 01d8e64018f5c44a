"""The committed alarms in order, for those who pass them on, and the identity of that sequence."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from service.domain.errors import NotFoundError
from service.store import alarms
from service.store.database import Store
from service.store.records import OutboxEntry
from service.store.tables import MetaRow

EPOCH = "epoch"


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


def ensure_epoch(session: Session) -> str:
    """Return the identity of this database's alarm sequence, made on the first call.

    A client that resumes with a `seq` of another epoch talks to another (or a rebuilt) database.
    """
    row = session.get(MetaRow, EPOCH)
    if row is None:
        row = MetaRow(key=EPOCH, value=str(uuid.uuid4()))
        session.add(row)
        session.flush()
    return row.value


def epoch(session: Session) -> str:
    """Return what `ensure_epoch` made; raises NotFoundError before that."""
    row = session.get(MetaRow, EPOCH)
    if row is None:
        raise NotFoundError("the database has no epoch yet")
    return row.value
