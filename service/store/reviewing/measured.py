"""What a lift's accuracy is measured from: the carriers of a day, and what people said of the drawn ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, select, true
from sqlalchemy.orm import Session

from lifts.decision.verdict import Verdict
from service.domain.alarm import LATE
from service.domain.reviewing.answers import ReviewAnswer, TaskState
from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.cells import DrawnStratum, ReviewedPassage, outcome_of
from service.figures.accuracy.drawing import DayPassage
from service.store.tables import AlarmRow, PassageRow, ReviewDrawRow, ReviewTaskRow, filters

_SETTLED = (TaskState.SECOND.value, TaskState.DONE.value, TaskState.DISPUTED.value)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Passages that two people answered, neither knowing what the other had said; same: alike."""

    both: int
    same: int


def carriers_of(session: Session, lift_id: str, begin: datetime, end: datetime) -> list[DayPassage]:
    """Return the carriers of a lift that were seen in [begin, end), aware times; damaged ones are unseen."""
    confidence = filters.number(PassageRow.judgement, "$.confidence")
    columns = (
        *(PassageRow.id, PassageRow.seen_at, PassageRow.left_at, PassageRow.verdict, confidence),
        *(PassageRow.has_files, PassageRow.carriers, AlarmRow.row),
    )
    alarm = and_(AlarmRow.passage_id == PassageRow.id, filters.bar_open())
    query = select(*columns).outerjoin(AlarmRow, alarm)
    within = PassageRow.seen_at >= begin, PassageRow.seen_at < end
    found = []
    for row in session.execute(query.where(PassageRow.lift_id == lift_id, *within)):
        id_, seen_at, left_at, verdict, sureness, has_files, carriers, alarm_row = row
        good = isinstance(sureness, (int, float)) and verdict in set(Verdict) and seen_at is not None
        found.append(
            DayPassage(
                id=id_,
                seen_at=seen_at or begin,
                verdict=Verdict(verdict) if good else Verdict.UNKNOWN,
                confidence=float(sureness) if good else 0.0,
                alarmed=alarm_row is not None,
                late=left_at is not None and seen_at is not None and seen_at - left_at > LATE,
                reviewable=bool(has_files) and good,
                carriers=carriers,
            )
        )
    return found


def draws(session: Session, lift_id: str, begin: date, end: date) -> tuple[DrawnStratum, ...]:
    """Return the strata of the days in [begin, end), in order."""
    query = select(ReviewDrawRow.day, ReviewDrawRow.stratum, ReviewDrawRow.population, ReviewDrawRow.drawn)
    rows = session.execute(_within(query, ReviewDrawRow, lift_id, begin, end).order_by(ReviewDrawRow.day))
    return tuple(
        DrawnStratum(date.fromisoformat(day), Stratum(stratum), population, drawn)
        for day, stratum, population, drawn in rows
    )


def reviewed(session: Session, lift_id: str, begin: date, end: date) -> tuple[ReviewedPassage, ...]:
    """Return the drawn passages of those days that somebody reviewed."""
    row = ReviewTaskRow
    query = select(row.day, row.stratum, row.answer, row.occupied, row.late, row.blind)
    query = _within(query, row, lift_id, begin, end).where(row.state.in_(_SETTLED))
    return tuple(
        ReviewedPassage(
            date.fromisoformat(str(day)),
            Stratum(stratum),
            outcome_of(
                None if answer is None else ReviewAnswer(answer),
                occupied,
                alarmed=stratum == Stratum.ALARM.value,
                late=late,
            ),
            blind,
        )
        for day, stratum, answer, occupied, late, blind in session.execute(query)
    )


def agreement(session: Session, lift_id: str, begin: date, end: date) -> Agreement:
    """Return how often two people said the same."""
    both = func.count(), func.count().filter(ReviewTaskRow.agreed == true())
    query = _within(select(*both), ReviewTaskRow, lift_id, begin, end)
    return Agreement(*session.execute(query.where(ReviewTaskRow.agreed.is_not(None))).one())


def days_between(begin: date, end: date) -> Iterator[date]:
    """Give each day of [begin, end)."""
    for number in range((end - begin).days):
        yield begin + timedelta(days=number)


def _within(query, row, lift_id: str, begin: date, end: date):  # type: ignore[no-untyped-def]
    return query.where(row.lift_id == lift_id, row.day >= begin.isoformat(), row.day < end.isoformat())
