"""The audit's check, self-tests' records and the model that judges, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from service.api.schemas.base import Shape
from service.api.schemas.trials.candidates import CandidateOut
from service.audit.selftests import RecordState


class SignedRecordOut(Shape):
    """A self-test's record, and how far it proves itself."""

    lift_id: str
    number: int
    started_at: datetime
    result: str
    by: str
    sha256: str
    state: RecordState
    fault: str = Field(description="Why it does not prove itself, in English; empty: it does.")


class SignedRecordsOut(BaseModel):
    """A page of records of every lift, newest first; `next` is the `cursor` of the next one, or null."""

    items: list[SignedRecordOut]
    next: str | None


class AuditCheckOut(BaseModel):
    """What the last whole check of the audit found."""

    at: datetime
    by: str
    until: int = Field(description="The newest entry that was followed.")
    entries: int
    rows: int
    pictures: int
    clips: int
    self_tests: int
    problem: str = Field(description="Why it could not be done, in English; empty: it was.")
    broken: list[str] = Field(description="The first links that do not hold, in English; none: all do.")


class AuditChecksOut(BaseModel):
    """Whether the audit is being checked, and what the last check found."""

    begun_at: datetime | None = Field(description="When the check at work was begun; null: none is.")
    by: str
    last: AuditCheckOut | None


class ModelMetricOut(BaseModel):
    """Something that was measured of a model when it was released."""

    name: str
    value: float
    command: str


class JudgingModelOut(BaseModel):
    """The model that judges every lift."""

    identity: str
    name: str
    version: str
    digest: str = Field(description="SHA-256 of all that decides.")
    sha256: str = Field(description="Of the network's file.")
    file_digest: str | None = Field(description="Of the manifest, as it was sealed.")
    promoted: str = Field(description="The name of the one that was promoted; empty: the one that ships.")
    fixed: bool = Field(description="Whether the settings name the model: then none can be promoted.")
    signed: bool = Field(description="Whether it had to be signed by a key of the settings, and was.")
    trained: dict[str, Any] = Field(description="What it was trained on, as its manifest says.")
    calibrated_on: dict[str, Any]
    closed_up_to: float = Field(description="A carrier is closed up to this probability of open …")
    open_from: float = Field(description="… and open from this one on; between them it is unknown.")
    golden_passages: int = Field(description="Recorded carriers that it must judge as at its release.")
    metrics: list[ModelMetricOut]


class LiftCandidateOut(CandidateOut):
    """A candidate with the name of its lift."""

    lift_name: str


class AllCandidatesOut(BaseModel):
    """Of every lift, the candidates that judge along, or judge."""

    items: list[LiftCandidateOut]
