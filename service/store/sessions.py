"""Console sign-ins: one row each. Signing out deletes the row, so that the cookie is useless for good."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.domain.people import Role
from service.store.records import SessionRecord
from service.store.tables import SessionRow


def add(session: Session, secret: str, record: SessionRecord) -> None:
    """Store a sign-in under the hash of its cookie's secret."""
    session.add(
        SessionRow(
            sha256=_hash(secret),
            name=record.name,
            role=record.role.value,
            token_id=record.token_id,
            expires_at=record.expires_at,
        )
    )


def find(session: Session, secret: str, now: datetime) -> SessionRecord | None:
    """Return whose sign-in this is; None if there is none, or it is too old."""
    row = session.get(SessionRow, _hash(secret))
    if row is None or row.expires_at <= now:
        return None
    return SessionRecord(row.name, Role(row.role), row.token_id, row.expires_at)


def remove(session: Session, secret: str) -> None:
    """End a sign-in; one that is over already does not matter."""
    session.execute(delete(SessionRow).where(SessionRow.sha256 == _hash(secret)))


def purge(session: Session, now: datetime) -> None:
    """Forget the sign-ins that are too old."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
