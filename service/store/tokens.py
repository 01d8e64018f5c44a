"""API tokens and sign-ins of the console: only hashes are stored, so that a leaked database opens no door.

A token is ``bw_ID_SECRET``: ID (16 hex digits) finds the row, SECRET has 256 random bits. A secret of that
entropy needs no slow hash: there is nothing to guess. A sign-in is one row; signing out deletes it, so that
its cookie is useless for good.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.domain.errors import DamagedError, NotFoundError
from service.domain.people import Role
from service.store.audit import entries
from service.store.damage import intact, readable
from service.store.records import SessionRecord, TokenRecord
from service.store.tables import SessionRow, TokenRow

MIN_GIVEN_LENGTH = 16

_TOKEN, _SIGN_IN = TypeAdapter(TokenRecord), TypeAdapter(SessionRecord)


def create(session: Session, name: str, role: Role) -> tuple[str, TokenRecord]:
    """Make a new token; returns it (the only time it can be seen) and its record."""
    token = f"bw_{secrets.token_hex(8)}_{secrets.token_urlsafe(32)}"
    return token, put(session, token, name, role)


def put(session: Session, token: str, name: str, role: Role) -> TokenRecord:
    """Store a token that somebody chose (the first admin's); storing it again changes nothing.

    Raises:
        ValueError: shorter than MIN_GIVEN_LENGTH characters.
    """
    if len(token) < MIN_GIVEN_LENGTH:
        raise ValueError(f"a token needs at least {MIN_GIVEN_LENGTH} characters")
    try:
        kept = get(session, _id(token))
    except DamagedError:
        session.execute(delete(TokenRow).where(TokenRow.id == _id(token)))
        kept = None
    if kept is not None:
        return kept
    row = TokenRow(
        id=_id(token),
        sha256=_hash(token),
        name=name,
        role=role.value,
        created_at=datetime.now(UTC),
        revoked_at=None,
    )
    session.add(row)
    entries.record(session, "token.create", row.id, name=name, role=role.value)
    return _record(row)


def find(session: Session, token: str) -> TokenRecord | None:
    """Return the record of a token that is right and not revoked, else None.

    Raises DamagedError if its row cannot be read.
    """
    row = _row(session, _id(token))
    # The comparison takes the same time wherever the two differ.
    if (
        row is None
        or not hmac.compare_digest(str(row.sha256).encode(), _hash(token).encode())
        or row.revoked_at is not None
    ):
        return None
    return _record(row)


def get(session: Session, token_id: str) -> TokenRecord | None:
    """Return the record of a token by its id, revoked or not; None if there is none. Raises DamagedError."""
    row = _row(session, token_id)
    return None if row is None else _record(row)


def listing(session: Session) -> tuple[TokenRecord, ...]:
    """Return every token's record but damaged ones, revoked ones included, oldest first."""
    rows = readable(session, select(TokenRow).order_by(TokenRow.created_at), TokenRow.id, _record)
    return tuple(record for _, record in rows if record is not None)


def revoke(session: Session, token_id: str) -> TokenRecord:
    """Make the token useless for ever; raises NotFoundError, DamagedError."""
    row = _row(session, token_id)
    if row is None:
        raise NotFoundError(f"no token {token_id!r}")
    row.revoked_at = row.revoked_at or datetime.now(UTC)
    entries.record(session, "token.revoke", token_id, name=row.name)
    return _record(row)


def _id(token: str) -> str:
    parts = token.split("_", 2)
    if len(parts) == 3 and parts[0] == "bw" and len(parts[1]) == 16:
        return parts[1]
    # A token that somebody chose has no public part: its place is taken by a hash of its own.
    return hashlib.sha256(b"barwatch token id\0" + token.encode()).hexdigest()[:16]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _row(session: Session, token_id: str) -> TokenRow | None:
    with intact(session, TokenRow.__tablename__, token_id, f"token {token_id} is"):
        row = session.get(TokenRow, token_id)
        if row is not None:
            _record(row)
    return row


def _record(row: TokenRow) -> TokenRecord:
    return _TOKEN.validate_python(
        {
            "id": row.id,
            "name": row.name,
            "role": row.role,
            "created_at": row.created_at,
            "revoked_at": row.revoked_at,
        }
    )


def sign_in(session: Session, secret: str, record: SessionRecord) -> None:
    """Store a sign-in under the hash of its cookie's secret."""
    key = _hash(secret)
    session.add(
        SessionRow(
            sha256=key,
            name=record.name,
            role=record.role.value,
            token_id=record.token_id,
            expires_at=record.expires_at,
        )
    )
    entries.record(session, "session.start", key[:8], name=record.name, role=record.role.value)


def signed_in(session: Session, secret: str, now: datetime) -> SessionRecord | None:
    """Return whose sign-in this is; None if there is none, or it is too old. Raises DamagedError."""
    key = _hash(secret)
    with intact(session, SessionRow.__tablename__, key[:8], "the sign-in is"):
        row = session.get(SessionRow, key)
        if row is None or row.expires_at <= now:
            return None
        return _SIGN_IN.validate_python(
            {"name": row.name, "role": row.role, "token_id": row.token_id, "expires_at": row.expires_at}
        )


def sign_out(session: Session, secret: str) -> None:
    """End a sign-in; one that is over already does not matter."""
    key = _hash(secret)
    ended = session.execute(
        delete(SessionRow).where(SessionRow.sha256 == key).returning(SessionRow.name)
    ).first()
    if ended is not None:
        entries.record(session, "session.end", key[:8], name=ended.name)


def forget_expired(session: Session, now: datetime) -> None:
    """Delete the sign-ins that are too old."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
