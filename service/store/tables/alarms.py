"""Alarms, what happened to them, their clips, and what is out of service."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import terms
from service.store.tables.columns import Base, UtcDateTime


class AlarmRow(Base):
    """An alarm's present state; its earlier states are in alarm_events. held: kept whatever its age.

    below: the state below one that hides it (shelved, suppressed, out of service). announced_at: when
    it last called for somebody; None of one from before there were ends. shelved_since: when it was first
    shelved since somebody saw it. urgency: the priority the other way round, for an index that is read
    backwards. escalated_for: the `announced_at` of the wait that its level is of.
    """

    __tablename__ = "alarms"
    __table_args__ = (
        # One alarm per offending carrier, and one open health alarm per kind, place and cause.
        Index(
            "ix_alarms_one_per_passage",
            "passage_id",
            unique=True,
            sqlite_where=text(terms.BAR_OPEN),
        ),
        Index(
            "ix_alarms_one_open_health",
            "kind",
            "place",
            "cause",
            unique=True,
            sqlite_where=text(terms.OPEN_HEALTH),
        ),
        Index("ix_alarms_raised_at", "raised_at"),
        Index("ix_alarms_lift_id_raised_at", "lift_id", "raised_at"),
        Index("ix_alarms_lift_id", "lift_id"),
        Index("ix_alarms_kind", "kind"),
        Index("ix_alarms_state", "state"),
        Index("ix_alarms_urgency", "urgency"),
        Index("ix_alarms_attention", "urgency", "row", sqlite_where=text(terms.ATTENTION)),
        Index("ix_alarms_group", "group_id", "row", sqlite_where=text(terms.GROUPED)),
        Index("ix_alarms_lift_id_group", "lift_id", "row", sqlite_where=text(terms.GROUPED)),
        Index("ix_alarms_on_the_way", "raised_at", sqlite_where=text(terms.ON_THE_WAY)),
        Index("ix_alarms_announced_at", "announced_at"),
        {"sqlite_autoincrement": True},
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    seq: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(32))
    severity: Mapped[str] = mapped_column(String(16))
    lift_id: Mapped[str | None] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(64))
    cause: Mapped[str] = mapped_column(String(64), server_default="")
    passage_id: Mapped[str | None] = mapped_column(String(128))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str | None] = mapped_column(String(16))
    evidence: Mapped[list[str]] = mapped_column(JSON)
    message: Mapped[str] = mapped_column(Text)
    parameters: Mapped[dict[str, float | str]] = mapped_column(JSON, server_default="{}")
    shelved_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    below: Mapped[str | None] = mapped_column("shelved_from", String(16))
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held: Mapped[bool] = mapped_column(Boolean, server_default="0")
    group: Mapped[str | None] = mapped_column("group_id", String(64))
    urgency: Mapped[int] = mapped_column(Integer, server_default="1")
    announced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[str | None] = mapped_column(String(200))
    shelved_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shelved_by: Mapped[str | None] = mapped_column(String(200))
    shelved_reason: Mapped[str | None] = mapped_column(Text)
    suppressed_by: Mapped[str | None] = mapped_column(String(64))
    escalation_level: Mapped[int] = mapped_column(Integer, server_default="0")
    escalated_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    escalation_outputs: Mapped[list[str]] = mapped_column(JSON, server_default="[]")
    escalation_person: Mapped[str] = mapped_column(Text, server_default="")

    @property
    def is_escalated(self) -> bool:
        """Whether its level is of the wait that goes on, or ended last: who is called anew waits anew."""
        called_at = self.announced_at or self.raised_at
        return self.escalated_for is not None and self.escalated_for == called_at

    @property
    def escalation(self) -> int:
        """Its level now."""
        return self.escalation_level if self.is_escalated else 0

    @property
    def escalated_to(self) -> list[str]:
        """The outputs that its level gave it to."""
        return self.escalation_outputs if self.is_escalated else []

    @property
    def escalated_person(self) -> str:
        """Who is to look at its level."""
        return self.escalation_person if self.is_escalated else ""


class AlarmEventRow(Base):
    """The outbox: one row per new or changed alarm; seq grows by one, in the transaction of the change."""

    __tablename__ = "alarm_events"
    __table_args__ = (Index("ix_alarm_events_at", "at"),)

    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    alarm_id: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text)
    alarm: Mapped[dict[str, Any]] = mapped_column(JSON)


class CommentRow(Base):
    """A comment on an alarm."""

    __tablename__ = "alarm_comments"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    alarm_id: Mapped[str] = mapped_column(String(64), index=True)
    author: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutOfServiceRow(Base):
    """A lift, or its camera, that is out of service. No foreign key: a damaged lift must not end it."""

    __tablename__ = "out_of_service"

    lift_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    scope: Mapped[str] = mapped_column(String(16), primary_key=True)
    by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)


class ClipRow(Base):
    """An alarm's clip, or why it has none (`none`, a NoClip; empty while there is a file).

    at: the alarm's moment. file: below the clips' folder. sha256: of what was stored, for good.
    begins_s, ends_s: of its first and last picture, seconds from the moment. cut_short: the service ended
    before all of it had come.
    """

    __tablename__ = "clips"
    __table_args__ = (Index("ix_clips_kept", "at", sqlite_where=text("file IS NOT NULL")),)

    alarm_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    lift_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    none: Mapped[str] = mapped_column(String(16))
    file: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    bytes: Mapped[int] = mapped_column(Integer)
    codec: Mapped[str] = mapped_column(String(16))
    begins_s: Mapped[float] = mapped_column(Float)
    ends_s: Mapped[float] = mapped_column(Float)
    cut_short: Mapped[bool] = mapped_column(Boolean, default=False)
