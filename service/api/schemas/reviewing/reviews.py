"""Reviews as JSON: what is to be reviewed, what people said, where they differ."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from service.api.schemas.base import Shape
from service.api.schemas.passages import PassageOut
from service.domain.reviewing.answers import ReviewAnswer
from service.store.records import PassageRecord
from service.store.reviewing.answers import StoredAnswer


class ReviewTaskOut(BaseModel):
    """A passage to review, without what the service or anybody else said of it."""

    passage_id: str
    lift_id: str
    recorded_at: datetime
    pictures: list[str | None] = Field(
        description="Addresses of begin, middle and end; null of one that is not there."
    )

    @classmethod
    def of(cls, record: PassageRecord, root_path: str) -> ReviewTaskOut:
        """Take what a reviewer may know."""
        at = f"{root_path}/passages/{record.id}/pictures"
        pictures = [
            f"{at}/{number}.jpg" if picture.file else None
            for number, picture in enumerate(record.pictures, 1)
        ]
        return cls(
            passage_id=record.id, lift_id=record.lift_id, recorded_at=record.seen_at, pictures=pictures
        )


class ReviewQueueOut(BaseModel):
    """The next passages for whoever asks."""

    items: list[ReviewTaskOut]
    waiting: int = Field(description="How many passages wait for the caller's answer.")
    answered_today: int = Field(description="How many the caller has answered since this machine's midnight.")
    second: int = Field(description="How many wait for a second person, whoever that is.")
    disputed: int = Field(description="About how many people differ.")


class GivenAnswerOut(Shape):
    """What a person said of a passage."""

    answer: ReviewAnswer
    occupied: bool | None
    by: str
    at: datetime
    comment: str
    blind: bool = Field(description="Given in the queue, without what anybody else had said.")
    ended_at: datetime | None = Field(
        description="When they took it back or said something else; null: it stands."
    )

    @classmethod
    def of(cls, stored: StoredAnswer) -> GivenAnswerOut:
        """Take what the API shows."""
        given = stored.given
        return cls(
            answer=given.answer,
            occupied=given.occupied,
            by=given.by,
            at=given.at,
            comment=given.comment,
            blind=given.blind,
            ended_at=stored.ended_at,
        )


class DisputedPassageOut(BaseModel):
    """A passage about which people differ, with what each says now."""

    passage: PassageOut
    answers: list[GivenAnswerOut]


class DisputedPassagesOut(BaseModel):
    """The newest passages about which people differ, newest first."""

    items: list[DisputedPassageOut]


class GivenAnswersOut(BaseModel):
    """Everything that people said of a passage, in order of time."""

    items: list[GivenAnswerOut]
