"""The audit: who did what, when and from where, as a chain in which each entry's hash covers the one before.

    record(session, "token.create", record.id, name=record.name, role=record.role)

An entry is part of the transaction of what it records, and covers every row that was written since the entry
before (service.store.audit.guard). Who asked is known to the session (service.domain.people.Origin).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people import SYSTEM, Origin
from service.store.sql.portable import driver_sql, without_nul
from service.store.tables import AuditRow, SealRow

ORIGIN = "origin"
"""Key in Session.info: the Origin of what the session's job does."""

HEAD = "audit_head"
"""Key in Session.info: the Head that the transaction made, for whoever keeps it elsewhere."""

NOTHING = "0" * 64
"""The hash before the first entry."""

COVERED = (
    "seq",
    "at",
    "actor",
    "role",
    "identity",
    "address",
    "request_id",
    "action",
    "subject",
    "details",
    "last_seal",
    "seals",
)
"""The columns of an entry that its hash covers, in this order."""

# As text: an entry is part of every alarm's transaction, and building these each time takes a while.
_HEAD = "SELECT seq, hash, last_seal FROM audit ORDER BY seq DESC LIMIT 1"
_UNCOVERED = "SELECT id, tbl, key, form, digest FROM seals WHERE id > ? ORDER BY id"
_INSERT = f"INSERT INTO audit ({', '.join(COVERED)}, hash) VALUES ({', '.join('?' * (len(COVERED) + 1))})"  # noqa: S608 - our own columns

Plain = str | int | float | bool | None | Sequence["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry of the chain: its number, hash (64 hexadecimal digits), and the last seal covered."""

    seq: int
    hash: str
    last_seal: int


def record(
    session: Session, action: str, subject: str = "", *, by: Origin | None = None, **details: Plain
) -> Head:
    """Add an entry to the chain, in the caller's transaction.

    Args:
        session: of a write; it knows who asked.
        action: what was done, as NOUN.VERB: "token.create", "alarm.acknowledge", "session.refused".
        subject: what it was done to: an id, or two joined with "/".
        by: who did it, if not who asked: SYSTEM.
        details: what else is worth knowing, as plain JSON. Never a secret.
    """
    session.flush()  # the rows that the entry is about must be sealed before it
    origin = by or session.info.get(ORIGIN) or SYSTEM
    connection, last = session.connection(), head(session)
    uncovered = connection.exec_driver_sql(driver_sql(connection, _UNCOVERED), (last.last_seal,))
    covered = [tuple(row) for row in uncovered]
    about = {
        "actor": origin.name[:200],
        "role": origin.role[:16],
        "identity": origin.identity[:64],
        "address": origin.address[:64],
        "request_id": origin.request_id[:32],
        "action": action[:64],
        "subject": subject[:200],
    }
    values: dict[str, Any] = {
        "seq": last.seq + 1,
        "at": _text(datetime.now(UTC)),
        # What is hashed is what every database can store.
        **{name: without_nul(text) for name, text in about.items()},
        "details": json.dumps(details, sort_keys=True, default=str),
        "last_seal": covered[-1][0] if covered else last.last_seal,
        "seals": digest_of_seals(covered),
    }
    values["hash"] = link(last.hash, body_digest([values[name] for name in COVERED]))
    connection.exec_driver_sql(driver_sql(connection, _INSERT), tuple(values.values()))
    made = Head(values["seq"], values["hash"], values["last_seal"])
    session.info[HEAD] = made
    return made


def head(session: Session) -> Head:
    """Return the newest entry; number 0 of a chain that has none yet."""
    found = session.connection().exec_driver_sql(_HEAD).first()
    return Head(0, NOTHING, 0) if found is None else Head(*found)


def has(session: Session, kept: Head) -> bool:
    """Say whether the chain holds this entry: a head that was kept must stay in it for ever."""
    return session.scalar(select(AuditRow.hash).where(AuditRow.seq == kept.seq)) == kept.hash


def listing(
    session: Session,
    *,
    actor: str | None = None,
    action: str | None = None,
    subject: str | None = None,
    address: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditRow]:
    """Return entries, newest first.

    action: one action, or all of a noun: "alarm.". from_ (included), to: aware times. before: a seq.
    """
    query = select(AuditRow).order_by(AuditRow.seq.desc()).limit(limit)
    if actor is not None:
        query = query.where(AuditRow.actor == actor)
    if action is not None:
        whole = not action.endswith(".")
        query = query.where(
            AuditRow.action == action if whole else AuditRow.action.startswith(action, autoescape=True)
        )
    if subject is not None:
        query = query.where(AuditRow.subject == subject)
    if address is not None:
        query = query.where(AuditRow.address == address)
    if from_ is not None:
        query = query.where(AuditRow.at >= _text(from_))
    if to is not None:
        query = query.where(AuditRow.at < _text(to))
    if before is not None:
        query = query.where(AuditRow.seq < before)
    return list(session.scalars(query))


def seal_rest(session: Session) -> bool:
    """Cover what was written since the newest entry; return whether there was anything."""
    newest = session.scalar(select(SealRow.id).order_by(SealRow.id.desc()).limit(1)) or 0
    if newest <= head(session).last_seal:
        return False
    record(session, "audit.sealed", by=SYSTEM)
    return True


def _text(at: datetime) -> str:
    try:
        at = at.astimezone(UTC)
    except OverflowError:  # at the calendar's ends there is no such time in UTC
        at = at.replace(tzinfo=UTC)
    return at.isoformat(timespec="microseconds")


def body_digest(values: Sequence[Any]) -> bytes:
    """Return the SHA-256 of an entry's COVERED columns as one JSON list in ASCII."""
    return hashlib.sha256(json.dumps(list(values), separators=(",", ":")).encode()).digest()


def link(before: str, body: bytes) -> str:
    """Return an entry's hash from the hash before and the digest of its body."""
    return hashlib.sha256(bytes.fromhex(before) + body).hexdigest()


def digest_of_seals(seals: Iterable[Sequence[Any]]) -> str:
    """Return the SHA-256 of seals (id, tbl, key, form, digest), each as a line of JSON."""
    digest = hashlib.sha256()
    for number, table, key, form, content in seals:
        line = [number, table, key, form, None if content is None else content.hex()]
        digest.update(json.dumps(line, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()
