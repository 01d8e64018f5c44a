"""What people are to review: drawn passages, those that somebody asks for, those about which two differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session

from service.domain.reviewing.answers import TaskState
from service.domain.reviewing.sampling import DayDraw
from service.store import passages
from service.store.audit import entries
from service.store.damage import readable
from service.store.records import PassageRecord
from service.store.reviewing import answers
from service.store.tables import PassageRow, ReviewAnswerRow, ReviewDrawRow, ReviewTaskRow, filters

_OPEN = (TaskState.WAITING.value, TaskState.SECOND.value, TaskState.DISPUTED.value)


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How far a lift's reviews are. waiting: passages that this person may answer now.

    second: that wait for a second person; disputed: about which people differ; both for whomever.
    """

    waiting: int
    second: int
    disputed: int


def add_draw(session: Session, drawn: DayDraw) -> None:
    """Store what was drawn of a lift's day; a passage that is gone meanwhile stays without a task."""
    day = drawn.day.isoformat()
    for stratum in drawn.strata:
        session.add(
            ReviewDrawRow(
                lift_id=drawn.lift_id,
                day=day,
                stratum=stratum.stratum.value,
                population=stratum.population,
                drawn=len(stratum.drawn),
                seed=drawn.seed,
                drawn_at=drawn.drawn_at,
            )
        )
        wanted = [one.passage_id for one in stratum.drawn]
        query = select(PassageRow).where(PassageRow.id.in_(wanted))
        found = readable(session, query, PassageRow.row, passages.record_of)
        by_id = {record.id: record for _, record in found if record is not None}
        for one in stratum.drawn:
            if one.passage_id not in by_id:
                continue
            task = answers.new_task(session, by_id[one.passage_id])
            task.day, task.stratum, task.probability = day, stratum.stratum.value, one.probability
            task.place, task.second, task.late = one.place, one.second, one.late
            answers.update(task, answers.standing_of(session, one.passage_id))
    count = sum(len(stratum.drawn) for stratum in drawn.strata)
    subject = f"{drawn.lift_id}/{day}"
    entries.record(session, "review.draw", subject, seed=drawn.seed, passages=count)


def drawn_days(session: Session, lift_id: str, since: date) -> set[date]:
    """Return the days, from one on, that were drawn from."""
    mine = ReviewDrawRow.lift_id == lift_id, ReviewDrawRow.day >= since.isoformat()
    return {date.fromisoformat(day) for day in session.scalars(select(ReviewDrawRow.day).where(*mine))}


def ask(session: Session, passage_id: str, by: str) -> None:
    """Put a passage into the queue, before those that were drawn; one that is in it stays as it is.

    Raises NotFoundError, DamagedError.
    """
    task = answers.new_task(session, passages.get(session, passage_id))
    if task.stratum is None and task.asked_by is None:
        task.asked_by = by
        entries.record(session, "review.ask", passage_id)


def waiting(session: Session, lift_id: str, identity: str, limit: int) -> tuple[PassageRecord, ...]:
    """Return the next passages for a person: asked for ones first, then the newest day's, at random.

    None that they have answered, none that is settled, none without its pictures.
    """
    query = select(PassageRow).join(ReviewTaskRow, ReviewTaskRow.passage_id == PassageRow.id)
    query = _mine(query, lift_id, identity)
    order = ReviewTaskRow.day.desc().nulls_first(), ReviewTaskRow.place, ReviewTaskRow.row
    rows = readable(session, query.order_by(*order).limit(limit), PassageRow.row, passages.record_of)
    return tuple(record for _, record in rows if record is not None)


def counts(session: Session, lift_id: str, identity: str) -> QueueCounts:
    """Return how far a lift's reviews are, for a person."""
    one = select(func.count()).select_from(ReviewTaskRow)
    one = one.join(PassageRow, PassageRow.id == ReviewTaskRow.passage_id)
    lift, state = ReviewTaskRow.lift_id == lift_id, ReviewTaskRow.state
    among = [
        session.scalar(_mine(one, lift_id, identity)) or 0,
        *(
            session.scalar(one.where(lift, state == each.value, PassageRow.has_files)) or 0
            for each in (TaskState.SECOND, TaskState.DISPUTED)
        ),
    ]
    return QueueCounts(*among)


def answered_since(session: Session, identity: str, lift_id: str, since: datetime) -> int:
    """Return how many passages of a lift a person has answered since then."""
    mine = ReviewAnswerRow.identity == identity, ReviewAnswerRow.at >= since
    standing = ReviewAnswerRow.ended_at.is_(None), ReviewAnswerRow.lift_id == lift_id
    return session.scalar(select(func.count()).select_from(ReviewAnswerRow).where(*mine, *standing)) or 0


def disputed(session: Session, lift_id: str, limit: int) -> tuple[PassageRecord, ...]:
    """Return the newest passages about which people differ."""
    query = select(PassageRow).join(ReviewTaskRow, ReviewTaskRow.passage_id == PassageRow.id)
    query = query.where(ReviewTaskRow.lift_id == lift_id, ReviewTaskRow.state == TaskState.DISPUTED.value)
    query = query.order_by(PassageRow.row.desc()).limit(limit)
    rows = readable(session, query, PassageRow.row, passages.record_of)
    return tuple(record for _, record in rows if record is not None)


def forget(session: Session, unanswered_before: date, before: date, limit: int) -> int:
    """Delete what is too old: tasks that nobody answered, then everything; return how many rows.

    unanswered_before, before: days. limit: at most so many rows.
    """
    gone = 0
    begin, unanswered_begin = (
        datetime.combine(day, datetime.min.time()).astimezone() for day in (before, unanswered_before)
    )
    old = ReviewTaskRow.seen_at < begin
    unanswered = ReviewTaskRow.state == TaskState.WAITING.value, ReviewTaskRow.seen_at < unanswered_begin
    for row in session.scalars(select(ReviewTaskRow).where(old | and_(*unanswered)).limit(limit)):
        session.delete(row)
        gone += 1
    outdated = ReviewDrawRow.day < before.isoformat()
    for draw in session.scalars(select(ReviewDrawRow).where(outdated).limit(max(limit - gone, 0))):
        session.delete(draw)
        gone += 1
    for said in session.scalars(
        select(ReviewAnswerRow).where(ReviewAnswerRow.at < begin).limit(max(limit - gone, 0))
    ):
        session.delete(said)
        gone += 1
    return gone


def _mine(query: Select[*tuple[Any, ...]], lift_id: str, identity: str) -> Select[*tuple[Any, ...]]:
    return query.where(
        ReviewTaskRow.lift_id == lift_id,
        ReviewTaskRow.state.in_(_OPEN),
        filters.unindexed(PassageRow.has_files) == true(),
        ~_answered(identity),
    )


def _answered(identity: str) -> ColumnElement[bool]:
    mine = select(ReviewAnswerRow.row).where(
        ReviewAnswerRow.passage_id == ReviewTaskRow.passage_id,
        ReviewAnswerRow.identity == identity,
        ReviewAnswerRow.ended_at.is_(None),
    )
    return mine.exists()
