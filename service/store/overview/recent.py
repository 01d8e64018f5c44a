"""The newest verdicts of each lift, as marks: what a strip of carriers shows, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import String, func, select, type_coerce
from sqlalchemy.orm import Session

from lifts.decision.verdict import Seat, Verdict
from service.store.damage import DAMAGE
from service.store.tables import PassageRow, filters

_MARK = (
    PassageRow.row,
    PassageRow.id,
    PassageRow.lift_id,
    # As text: a date that is damaged hides its own passage and no other.
    type_coerce(PassageRow.seen_at, String),
    PassageRow.verdict,
    PassageRow.occupied,
    filters.number(PassageRow.judgement, "$.seat_unclear"),
)


@dataclass(frozen=True, slots=True)
class CarrierMark:
    """One carrier of a lift. recorded_at: when it was judged."""

    id: str
    recorded_at: datetime
    verdict: Verdict
    seat: Seat


def newest_row(session: Session) -> int:
    """Return the number of the newest passage, 0 if there is none."""
    return session.scalar(select(func.max(PassageRow.row))) or 0


def of_lift(session: Session, lift_id: str, limit: int) -> list[CarrierMark]:
    """Return the newest passages of a lift, newest first, at most `limit`; damaged ones are left out."""
    query = select(*_MARK).where(PassageRow.lift_id == lift_id).order_by(PassageRow.row.desc()).limit(limit)
    return [mark for _, mark in _marks(session.execute(query))]


def between(session: Session, after: int, to: int) -> list[tuple[str, CarrierMark]]:
    """Return lift and mark of the passages above one number up to another, oldest first."""
    query = select(*_MARK).where(PassageRow.row > after, PassageRow.row <= to).order_by(PassageRow.row)
    return _marks(session.execute(query))


def _marks(rows: Iterable[Sequence[Any]]) -> list[tuple[str, CarrierMark]]:
    found = []
    for _, passage_id, lift_id, seen_at, verdict, occupied, unclear in rows:
        try:
            at = datetime.fromisoformat(seen_at).replace(tzinfo=UTC)
            seat = Seat.OCCUPIED if occupied else Seat.UNCLEAR if unclear == 1 else Seat.EMPTY
            found.append((str(lift_id), CarrierMark(str(passage_id), at, Verdict(verdict), seat)))
        except DAMAGE:
            continue
    return found
