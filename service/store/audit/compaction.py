"""Lets go of old seals, whose rows were changed or deleted since; the chain says so, and stays whole.

Seals of rows that are still as they were then are written once more, so that each row keeps its newest one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, aliased

from service.domain.people import SYSTEM
from service.store.audit.entries import head, record
from service.store.tables import AuditRow, SealRow

COMPACTED = "audit.compacted"
AGE = timedelta(days=40)
"""Seals of this age go: by then most of their rows are gone (alarms of the bar are kept for 30 days)."""

STEP = 250
"""Seals that go in one transaction."""

CHUNK = 5000
"""Seals that one entry of the audit lets go of."""


def compact(session: Session, now: datetime, age: timedelta = AGE, chunk: int = CHUNK) -> int:
    """Take one small step; return how many seals it wrote or deleted, 0 if nothing is old enough."""
    oldest = session.scalar(select(func.min(SealRow.id)))
    if oldest is None:
        return 0
    said = select(AuditRow.subject).where(AuditRow.action == COMPACTED).order_by(AuditRow.seq.desc())
    done = int(session.scalar(said.limit(1)) or 0)
    if oldest <= done:
        some = select(SealRow.id).where(SealRow.id <= done).order_by(SealRow.id).limit(STEP)
        gone = list(session.scalars(some))
        session.execute(delete(SealRow).where(SealRow.id.in_(gone)))
        return len(gone)
    before = (now - age).astimezone(UTC).isoformat(timespec="microseconds")
    # Up to the end of an entry, or what is left of its seals would not give its digest.
    old = select(func.max(AuditRow.last_seal)).where(
        AuditRow.at < before, AuditRow.last_seal < oldest + chunk, AuditRow.seq < head(session).seq
    )
    last = int(session.scalar(old) or 0)
    if last < oldest:
        return 0
    newer = aliased(SealRow)
    superseded = select(newer.id).where(
        newer.tbl == SealRow.tbl, newer.key == SealRow.key, newer.id > SealRow.id
    )
    standing = select(SealRow).where(SealRow.id <= last, SealRow.digest.is_not(None), ~superseded.exists())
    kept = [SealRow(tbl=s.tbl, key=s.key, form=s.form, digest=s.digest) for s in session.scalars(standing)]
    session.add_all(kept)
    record(session, COMPACTED, str(last), by=SYSTEM, kept=len(kept))
    return max(len(kept), 1)
