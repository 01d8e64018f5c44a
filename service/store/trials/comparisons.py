"""What candidates said beside what counts, live and of stored passages."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from lifts.decision.verdict import Verdict
from service.domain.trials.candidate import Comparison, ComparisonCounts
from service.store.damage import readable
from service.store.passages import record_of
from service.store.records import Page
from service.store.tables import CandidateRow, ComparisonRow, PassageRow, filters

_COMPARISON = TypeAdapter(Comparison)
LIVE = 0
"""In place of a replay's number: judged as it passed."""


def add(session: Session, lift_id: str, candidate: int, replay: int, found: Sequence[Comparison]) -> int:
    """Store comparisons, each passage once; return how many were new. Of a candidate that is gone: none."""
    if session.get(CandidateRow, (lift_id, candidate)) is None:
        return 0
    mine = _mine(lift_id, candidate, replay)
    names = [one.passage_id for one in found]
    known = set(
        session.scalars(select(ComparisonRow.passage_id).where(*mine, ComparisonRow.passage_id.in_(names)))
    )
    new = [one for one in found if one.passage_id not in known]
    session.add_all(
        ComparisonRow(
            lift_id=lift_id,
            candidate=candidate,
            replay=replay,
            passage_id=one.passage_id,
            seen_at=one.seen_at,
            verdict=one.verdict.value,
            confidence=one.confidence,
            candidate_verdict=one.candidate_verdict.value,
            candidate_confidence=one.candidate_confidence,
            stored=None if one.stored is None else one.stored.value,
        )
        for one in new
    )
    return len(new)


def counts(session: Session, lift_id: str, candidate: int, replay: int) -> ComparisonCounts:
    """Return how often each pair of verdicts came, by the label that the passage has now."""
    label = filters.part(PassageRow.review, "$.verdict")
    query = (
        select(ComparisonRow.verdict, ComparisonRow.candidate_verdict, label, func.count())
        .outerjoin(PassageRow, PassageRow.id == ComparisonRow.passage_id)
        .where(*_mine(lift_id, candidate, replay))
        .group_by(ComparisonRow.verdict, ComparisonRow.candidate_verdict, label)
    )
    known = set(Verdict)
    return ComparisonCounts(
        {
            (Verdict(own), Verdict(other), Verdict(said) if said in known else None): int(count)
            for own, other, said, count in session.execute(query)
            if own in known and other in known
        }
    )


def count(session: Session, lift_id: str, candidate: int, replay: int) -> int:
    """Return how many passages were compared."""
    return session.scalar(select(func.count()).where(*_mine(lift_id, candidate, replay))) or 0


def differences(
    session: Session, lift_id: str, candidate: int, replay: int, before: int | None = None, limit: int = 50
) -> Page[Comparison]:
    """Return a page of the passages with two different verdicts, newest first; before: the cursor."""
    query = select(ComparisonRow).where(
        *_mine(lift_id, candidate, replay), ComparisonRow.verdict != ComparisonRow.candidate_verdict
    )
    if before is not None:
        query = query.where(ComparisonRow.row < before)
    query = query.order_by(ComparisonRow.row.desc()).limit(limit + 1)
    label = filters.part(PassageRow.review, "$.verdict")

    def read(row: ComparisonRow) -> Comparison:
        said = session.scalar(select(label).where(PassageRow.id == row.passage_id))
        return _COMPARISON.validate_python(
            {
                "passage_id": row.passage_id,
                "seen_at": row.seen_at,
                "verdict": row.verdict,
                "confidence": row.confidence,
                "candidate_verdict": row.candidate_verdict,
                "candidate_confidence": row.candidate_confidence,
                "stored": row.stored,
                "review": said,
            }
        )

    return Page.of(readable(session, query, ComparisonRow.row, read), limit)


def pictures_of(session: Session, passage_ids: Sequence[str]) -> dict[str, list[int]]:
    """Return which pictures, from 1, passages have still; damaged ones are left out."""
    query = select(PassageRow).where(PassageRow.id.in_(passage_ids))
    found = [
        record for _, record in readable(session, query, PassageRow.row, record_of) if record is not None
    ]
    return {one.id: [n for n, kept in enumerate(one.pictures, 1) if kept.file] for one in found}


def forget(session: Session, lift_id: str, candidate: int) -> None:
    """Delete what a candidate said."""
    session.execute(
        delete(ComparisonRow).where(ComparisonRow.lift_id == lift_id, ComparisonRow.candidate == candidate)
    )


def _mine(lift_id: str, candidate: int, replay: int) -> tuple[ColumnElement[bool], ...]:
    return (
        ComparisonRow.lift_id == lift_id,
        ComparisonRow.candidate == candidate,
        ComparisonRow.replay == replay,
    )
