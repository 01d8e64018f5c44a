"""What is kept for how long, and what shows people, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from service.api.schemas.base import Shape
from service.domain.evidence.clip import NoClip
from service.store.upkeep.amounts import KeptClass


class KeptClassOut(BaseModel):
    """A class of what is stored."""

    kind: KeptClass
    count: int
    oldest: datetime | None
    days: float | None = Field(description="For how long it is kept; null: for good, or until it is let go.")
    variable: str | None = Field(description="The variable of the environment that says so.")


class SizesOut(Shape):
    """How much of the disk each folder takes, counted file by file."""

    sizes: dict[str, int] = Field(description="Bytes of the database and of each folder.")
    at: datetime


class LiftPrivacyOut(BaseModel):
    """Whether people are hidden in what is stored of a lift."""

    lift_id: str
    name: str
    hidden: bool
    own: Literal["blur", "none"] | None = Field(description="What the lift says itself; null: as all others.")
    no_clips: NoClip | None = Field(description="Why it has no clips of its alarms; null: it has.")
    clip_days: float


class RetentionOut(BaseModel):
    """What is kept, how much of it there is, and what shows people."""

    classes: list[KeptClassOut]
    sizes: SizesOut | None = Field(description="Null before the first count has ended.")
    counting: bool = Field(description="Whether the folders are being counted now.")
    clips_most_bytes: int
    deleting: bool = Field(description="Whether what is too old is deleted: not while the clock is in doubt.")
    hidden: bool = Field(description="Whether people are hidden by default (BARWATCH_PRIVACY).")
    lifts: list[LiftPrivacyOut]
