"""Lifts, masks and passages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.domain.arrays import Float32
from service.store.tables import terms
from service.store.tables.columns import Base, UtcDateTime, Vector


class MetaRow(Base):
    """Facts about the database itself."""

    __tablename__ = "meta"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


class LiftRow(Base):
    """A registered lift; `config` is lifts.schema.Lift as JSON."""

    __tablename__ = "lifts"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    config: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(
        UtcDateTime
    )  # of camera or track: since when this is its view


class MaskVersionRow(Base):
    """An enrolled pair of masks; pictures as PNG, embeddings as raw float32[2, B, D].

    quality: what earlier versions took from the two drawings; neither written nor believed any more.
    """

    __tablename__ = "mask_versions"
    __table_args__ = (
        Index("ix_mask_versions_one_active", "lift_id", unique=True, sqlite_where=text("active")),
    )

    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    model: Mapped[str] = mapped_column(String(200))
    open_png: Mapped[bytes] = mapped_column(LargeBinary)
    close_png: Mapped[bytes] = mapped_column(LargeBinary)
    embeddings: Mapped[Float32] = mapped_column(Vector)
    bank_size: Mapped[int] = mapped_column(Integer)
    separation: Mapped[float] = mapped_column(Float)
    quality: Mapped[str] = mapped_column(String(16))
    warnings: Mapped[list[str]] = mapped_column(JSON)
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SiteCalibrationRow(Base):
    """A site calibration, found with one pair of masks; `heaps` is its BimodalFit as JSON.

    always: float32[D], its background embedding. directions: float32[3, D] of the prototypes, one after the
    other; reading: their offsets and weights, three each. adapter: float32[D + 1], direction and offset.
    seats: the BimodalFit of its empty and occupied passages.
    """

    __tablename__ = "thresholds"
    __table_args__ = (
        Index("ix_thresholds_one_active", "lift_id", unique=True, sqlite_where=text("active")),
        Index("ix_thresholds_one_shadow", "lift_id", unique=True, sqlite_where=text("shadow")),
    )

    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    mask_version: Mapped[int] = mapped_column(Integer)
    model: Mapped[str] = mapped_column(String(200))
    heaps: Mapped[dict[str, Any]] = mapped_column(JSON)
    margins: Mapped[list[float]] = mapped_column(JSON)
    reviewed: Mapped[int] = mapped_column(Integer)
    always: Mapped[Float32 | None] = mapped_column(Vector)
    directions: Mapped[Float32 | None] = mapped_column(Vector)
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    seats: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    watched: Mapped[int | None] = mapped_column(Integer)
    labelled: Mapped[int | None] = mapped_column(Integer)
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    adapter: Mapped[Float32 | None] = mapped_column(Vector)
    shadow: Mapped[bool] = mapped_column(Boolean, server_default="0")


class ReferenceRow(Base):
    """A reference picture that came with a pair of masks, as PNG."""

    __tablename__ = "mask_references"

    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    png: Mapped[bytes] = mapped_column(LargeBinary)


class PassageRow(Base):
    """A judged passage. No foreign key to lifts: evidence outlives the lift's registration.

    has_files: whether it has pictures. has_maps: whether it kept only its maps, by which a lift stays armed.
    """

    __tablename__ = "passages"
    __table_args__ = (
        # Every index ends with the row's number, so that each filter gives its pages in order.
        Index("ix_passages_lift_id_row", "lift_id", "row"),
        Index("ix_passages_seen_at", "seen_at"),
        Index("ix_passages_lift_id_seen_at", "lift_id", "seen_at"),
        Index("ix_passages_verdict", "verdict"),
        Index("ix_passages_lift_id_verdict", "lift_id", "verdict"),
        Index("ix_passages_occupied", "occupied"),
        Index("ix_passages_reviewed", "row", sqlite_where=text(terms.REVIEWED)),
        Index("ix_passages_lift_id_reviewed", "lift_id", "row", sqlite_where=text(terms.REVIEWED)),
        Index("ix_passages_files", "seen_at", sqlite_where=text(terms.HAS_FILES)),
        Index(
            "ix_passages_shadow",
            *("lift_id", "shadow_version", "shadow_verdict", "verdict"),
            sqlite_where=text("shadow_version IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(128), unique=True)
    lift_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[int] = mapped_column(Integer)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    t_begin_s: Mapped[float] = mapped_column(Float)
    t_middle_s: Mapped[float] = mapped_column(Float)
    t_end_s: Mapped[float] = mapped_column(Float)
    verdict: Mapped[str] = mapped_column(String(16))
    occupied: Mapped[bool] = mapped_column(Boolean)
    mask_version: Mapped[int] = mapped_column(Integer)
    judgement: Mapped[dict[str, Any]] = mapped_column(JSON)
    pictures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    has_files: Mapped[bool] = mapped_column(Boolean)
    has_maps: Mapped[bool] = mapped_column(Boolean, server_default="0")
    review: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    carriers: Mapped[int] = mapped_column(Integer, server_default="1")
    # Written before site calibrations were compared as candidates; seals cover them, so they stay.
    shadow_version: Mapped[int | None] = mapped_column(Integer)
    shadow_verdict: Mapped[str | None] = mapped_column(String(16))
    shadow_confidence: Mapped[float | None] = mapped_column(Float)


def deactivate_all(session: Session, table: type[MaskVersionRow | SiteCalibrationRow], lift_id: str) -> None:
    """Deactivate every version of the lift in a table of versions."""
    session.execute(
        update(table)
        .where(table.lift_id == lift_id)
        .values(active=False)
        .execution_options(synchronize_session="fetch")
    )
