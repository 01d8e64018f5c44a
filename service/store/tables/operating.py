"""What operators set: budgets of lifts, rules of escalation, places; and what reports are made from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, UtcDateTime


class BudgetRow(Base):
    """A budget of a lift (service.domain.masks); cost, normally and numbers as JSON.

    normally: what the model's own band was expected to cost.
    """

    __tablename__ = "budgets"
    __table_args__ = (Index("ix_budgets_one_active", "lift_id", unique=True, sqlite_where=text("active")),)

    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    value: Mapped[float] = mapped_column(Float)
    mask_version: Mapped[int] = mapped_column(Integer)
    model: Mapped[str] = mapped_column(String(200))
    site_version: Mapped[int] = mapped_column(Integer)
    low: Mapped[float] = mapped_column(Float)
    high: Mapped[float] = mapped_column(Float)
    threshold: Mapped[float] = mapped_column(Float)
    cost: Mapped[dict[str, Any]] = mapped_column(JSON)
    normally: Mapped[dict[str, Any]] = mapped_column(JSON)
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class EscalationRuleRow(Base):
    """One rule (service.domain.escalation.plan); without a lift it is for all, and so without a priority."""

    __tablename__ = "escalation_rules"

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    lift_id: Mapped[str | None] = mapped_column(String(64), ForeignKey("lifts.id", ondelete="CASCADE"))
    priority: Mapped[int | None] = mapped_column(Integer)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class LiftPlaceRow(Base):
    """Where a lift is (service.store.overview.places.LiftPlace)."""

    __tablename__ = "lift_places"

    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"), primary_key=True)
    area: Mapped[str] = mapped_column(String(100))
    station: Mapped[str] = mapped_column(String(100))
    spacing_m: Mapped[float | None] = mapped_column(Float)


class CameraLeaseRow(Base):
    """A Lease; the one with the highest fence holds. at: when it was handed out."""

    __tablename__ = "camera_leases"

    lift_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    fence: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    owner: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class _Counts:
    """How many carriers had each verdict and seat: VERDICT_SEAT."""

    open_occupied: Mapped[int] = mapped_column(Integer, server_default="0")
    open_unclear: Mapped[int] = mapped_column(Integer, server_default="0")
    open_empty: Mapped[int] = mapped_column(Integer, server_default="0")
    closed_occupied: Mapped[int] = mapped_column(Integer, server_default="0")
    closed_unclear: Mapped[int] = mapped_column(Integer, server_default="0")
    closed_empty: Mapped[int] = mapped_column(Integer, server_default="0")
    unknown_occupied: Mapped[int] = mapped_column(Integer, server_default="0")
    unknown_unclear: Mapped[int] = mapped_column(Integer, server_default="0")
    unknown_empty: Mapped[int] = mapped_column(Integer, server_default="0")


class CarrierCountRow(_Counts, Base):
    """The carriers of a lift in a quarter of an hour, of which there are some; they outlive the passages.

    quarter: how many quarters of an hour after 1970 began (UTC) it begins.
    """

    __tablename__ = "carrier_counts"
    __table_args__ = (Index("ix_carrier_counts_quarter", "quarter"),)

    lift_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    quarter: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class FreshCountRow(_Counts, Base):
    """Carriers that are not among the counts yet: of the last hour, and what was reported late."""

    __tablename__ = "fresh_counts"

    lift_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    quarter: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)


class CallRow(Base):
    """An alarm as it called for somebody, and when somebody came; it outlives the alarm.

    seq: of the change by which it called. acknowledged_at: None: nobody came before it called again.
    """

    __tablename__ = "alarm_calls"
    __table_args__ = (Index("ix_alarm_calls_at", "at"), Index("ix_alarm_calls_alarm_id", "alarm_id", "seq"))

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    alarm_id: Mapped[str] = mapped_column(String(64))
    lift_id: Mapped[str | None] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    priority: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class WatchSpanRow(Base):
    """A time during which a lift was watched, or was not for one reason (service.figures.watching)."""

    __tablename__ = "watch_spans"
    __table_args__ = (
        Index("ix_watch_spans_lift_id_begin", "lift_id", "begin"),
        Index("ix_watch_spans_begin", "begin"),
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True)
    lift_id: Mapped[str] = mapped_column(String(64))
    begin: Mapped[datetime] = mapped_column(UtcDateTime)
    end: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(32))
    camera: Mapped[bool] = mapped_column(Boolean)
