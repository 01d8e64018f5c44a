"""What of a reviewed passage leaves with its label."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.reviewing.answers import TaskState
from service.store import passages
from service.store.tables import AlarmRow, ReviewTaskRow, filters


@dataclass(frozen=True, slots=True)
class AboutReview:
    """How a passage came to be reviewed, and what it came to; None of one that was not drawn."""

    answer: str | None
    state: str
    alarmed: bool
    day: str | None
    stratum: str | None
    probability: float | None


def about(session: Session, passage_id: str) -> AboutReview:
    """Return it. Raises NotFoundError, DamagedError."""
    task = session.scalar(select(ReviewTaskRow).where(ReviewTaskRow.passage_id == passage_id))
    label = passages.get(session, passage_id).review
    alarm = select(AlarmRow.row).where(AlarmRow.passage_id == passage_id, filters.bar_open()).limit(1)
    alarmed = session.scalar(alarm) is not None
    settled = None if label is None else label.settled
    answer = None if settled is None else settled.value
    if task is None:
        state = TaskState.WAITING if label is None else TaskState.DONE
        return AboutReview(answer, state.value, alarmed, None, None, None)
    return AboutReview(answer, task.state, alarmed, task.day, task.stratum, task.probability)
