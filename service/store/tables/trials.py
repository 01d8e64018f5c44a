"""Self-tests; candidates that judge beside what counts, what they said, and replays of stored passages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, UtcDateTime


class SelfTestRow(Base):
    """A self-test. No foreign key to lifts: it outlives them. record: what was signed, to the byte."""

    __tablename__ = "self_tests"
    __table_args__ = (Index("ix_self_tests_number", "lift_id", "number", unique=True),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    lift_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    result: Mapped[str] = mapped_column(String(16))
    record: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(String(128))
    public_key: Mapped[str] = mapped_column(String(64))


class SelfTestPassageRow(Base):
    """A passage of a self-test as the live path committed it. seq: of its entry in the outbox, if any."""

    __tablename__ = "self_test_passages"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    self_test: Mapped[str] = mapped_column(String(64), index=True)
    verdict: Mapped[str] = mapped_column(String(16))
    alarm: Mapped[bool] = mapped_column(Boolean)
    seq: Mapped[int | None] = mapped_column(Integer)
