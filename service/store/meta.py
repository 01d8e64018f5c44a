"""Facts about the database itself."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from service.domain.errors import NotFoundError
from service.store.tables import MetaRow

EPOCH = "epoch"


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
