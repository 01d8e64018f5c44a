"""What each person said of a passage, and what it came to: the passage's label, and the state of its task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from lifts.decision.verdict import Verdict
from service.domain.errors import NotFoundError
from service.domain.reviewing.answers import (
    GivenAnswer,
    TaskState,
    answer_of,
    settle,
    state_of,
)
from service.store import passages
from service.store.damage import readable
from service.store.records import PassageRecord, Review
from service.store.tables import ReviewAnswerRow, ReviewTaskRow

_GIVEN = TypeAdapter(GivenAnswer)
_FIELDS = tuple(GivenAnswer.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as stored. ended_at: when its person took it back or said something else; None: it stands."""

    given: GivenAnswer
    ended_at: datetime | None


def give(session: Session, passage_id: str, given: GivenAnswer) -> PassageRecord:
    """Store a person's answer in place of their earlier one; return the passage with its new label.

    Raises NotFoundError, DamagedError.
    """
    passage = passages.get(session, passage_id)
    standing = _adopted(session, passage)
    _end(session, passage_id, given)
    session.add(
        ReviewAnswerRow(
            passage_id=passage_id,
            lift_id=passage.lift_id,
            answer=given.answer.value,
            verdict=given.verdict.value,
            occupied=given.occupied,
            by=given.by,
            identity=given.identity,
            at=given.at,
            comment=given.comment,
            blind=given.blind,
        )
    )
    now = [*(one for one in standing if not _same(one, given)), given]
    task = session.scalar(select(ReviewTaskRow).where(ReviewTaskRow.passage_id == passage_id))
    if task is None and settle(now) is None:  # somebody has to decide
        task = _task(passage)
        session.add(task)
    second_one = len(now) == 2 and len(standing) == 1 and given.blind and now[0].blind
    if task is not None and task.agreed is None and second_one:
        task.agreed = now[0].answer is given.answer
    return _settle(session, passage, now, task, given.answer.value)


def take_back(session: Session, passage_id: str, identity: str, at: datetime) -> PassageRecord:
    """Take a person's own answer back; return the passage with the label that is left.

    Raises NotFoundError: of the passage, or no answer of theirs stands. DamagedError.
    """
    passage = passages.get(session, passage_id)
    standing = _adopted(session, passage)
    mine = [one for one in standing if one.identity == identity]
    if not mine:
        raise NotFoundError(f"no answer of yours stands for passage {passage_id!r}", "no_review")
    _end(session, passage_id, mine[0], at)
    now = [one for one in standing if one.identity != identity]
    task = session.scalar(select(ReviewTaskRow).where(ReviewTaskRow.passage_id == passage_id))
    return _settle(session, passage, now, task, mine[0].answer.value)


def history(session: Session, passage_id: str) -> tuple[StoredAnswer, ...]:
    """Return every answer of a passage, in order of time; a damaged one is noted and left out."""
    mine = select(ReviewAnswerRow).where(ReviewAnswerRow.passage_id == passage_id)
    rows = readable(session, mine.order_by(ReviewAnswerRow.row), ReviewAnswerRow.row, _stored)
    return tuple(one for _, one in rows if one is not None)


def standing_of(session: Session, passage_id: str) -> list[GivenAnswer]:
    """Return the answers of different people that stand, in order of time."""
    return [one.given for one in history(session, passage_id) if one.ended_at is None]


def new_task(session: Session, passage: PassageRecord) -> ReviewTaskRow:
    """Return the task of a passage, made if it has none; its state follows from what people said already."""
    task = session.scalar(select(ReviewTaskRow).where(ReviewTaskRow.passage_id == passage.id))
    if task is None:
        task = _task(passage)
        session.add(task)
        update(task, _adopted(session, passage))
    return task


def update(task: ReviewTaskRow, given: list[GivenAnswer]) -> None:
    """Write into a task what the answers come to."""
    found = settle(given) if given else None
    task.state = state_of(given, second=task.second).value
    task.answer = None if found is None else found.answer.value
    task.occupied = None if found is None else found.occupied
    task.blind = any(one.blind for one in given)


def _settle(
    session: Session,
    passage: PassageRecord,
    given: list[GivenAnswer],
    task: ReviewTaskRow | None,
    said: str,
) -> PassageRecord:
    if task is not None:
        update(task, given)
    found, label = (settle(given) if given else None), None
    if found is not None:
        label = Review(found.verdict, found.occupied, found.by, found.at, found.comment, answer=found.answer)
    elif given:
        newest = given[-1]
        label = Review(Verdict.UNKNOWN, None, newest.by, newest.at, newest.comment, disputed=True)
    return passages.review(
        session, passage.id, label, {"answer": said, "disputed": bool(given) and not found}
    )


def _adopted(session: Session, passage: PassageRecord) -> list[GivenAnswer]:
    """Return what stands; a label from before there were answers becomes one, of the person of that name."""
    standing, label = standing_of(session, passage.id), passage.review
    if standing or label is None or label.disputed:
        return standing
    answer = answer_of(label.verdict, label.occupied) if label.answer is None else label.answer
    session.add(
        ReviewAnswerRow(
            passage_id=passage.id,
            lift_id=passage.lift_id,
            answer=answer.value,
            verdict=label.verdict.value,
            occupied=label.occupied,
            by=label.by,
            identity=label.by,
            at=label.at,
            comment=label.comment,
            blind=False,
        )
    )
    return standing_of(session, passage.id)


def _same(one: GivenAnswer, given: GivenAnswer) -> bool:
    """Whether both are of one person; a label from before there were answers is known by its name alone."""
    return one.identity in (given.identity, given.by)


def _end(session: Session, passage_id: str, given: GivenAnswer, at: datetime | None = None) -> None:
    mine = ReviewAnswerRow.identity.in_((given.identity, given.by))
    query = select(ReviewAnswerRow).where(ReviewAnswerRow.passage_id == passage_id, mine)
    for row in session.scalars(query.where(ReviewAnswerRow.ended_at.is_(None))):
        row.ended_at = at or given.at


def _task(passage: PassageRecord) -> ReviewTaskRow:
    return ReviewTaskRow(
        passage_id=passage.id,
        lift_id=passage.lift_id,
        seen_at=passage.seen_at,
        place=0.0,
        second=False,
        late=passage.late,
        state=TaskState.WAITING.value,
        blind=False,
    )


def _stored(row: ReviewAnswerRow) -> StoredAnswer:
    given = _GIVEN.validate_python({name: getattr(row, name) for name in _FIELDS})
    return StoredAnswer(given, row.ended_at)
