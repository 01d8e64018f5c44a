"""People as stored: names, roles per lift, hashes of passwords, sealed second factors, one-use links."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.domain.errors import ConflictError, NotFoundError
from service.domain.people import Role
from service.store.audit import entries
from service.store.damage import intact, readable
from service.store.records import UserRecord
from service.store.tables import LinkRow, SessionRow, UserRow
from service.store.tokens import secret_hash

_USER = TypeAdapter(UserRecord)


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a person can show: the hash of their password, the sealed second factor, the last step used."""

    password: str | None
    factor: bytes | None
    factor_step: int
    recovery: tuple[str, ...]


_PROOFS = TypeAdapter(Proofs)


def folded(name: str) -> str:
    """Return what two names that look alike have in common: nobody may be taken for somebody else."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def create(
    session: Session,
    name: str,
    grants: Mapping[str, Role],
    *,
    password: str | None = None,
    subject: str | None = None,
) -> UserRecord:
    """Store a new user; password: its hash. Raises ConflictError if somebody has that name."""
    if session.scalar(select(UserRow.id).where(UserRow.folded == folded(name))) is not None:
        raise ConflictError(f"there is a user {name!r} already", "user_exists", name=name)
    row = UserRow(
        id=secrets.token_hex(8),
        name=name,
        folded=folded(name),
        grants={lift: role.value for lift, role in grants.items()},
        password=password,
        factor_step=0,
        subject=subject,
        created_at=datetime.now(UTC),
    )
    session.add(row)
    entries.record(session, "user.create", row.id, name=name, roles=row.grants, openid=subject is not None)
    return _record(row)


def get(session: Session, user_id: str) -> UserRecord:
    """Return a user; raises NotFoundError, DamagedError."""
    return _record(_row(session, user_id))


def named(session: Session, name: str) -> UserRecord | None:
    """Return the user of a name, however it is written; None if there is none. Raises DamagedError."""
    return _found(session, select(UserRow.id).where(UserRow.folded == folded(name)))


def of_subject(session: Session, subject: str) -> UserRecord | None:
    """Return whom an OpenID provider means; None if nobody has come from there so. Raises DamagedError."""
    return _found(session, select(UserRow.id).where(UserRow.subject == subject))


def listing(session: Session) -> tuple[UserRecord, ...]:
    """Return every user but damaged ones, disabled ones included, by name."""
    rows = readable(session, select(UserRow).order_by(UserRow.folded), UserRow.id, _record)
    return tuple(record for _, record in rows if record is not None)


def shown(session: Session, user_id: str) -> Proofs:
    """Return what a user can show; raises NotFoundError, DamagedError."""
    with intact(session, UserRow.__tablename__, user_id, f"user {user_id} is"):
        row = _row(session, user_id)
        names = ("password", "factor", "factor_step")
        known = {name: getattr(row, name) for name in names}
        return _PROOFS.validate_python({**known, "recovery": row.recovery or ()})


def change(
    session: Session,
    user_id: str,
    *,
    grants: Mapping[str, Role] | None = None,
    disabled: bool | None = None,
) -> UserRecord:
    """Change roles, or shut a user out (their sign-ins and links end) or let them in again."""
    row = _row(session, user_id)
    if grants is not None:
        row.grants = {lift: role.value for lift, role in grants.items()}
    if disabled is not None:
        row.disabled_at = (row.disabled_at or datetime.now(UTC)) if disabled else None
        if disabled:
            session.execute(delete(SessionRow).where(SessionRow.user_id == user_id))
            session.execute(delete(LinkRow).where(LinkRow.user_id == user_id))
    entries.record(
        session, "user.change", user_id, name=row.name, roles=row.grants, disabled=row.disabled_at is not None
    )
    return _record(row)


def set_password(session: Session, user_id: str, password: str | None, keep: str = "") -> UserRecord:
    """Store a new password's hash; ends the user's links and sign-ins, but for the one with the id `keep`."""
    row = _row(session, user_id)
    row.password = password
    session.execute(delete(LinkRow).where(LinkRow.user_id == user_id))
    mine = delete(SessionRow).where(SessionRow.user_id == user_id)
    session.execute(mine.where(~SessionRow.sha256.startswith(keep, autoescape=True)) if keep else mine)
    entries.record(session, "user.password", user_id, name=row.name)
    return _record(row)


def set_factor(
    session: Session, user_id: str, factor: bytes | None, step: int = 0, recovery: Sequence[str] = ()
) -> UserRecord:
    """Store a sealed second factor with the hashes of its recovery codes, or take it away."""
    row = _row(session, user_id)
    row.factor, row.factor_step, row.recovery = factor, step, list(recovery) or None
    entries.record(session, "user.factor", user_id, name=row.name, kept=factor is not None)
    return _record(row)


def use_step(session: Session, user_id: str, step: int) -> bool:
    """Use a code's time step up; return whether that was the first time. An older one is used up as well."""
    row = _row(session, user_id)
    if step <= row.factor_step:
        return False
    row.factor_step = step
    return True


def use_recovery(session: Session, user_id: str, digest: str) -> bool:
    """Use a recovery code up by its hash; return whether it was one."""
    row = _row(session, user_id)
    left = [each for each in row.recovery or () if each != digest]
    if len(left) == len(row.recovery or ()):
        return False
    row.recovery = left
    entries.record(session, "user.recovery", user_id, name=row.name, left=len(left))
    return True


def new_link(session: Session, user_id: str, expires_at: datetime) -> str:
    """Return a key that signs a user in once; raises NotFoundError."""
    row = _row(session, user_id)
    key = secrets.token_urlsafe(24)
    session.add(LinkRow(sha256=secret_hash(key), user_id=user_id, expires_at=expires_at))
    entries.record(session, "user.link", user_id, name=row.name)
    return key


def link_of(session: Session, key: str, now: datetime) -> str | None:
    """Return the id of the user that a key signs in; None if it was used, or is too old."""
    row = session.get(LinkRow, secret_hash(key))
    return None if row is None or row.expires_at <= now else row.user_id


def use_link(session: Session, key: str, now: datetime) -> str | None:
    """Use a key up; return whom it signs in, once."""
    found = link_of(session, key, now)
    session.execute(delete(LinkRow).where((LinkRow.sha256 == secret_hash(key)) | (LinkRow.expires_at <= now)))
    return found


def _found(session: Session, query: object) -> UserRecord | None:
    user_id = session.scalar(query)  # type: ignore[call-overload]
    return None if user_id is None else get(session, user_id)


def _row(session: Session, user_id: str) -> UserRow:
    with intact(session, UserRow.__tablename__, user_id, f"user {user_id} is"):
        row = session.get(UserRow, user_id)
        if row is None:
            raise NotFoundError(f"no user {user_id!r}", "no_user")
        _record(row)
    return row


def _record(row: UserRow) -> UserRecord:
    return _USER.validate_python(
        {
            "id": row.id,
            "name": row.name,
            "grants": row.grants,
            "created_at": row.created_at,
            "disabled_at": row.disabled_at,
            "has_password": row.password is not None,
            "has_factor": row.factor is not None,
            "subject": row.subject,
        }
    )
