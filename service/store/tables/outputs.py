"""Outputs: what was set up, and how far each has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, UtcDateTime


class OutputRow(Base):
    """An output. filters: service.outputs.base.filters.OutputFilter; sealed: its secrets, encrypted."""

    __tablename__ = "outputs"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    enabled: Mapped[bool] = mapped_column(Boolean)
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutputCursorRow(Base):
    """The last seq that an output's receiver has, and when it got it; moves with every delivery.

    passed: up to this seq, a younger alarm may have arrived before.
    """

    __tablename__ = "output_cursors"

    output_id: Mapped[str] = mapped_column(ForeignKey("outputs.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    passed: Mapped[int] = mapped_column(Integer)


class SetAsideRow(Base):
    """A change of an alarm that an output's receiver refused for good: kept until it is sent or left out.

    kind: the alarm's. problem, status: how it was refused last; tries: how often. again: it is to be sent
    once more.
    """

    __tablename__ = "set_aside"
    __table_args__ = (
        Index("ix_set_aside_seq", "output_id", "seq", unique=True),
        Index("ix_set_aside_alarm", "alarm_id"),
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    output_id: Mapped[str] = mapped_column(ForeignKey("outputs.id", ondelete="CASCADE"))
    seq: Mapped[int] = mapped_column(Integer)
    alarm_id: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    problem: Mapped[str] = mapped_column(String(32))
    status: Mapped[int] = mapped_column(Integer)
    tries: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    again: Mapped[bool] = mapped_column(Boolean)


class PlantRow(Base):
    """What belongs to a lift's control; it stays when the lift goes, so that no address changes its meaning.

    slot: the lift's place in registers. control, inputs: service.store.delivery.plant.
    """

    __tablename__ = "plant"

    lift_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    slot: Mapped[int] = mapped_column(Integer, unique=True)
    control: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    inputs: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class PushSubscriptionRow(Base):
    """A browser that alarms are pushed to: its address and keys, encrypted; whose it is.

    endpoint: SHA-256 of the address, for the same browser subscribes again and again.
    """

    __tablename__ = "push_subscriptions"
    __table_args__ = (Index("ix_push_subscriptions_endpoint", "output_id", "endpoint", unique=True),)

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    output_id: Mapped[str] = mapped_column(ForeignKey("outputs.id", ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    user_id: Mapped[str | None] = mapped_column(String(16))
    token_id: Mapped[str | None] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    agent: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
