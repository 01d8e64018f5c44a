"""Cameras' sealed passwords; what is in them is the vault's business (service.secrets.vault)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotFoundError
from service.store.audit.entries import record
from service.store.damage import intact, readable
from service.store.tables import CameraSecretRow


@dataclass(frozen=True, slots=True)
class SealedSecret:
    """A sealed user and password, and the host they are for."""

    name: str
    host: str
    sealed: bytes
    changed_at: datetime


def put(session: Session, name: str, host: str, sealed: bytes) -> bool:
    """Store or replace one; returns whether it is new."""
    new = session.scalar(select(CameraSecretRow.name).where(CameraSecretRow.name == name)) is None
    session.execute(sql_delete(CameraSecretRow).where(CameraSecretRow.name == name))
    session.add(CameraSecretRow(name=name, host=host, sealed=sealed, changed_at=datetime.now(UTC)))
    record(session, "camera_secret.put", name, host=host)
    return new


def get(session: Session, name: str) -> SealedSecret | None:
    """Return one; None if there is none of this name. Raises DamagedError."""
    with intact(session, CameraSecretRow.__tablename__, name, f"the stored password {name!r} is"):
        row = session.scalar(select(CameraSecretRow).where(CameraSecretRow.name == name))
        return None if row is None else _record(row)


def listing(session: Session) -> dict[str, SealedSecret | None]:
    """Return all by name; None for a damaged one."""
    query = select(CameraSecretRow).order_by(CameraSecretRow.name)
    return dict(readable(session, query, CameraSecretRow.name, _record))


def delete(session: Session, name: str) -> None:
    """Delete one, damaged or not; raises NotFoundError."""
    found = session.scalar(select(CameraSecretRow.name).where(CameraSecretRow.name == name))
    if found is None:
        raise NotFoundError(f"no password is stored under {name!r}", "no_such_secret", name=name)
    session.execute(sql_delete(CameraSecretRow).where(CameraSecretRow.name == name))
    record(session, "camera_secret.delete", name)


def _record(row: CameraSecretRow) -> SealedSecret:
    if not isinstance(row.sealed, bytes) or not isinstance(row.host, str):
        raise TypeError("a sealed password is bytes, its host text")
    return SealedSecret(row.name, row.host, row.sealed, row.changed_at)
