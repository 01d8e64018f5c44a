"""What operators set: budgets of lifts, rules of escalation, and where lifts are."""

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
