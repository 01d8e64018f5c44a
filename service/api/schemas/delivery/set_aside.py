"""What receivers refused for good, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from service.api.schemas.base import Body
from service.domain.alarm import AlarmKind
from service.store.delivery.set_aside import MOST_SEQS, SetAside
from service.store.records import Page

Seq = Annotated[int, Field(ge=1, le=2**53)]


class SetAsideChoice(Body):
    """Which of what an output set aside."""

    seqs: list[Seq] | None = Field(
        default=None, min_length=1, max_length=MOST_SEQS, description="These; null: all."
    )


class SetAsideOut(BaseModel):
    """A change of an alarm that a receiver refused for good."""

    seq: int
    alarm_id: str
    kind: AlarmKind
    code: str = Field(description="How it was refused last: a code as in an output's last error.")
    status: int = Field(description="The receiver's own number; 0: it gave none.")
    tries: int = Field(description="How often it was refused.")
    at: datetime = Field(description="When it was refused last.")
    again: bool = Field(description="It is being sent again.")

    @classmethod
    def of(cls, refused: SetAside) -> SetAsideOut:
        """Take what the API shows."""
        return cls(
            seq=refused.seq,
            alarm_id=refused.alarm_id,
            kind=refused.kind,
            code=refused.problem,
            status=refused.status,
            tries=refused.tries,
            at=refused.at,
            again=refused.again,
        )


class SetAsidePageOut(BaseModel):
    """A page of what an output set aside, oldest first."""

    items: list[SetAsideOut]
    next: int | None = Field(description="The `after` of the next page; null: this is the last one.")
    unreadable: int = Field(description="How many damaged entries were left out.")

    @classmethod
    def of(cls, page: Page[SetAside]) -> SetAsidePageOut:
        """Take what the API shows."""
        items = [SetAsideOut.of(each) for each in page.items]
        return cls(items=items, next=page.next, unreadable=page.unreadable)


class SetAsideDoneOut(BaseModel):
    """To how many it was done."""

    count: int
