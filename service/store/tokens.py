"""API tokens: only a hash is stored, so that a leaked database opens no door.

A token is ``bw_ID_SECRET``: ID (16 hex digits) finds the row, SECRET has 256 random bits. A secret of that
entropy needs no slow hash: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotFoundError
from service.domain.people import Role
from service.store.records import TokenRecord
from service.store.tables import TokenRow

MIN_GIVEN_LENGTH = 16


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
    row = session.get(TokenRow, _id(token))
    if row is None:
        row = TokenRow(
            id=_id(token),
            sha256=_hash(token),
            name=name,
            role=role.value,
            created_at=datetime.now(UTC),
            revoked_at=None,
        )
        session.add(row)
        session.flush()
    return _record(row)


def find(session: Session, token: str) -> TokenRecord | None:
    """Return the record of a token that is right and not revoked, else None."""
    row = session.get(TokenRow, _id(token))
    # The comparison takes the same time wherever the two differ.
    if row is None or not hmac.compare_digest(row.sha256, _hash(token)) or row.revoked_at is not None:
        return None
    return _record(row)


def get(session: Session, token_id: str) -> TokenRecord | None:
    """Return the record of a token by its id, revoked or not; None if there is none."""
    row = session.get(TokenRow, token_id)
    return None if row is None else _record(row)


def listing(session: Session) -> tuple[TokenRecord, ...]:
    """Return every token's record, revoked ones included, oldest first."""
    return tuple(_record(row) for row in session.scalars(select(TokenRow).order_by(TokenRow.created_at)))


def revoke(session: Session, token_id: str) -> TokenRecord:
    """Make the token useless for ever; raises NotFoundError."""
    row = session.get(TokenRow, token_id)
    if row is None:
        raise NotFoundError(f"no token {token_id!r}")
    row.revoked_at = row.revoked_at or datetime.now(UTC)
    return _record(row)


def _id(token: str) -> str:
    parts = token.split("_", 2)
    if len(parts) == 3 and parts[0] == "bw" and len(parts[1]) == 16:
        return parts[1]
    # A token that somebody chose has no public part: its place is taken by a hash of its own.
    return hashlib.sha256(b"barwatch token id\0" + token.encode()).hexdigest()[:16]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(row: TokenRow) -> TokenRecord:
    return TokenRecord(row.id, row.name, Role(row.role), row.created_at, row.revoked_at)
