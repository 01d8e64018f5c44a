"""API tokens and sign-ins of the console: only hashes are stored, so that a leaked database opens no door.

A token is ``bw_ID_SECRET``: ID (16 hex digits) finds the row, SECRET has 256 random bits. A secret of that
entropy needs no slow hash: there is nothing to guess. A sign-in is one row; signing out deletes it, so that
its cookie is useless for good.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_, delete, func, select, true, update
from sqlalchemy.orm import Session

from service.domain.errors import DamagedError, NotFoundError
from service.domain.people import Role
from service.store.audit import entries
from service.store.damage import intact, readable
from service.store.records import SessionRecord, TokenRecord
from service.store.tables import SessionRow, TokenRow

MIN_GIVEN_LENGTH = 16

_TOKEN, _SIGN_IN = TypeAdapter(TokenRecord), TypeAdapter(SessionRecord)


def create(
    session: Session,
    name: str,
    role: Role,
    lifts: Sequence[str] | None = None,
    expires_at: datetime | None = None,
) -> tuple[str, TokenRecord]:
    """Make a new token; returns it (the only time it can be seen) and its record.

    lifts: the only ones that it is for; None: all. expires_at: aware; None: never.
    """
    token = f"bw_{secrets.token_hex(8)}_{secrets.token_urlsafe(32)}"
    return token, put(session, token, name, role, lifts, expires_at)


def put(
    session: Session,
    token: str,
    name: str,
    role: Role,
    lifts: Sequence[str] | None = None,
    expires_at: datetime | None = None,
) -> TokenRecord:
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
        sha256=secret_hash(token),
        name=name,
        role=role.value,
        created_at=datetime.now(UTC),
        revoked_at=None,
        lifts=None if lifts is None else sorted(set(lifts)),
        expires_at=expires_at,
    )
    session.add(row)
    entries.record(
        session,
        "token.create",
        row.id,
        name=name,
        role=role.value,
        lifts=row.lifts,
        expires_at=None if expires_at is None else expires_at.isoformat(),
    )
    return _record(row)


def find(session: Session, token: str, now: datetime | None = None) -> TokenRecord | None:
    """Return the record of a token that is right, not revoked and not too old, else None.

    Raises DamagedError if its row cannot be read.
    """
    row = _row(session, _id(token))
    # The comparison takes the same time wherever the two differ.
    if row is None or not hmac.compare_digest(str(row.sha256).encode(), secret_hash(token).encode()):
        return None
    record = _record(row)
    return record if record.is_good(now or datetime.now(UTC)) else None


def get(session: Session, token_id: str) -> TokenRecord | None:
    """Return the record of a token by its id, revoked or not; None if there is none. Raises DamagedError."""
    row = _row(session, token_id)
    return None if row is None else _record(row)


def listing(session: Session) -> tuple[TokenRecord, ...]:
    """Return every token's record but damaged ones, revoked ones included, oldest first."""
    rows = readable(session, select(TokenRow).order_by(TokenRow.created_at), TokenRow.id, _record)
    return tuple(record for _, record in rows if record is not None)


def revoke(session: Session, token_id: str) -> TokenRecord:
    """Make the token useless for ever, with its sign-ins; raises NotFoundError, DamagedError."""
    row = _row(session, token_id)
    if row is None:
        raise NotFoundError(f"no token {token_id!r}", "no_token")
    row.revoked_at = row.revoked_at or datetime.now(UTC)
    session.execute(delete(SessionRow).where(SessionRow.token_id == token_id))
    entries.record(session, "token.revoke", token_id, name=row.name)
    return _record(row)


def used(session: Session, token_id: str, now: datetime) -> None:
    """Note when a token was used."""
    session.execute(update(TokenRow).where(TokenRow.id == token_id).values(used_at=now))


def _id(token: str) -> str:
    parts = token.split("_", 2)
    if len(parts) == 3 and parts[0] == "bw" and len(parts[1]) == 16:
        return parts[1]
    # A token that somebody chose has no public part: its place is taken by a hash of its own.
    return hashlib.sha256(b"barwatch token id\0" + token.encode()).hexdigest()[:16]


def secret_hash(secret: str) -> str:
    """Return what is kept of a secret of many random bits: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


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
            "lifts": row.lifts,
            "expires_at": row.expires_at,
            "used_at": row.used_at,
        }
    )


def sign_in(session: Session, secret: str, record: SessionRecord) -> None:
    """Store a sign-in under the hash of its cookie's secret."""
    key = secret_hash(secret)
    session.add(
        SessionRow(
            sha256=key,
            name=record.name,
            role=record.role.value,
            token_id=record.token_id,
            expires_at=record.expires_at,
            user_id=record.user_id,
            created_at=record.created_at,
            used_at=record.used_at,
            proven_at=record.proven_at,
            address=record.address,
            agent=record.agent,
        )
    )
    entries.record(session, "session.start", key[:8], name=record.name, role=record.role.value)


def sign_in_id(secret: str) -> str:
    """Return the id of the sign-in with this secret; it gives nothing away."""
    return secret_hash(secret)[:16]


def signed_in(session: Session, secret: str, now: datetime) -> SessionRecord | None:
    """Return whose sign-in this is; None if there is none, or it is too old. Raises DamagedError."""
    key = secret_hash(secret)
    with intact(session, SessionRow.__tablename__, key[:8], "the sign-in is"):
        row = session.get(SessionRow, key)
        return None if row is None or row.expires_at <= now else _sign_in(row)


def sign_in_by_id(session: Session, sign_in_id: str, now: datetime) -> SessionRecord | None:
    """Return a sign-in by its id; None if there is none, or it is too old. Raises DamagedError."""
    with intact(session, SessionRow.__tablename__, sign_in_id, "the sign-in is"):
        row = session.scalar(select(SessionRow).where(_has_id(sign_in_id)))
        return None if row is None or row.expires_at <= now else _sign_in(row)


def sign_ins(session: Session, owner: SessionRecord, now: datetime) -> tuple[SessionRecord, ...]:
    """Return every sign-in of the same owner but damaged and old ones, newest first."""
    query = select(SessionRow).where(_of(owner), SessionRow.expires_at > now)
    rows = readable(session, query.order_by(SessionRow.created_at.desc()), SessionRow.sha256, _sign_in)
    return tuple(record for _, record in rows if record is not None)


def sign_in_used(session: Session, sign_in_id: str, now: datetime, *, proven: bool = False) -> None:
    """Note when a sign-in was used, and perhaps that its owner has just shown who they are."""
    noted = {"used_at": now, **({"proven_at": now} if proven else {})}
    session.execute(update(SessionRow).where(_has_id(sign_in_id)).values(noted))
    if proven:
        entries.record(session, "session.prove", sign_in_id)


def renew_sign_in(session: Session, sign_in_id: str, expires_at: datetime) -> None:
    """Let a sign-in last until then; one that is over stays so."""
    session.execute(update(SessionRow).where(_has_id(sign_in_id)).values(expires_at=expires_at))
    entries.record(session, "session.renew", sign_in_id)


def sign_out(session: Session, secret: str) -> None:
    """End a sign-in; one that is over already does not matter."""
    key = secret_hash(secret)
    ended = session.execute(
        delete(SessionRow).where(SessionRow.sha256 == key).returning(SessionRow.name)
    ).first()
    if ended is not None:
        entries.record(session, "session.end", key[:8], name=ended.name)


def end_sign_in(session: Session, owner: SessionRecord, sign_in_id: str) -> None:
    """End one of an owner's sign-ins by its id; raises NotFoundError if they have none of that id."""
    found = session.execute(
        delete(SessionRow).where(_of(owner), _has_id(sign_in_id)).returning(SessionRow.sha256)
    )
    if found.first() is None:
        raise NotFoundError(f"no sign-in {sign_in_id!r}", "no_sign_in")
    entries.record(session, "session.end", sign_in_id, name=owner.name)


def sign_out_everywhere(session: Session, owner: SessionRecord, but: str = "") -> None:
    """End every sign-in of an owner, perhaps except one (its id)."""
    session.execute(delete(SessionRow).where(_of(owner), ~_has_id(but) if but else true()))
    entries.record(session, "session.end_all", owner.user_id or owner.token_id or "", name=owner.name)


def forget_expired(session: Session, now: datetime) -> None:
    """Delete the sign-ins that are too old."""
    session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))


def _has_id(sign_in_id: str) -> ColumnElement[bool]:
    return func.substr(SessionRow.sha256, 1, 16) == sign_in_id


def _of(owner: SessionRecord) -> ColumnElement[bool]:
    """Those of the same user, of the same token, or of links of the same name."""
    if owner.user_id is not None:
        return SessionRow.user_id == owner.user_id
    if owner.token_id is not None:
        return SessionRow.token_id == owner.token_id
    return and_(SessionRow.user_id.is_(None), SessionRow.token_id.is_(None), SessionRow.name == owner.name)


def _sign_in(row: SessionRow) -> SessionRecord:
    names = (field.name for field in fields(SessionRecord) if field.name != "id")
    return _SIGN_IN.validate_python({**{name: getattr(row, name) for name in names}, "id": row.sha256[:16]})
