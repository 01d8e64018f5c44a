"""What setting up a lift leaves: versions of its track, its job, and cameras' passwords."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables.columns import Base, UtcDateTime


class TrackVersionRow(Base):
    """A track that a lift has or had; `track` is lifts.schema.Track as JSON.

    mask_version: the masks that were active when another track took its place. picture: the view it was made
    for, as JPEG.
    """

    __tablename__ = "track_versions"
    __table_args__ = (
        Index("ix_track_versions_one_active", "lift_id", unique=True, sqlite_where=text("active")),
    )

    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    track: Mapped[dict[str, Any]] = mapped_column(JSON)
    mask_version: Mapped[int | None] = mapped_column(Integer)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    active: Mapped[bool] = mapped_column(Boolean)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SetupJobRow(Base):
    """The set-up job of a lift that may not be registered yet; `job` is service.setup.jobs.state.SetupJob."""

    __tablename__ = "setup_jobs"

    lift_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    job: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CameraSecretRow(Base):
    """A camera's user and password, sealed together with name and host (service.secrets.vault)."""

    __tablename__ = "camera_secrets"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    host: Mapped[str] = mapped_column(String(255))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
