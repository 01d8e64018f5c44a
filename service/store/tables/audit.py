"""The audit: a chain of entries, and the seals of rows that they cover. Both only ever grow."""

from __future__ import annotations

from sqlalchemy import Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base


class AuditRow(Base):
    """One entry: who did what, when and from where; `hash` covers the entry and the hash before it.

    Everything is text, so that what is hashed is what is stored. last_seal: the newest seal that the chain
    covers from here on; seals: SHA-256 of those since the entry before.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_action", "action", "seq"), Index("ix_audit_at", "at"))

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    identity: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    request_id: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[str] = mapped_column(Text)
    last_seal: Mapped[int] = mapped_column(Integer)
    seals: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class SealRow(Base):
    """What a row held when it was last written: its digest, or nothing once it was deleted.

    tbl, key: which row; the key is a JSON list. form: which columns the digest covers (`audit.form`).
    """

    __tablename__ = "seals"
    __table_args__ = (Index("ix_seals_row", "tbl", "key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    tbl: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(Text)
    form: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
