"""Passages and reviews as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field, model_validator

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Seat, Verdict
from service.api.schemas.base import Body, Note, Shape
from service.api.schemas.lifts import ImageOut
from service.domain.reason_texts import reason_text
from service.domain.reviewing.answers import ReviewAnswer, was_right
from service.store.records import PassageRecord, Review


class PassageImageOut(ImageOut):
    """One picture of a stored passage; `picture` is its address, null once retention removed it.

    `why` is the address of what to lay over it: where the network saw the bar; null where there is none.
    """

    picture: str | None
    why: str | None
    t_s: float
    quality: float
    problem: str | None
    problem_code: Reason | None


class ReviewOut(Shape):
    """What people's answers came to; by, at, comment: of the newest that counts."""

    verdict: Verdict
    occupied: bool | None
    by: str
    at: datetime
    comment: str
    answer: ReviewAnswer | None = Field(description="null while people differ.")
    disputed: bool = Field(description="People differ: a third decides, or one changes their mind.")
    alarm_right: bool | None = Field(
        description="Whether an alarm of this passage is right: open or moving, with somebody on it; null if "
        "nobody can tell."
    )

    @classmethod
    def of(cls, label: Review) -> ReviewOut:
        """Take what the API shows."""
        return cls(
            verdict=label.verdict,
            occupied=label.occupied,
            by=label.by,
            at=label.at,
            comment=label.comment,
            answer=label.settled,
            disputed=label.disputed,
            alarm_right=was_right(label.settled),
        )


class PassageOut(BaseModel):
    """One judged carrier; times are seconds of the camera's stream, `recorded_at` is the wall clock."""

    id: str
    lift_id: str
    number: int
    recorded_at: datetime
    left_at: datetime | None = Field(description="When the carrier left (TF); null if nobody knows.")
    late: bool = Field(description="The carrier left more than 2 s before it was judged.")
    carriers: int = Field(
        description="How many carriers this stands for; above 1 only in an overload, "
        "or, as an estimate, where no frames came for long."
    )
    t_begin_s: float
    t_middle_s: float
    t_end_s: float
    verdict: Verdict
    confidence: float
    margin: float
    occupied: bool
    seat: Seat
    occupancy: float
    reason: str
    reasons: list[Reason]
    mask_version: int
    budget: int = Field(
        default=0, description="The version of the lift's budget that it was judged by; 0: by none."
    )
    model: str
    images: list[PassageImageOut]
    review: ReviewOut | None

    @classmethod
    def of(cls, record: PassageRecord, root_path: str) -> PassageOut:
        """Put together what the API shows of a stored passage, its pictures' addresses below `root_path`."""
        judgement = record.judgement
        pictures = f"{root_path}/passages/{record.id}/pictures"
        images = [
            PassageImageOut(
                **ImageOut.of(image).model_dump(),
                picture=f"{pictures}/{number}.jpg" if picture.file else None,
                why=f"{pictures}/{number}/why.png" if picture.why else None,
                t_s=picture.t_s,
                quality=picture.quality,
                problem=None if picture.problem is None else reason_text([picture.problem]),
                problem_code=picture.problem,
            )
            for number, (picture, image) in enumerate(zip(record.pictures, judgement.images, strict=False), 1)
        ]
        return cls(
            id=record.id,
            lift_id=record.lift_id,
            number=record.number,
            recorded_at=record.seen_at,
            left_at=record.left_at,
            late=record.late,
            carriers=record.carriers,
            t_begin_s=record.t_begin_s,
            t_middle_s=record.t_middle_s,
            t_end_s=record.t_end_s,
            verdict=judgement.verdict,
            confidence=judgement.confidence,
            margin=judgement.margin,
            occupied=judgement.occupied,
            seat=judgement.seat,
            occupancy=judgement.occupancy,
            reason=reason_text(judgement.reasons),
            reasons=list(judgement.reasons),
            mask_version=judgement.mask_version,
            budget=judgement.budget,
            model=judgement.model,
            images=images,
            review=None if record.review is None else ReviewOut.of(record.review),
        )


class PassagesOut(BaseModel):
    """A page of passages, newest first; `next` is the `cursor` of the following page, or null."""

    items: list[PassageOut]
    next: str | None
    unreadable: int = Field(default=0, description="How many damaged records were left out of this page.")


class DecisionOut(Shape):
    """The thresholds that a carrier's margin was compared with; null where they are not known any more."""

    margin: float = Field(description="Distance to the open mask less that to the close mask.")
    open_up_to: float | None = Field(description="The bar was called open up to this margin.")
    closed_from: float | None = Field(description="And closed from this margin on; unknown in between.")
    probability_open: float | None = Field(description="Of this margin, calibrated, 0..1.")
    site_calibration: int | None = Field(
        description="The version of the lift's own calibration; 0: judged by the masks alone."
    )
    budget: int = Field(description="The version of the lift's budget; 0: none.")
    mask_version: int
    model: str


class ReviewIn(Body):
    """What a person says of a passage: an answer, or a label of bar and seat, from which one follows.

    Beside an answer, a label may only say what the answer leaves open.
    """

    answer: ReviewAnswer | None = Field(default=None, examples=["closed"])
    verdict: Verdict | None = Field(default=None, examples=["closed"])
    occupied: bool | None = None
    comment: Note = ""
    blind: bool = Field(
        default=False,
        description="Given in the queue, without what anybody else had said; only then does it "
        "speak for a sample that is not reviewed whole.",
    )

    @model_validator(mode="after")
    def _check_said(self) -> Self:
        if self.answer is None and self.verdict is None:
            raise ValueError("expected an answer or a verdict")
        return self
