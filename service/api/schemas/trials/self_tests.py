"""Shapes of self-tests."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, Field

from service.api.schemas.base import Body, Shape
from service.domain.trials.selftest import SelfTestCode, SelfTestResult
from service.store.trials.self_tests import StoredSelfTest


class SelfTestIn(Body):
    """What a self-test is to do besides."""

    accept_view: bool = Field(
        default=False,
        description="Whether what the camera shows now becomes the view that the lift was set up with.",
    )


class SelfTestCheckOut(Shape):
    """One check: masks, open, closed, alarm, commit, feed, view, outputs."""

    name: str
    result: SelfTestResult
    code: SelfTestCode
    message: str = Field(description="The code and its parameters as an English sentence.")
    parameters: dict[str, int | float | str]


class ProbedPassageOut(Shape):
    """A recorded passage that was sent down the live path."""

    id: str = Field(description="The stored passage, or the name of a reference picture.")
    source: str = Field(description="How it is known what it shows: reviewed, reference, clustered.")
    expected: str
    verdict: str | None = Field(description="Null: it never came out of the live path.")
    confidence: float
    alarm: bool | None = Field(description="Whether it would have been an alarm.")
    reasons: list[str]
    hidden: bool = Field(default=False, description="Whether people are hidden in its stored pictures.")
    seen: str | None = Field(
        default=None, description="The verdict by what the network had made of it before that; null: unknown."
    )
    seen_alarm: bool | None = Field(default=None, description="Whether that would have been an alarm.")


class SelfTestOut(BaseModel):
    """A self-test and its signed record."""

    id: str
    lift_id: str
    number: int
    result: SelfTestResult
    started_at: datetime
    ended_at: datetime
    by: str = Field(description="Who asked; `system` is the daily one.")
    checks: list[SelfTestCheckOut]
    passages: list[ProbedPassageOut]
    mask_version: int
    model: str
    record: str = Field(description="What was signed, to the byte: JSON in UTF-8.")
    sha256: str = Field(description="Of the record; the audit's entry `self_test.run` holds it.")
    signature: str = Field(description="Ed25519 over the record, base64.")
    public_key: str = Field(description="The installation's, base64.")

    @classmethod
    def of(cls, stored: StoredSelfTest) -> SelfTestOut:
        """Return a stored self-test's shape."""
        own = {
            "number": stored.number,
            "result": stored.record.result,
            "record": stored.text,
            "sha256": stored.sha256,
            "signature": stored.signature,
            "public_key": stored.public_key,
        }
        return cls.model_validate({**asdict(stored.record), **own})


class SelfTestsOut(BaseModel):
    """A page of a lift's self-tests, newest first; `next` is the `cursor` of the following page, or null."""

    items: list[SelfTestOut]
    next: str | None
    unreadable: int = Field(default=0, description="How many damaged records were left out of this page.")
    due_at: datetime | None = Field(description="When the next daily one begins; null: none is scheduled.")
    missed: bool = Field(description="Whether the lift has had none for more than a day.")
