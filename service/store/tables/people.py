"""Tokens, people and their sign-ins. Secrets are here as hashes alone, or sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, UtcDateTime


class TokenRow(Base):
    """An API token: only the SHA-256 of a high-entropy secret, found by its public prefix.

    lifts: the ids of those that it is for; null: all.
    """

    __tablename__ = "tokens"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lifts: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SessionRow(Base):
    """A console sign-in: only the SHA-256 of the cookie's secret. Signing out deletes the row.

    Its first 16 digits are the sign-in's id, which is no secret.
    """

    __tablename__ = "sessions"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    token_id: Mapped[str | None] = mapped_column(String(16))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    user_id: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proven_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(String(64), server_default="")
    agent: Mapped[str] = mapped_column(String(200), server_default="")


class UserRow(Base):
    """A person. grants: role by lift's id, or "*" for all. subject: who they are to an OpenID provider."""

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_folded", "folded", unique=True),
        Index("ix_users_subject", "subject", unique=True),
    )

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    folded: Mapped[str] = mapped_column(String(128))
    grants: Mapped[dict[str, Any]] = mapped_column(JSON)
    password: Mapped[str | None] = mapped_column(String(200))
    factor: Mapped[bytes | None] = mapped_column(LargeBinary)
    factor_step: Mapped[int] = mapped_column(Integer, server_default="0")
    recovery: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    subject: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LinkRow(Base):
    """A link that signs a user in once: the SHA-256 of its key. Using it deletes the row."""

    __tablename__ = "sign_in_links"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
