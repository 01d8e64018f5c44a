"""Self-tests; candidates that judge beside what counts, and replays of stored passages; people's reviews."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, ForeignKey, Index, Integer, String, Text
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


class CandidateRow(Base):
    """A candidate; `spec` and `replaced` are service.domain.trials.candidate.CandidateSpec as JSON."""

    __tablename__ = "candidates"

    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    spec: Mapped[dict[str, Any]] = mapped_column(JSON)
    shadow: Mapped[bool] = mapped_column(Boolean)
    state: Mapped[str] = mapped_column(String(16))
    by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ReplayRow(Base):
    """A replay; rewritten as it goes on."""

    __tablename__ = "replays"

    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    candidate: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    from_: Mapped[datetime | None] = mapped_column("from_at", UtcDateTime)
    to: Mapped[datetime | None] = mapped_column("to_at", UtcDateTime)
    total: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer)
    skipped: Mapped[int] = mapped_column(Integer)
    as_seen: Mapped[int] = mapped_column(Integer)
    blurred: Mapped[int] = mapped_column(Integer)
    reached: Mapped[int] = mapped_column(Integer)
    by: Mapped[str] = mapped_column(String(200))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)


class ComparisonRow(Base):
    """A passage judged by a candidate beside what counts. replay: its number; 0: live, in shadow."""

    __tablename__ = "comparisons"
    __table_args__ = (
        Index("ix_comparisons_passage", "lift_id", "candidate", "replay", "passage_id", unique=True),
        {"sqlite_autoincrement": True},
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    lift_id: Mapped[str] = mapped_column(ForeignKey("lifts.id", ondelete="CASCADE"))
    candidate: Mapped[int] = mapped_column(Integer)
    replay: Mapped[int] = mapped_column(Integer)
    passage_id: Mapped[str] = mapped_column(String(128))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    verdict: Mapped[str] = mapped_column(String(16))
    confidence: Mapped[float] = mapped_column(Float)
    candidate_verdict: Mapped[str] = mapped_column(String(16))
    candidate_confidence: Mapped[float] = mapped_column(Float)
    stored: Mapped[str | None] = mapped_column(String(16))


class ReviewDrawRow(Base):
    """A stratum of a lift's day as it was drawn. No foreign key to lifts: what was measured outlives them."""

    __tablename__ = "review_draws"

    lift_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(16), primary_key=True)
    population: Mapped[int] = mapped_column(Integer)
    drawn: Mapped[int] = mapped_column(Integer)
    seed: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReviewTaskRow(Base):
    """A passage that people are to review; day, stratum and probability of one that was drawn.

    asked_by: who asked for it. state: service.domain.reviewing.answers.TaskState; answer, occupied, blind: of
    what the answers came to. agreed: whether the first two people said the same, neither knowing the other's.
    """

    __tablename__ = "review_tasks"
    __table_args__ = (
        Index("ix_review_tasks_state", "lift_id", "state"),
        Index("ix_review_tasks_day", "lift_id", "day"),
        {"sqlite_autoincrement": True},
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    passage_id: Mapped[str] = mapped_column(String(128), unique=True)
    lift_id: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    day: Mapped[str | None] = mapped_column(String(10))
    stratum: Mapped[str | None] = mapped_column(String(16))
    probability: Mapped[float | None] = mapped_column(Float)
    place: Mapped[float] = mapped_column(Float)
    second: Mapped[bool] = mapped_column(Boolean)
    late: Mapped[bool] = mapped_column(Boolean)
    asked_by: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    answer: Mapped[str | None] = mapped_column(String(16))
    occupied: Mapped[bool | None] = mapped_column(Boolean)
    blind: Mapped[bool] = mapped_column(Boolean)
    agreed: Mapped[bool | None] = mapped_column(Boolean)


class ReviewAnswerRow(Base):
    """What a person said of a passage. ended_at: when they took it back or said something else."""

    __tablename__ = "review_answers"
    __table_args__ = (
        Index("ix_review_answers_passage", "passage_id"),
        Index("ix_review_answers_identity", "identity", "at"),
        {"sqlite_autoincrement": True},
    )

    row: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    passage_id: Mapped[str] = mapped_column(String(128))
    lift_id: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[str] = mapped_column(String(16))
    occupied: Mapped[bool | None] = mapped_column(Boolean)
    by: Mapped[str] = mapped_column(String(200))
    identity: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    comment: Mapped[str] = mapped_column(Text)
    blind: Mapped[bool] = mapped_column(Boolean)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
