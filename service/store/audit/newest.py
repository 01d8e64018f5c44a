"""Whether the newest entries of the audit still follow from each other: what a person is shown at once.

`barwatch verify` checks all of them, and the rows and pictures that they cover.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.audit import entries
from service.store.tables import AuditRow

NEWEST = 1000
PAGE = 500
"""Entries that are read at once."""


@dataclass(frozen=True, slots=True)
class ChainState:
    """The chain's newest entry, how many were followed back from it, and the first that does not follow."""

    seq: int
    hash: str
    checked: int
    broken: int | None

    @property
    def ok(self) -> bool:
        """Whether all that were followed follow."""
        return self.broken is None


def state_of(session: Session, newest: int = NEWEST) -> ChainState:
    """Follow the newest entries, each to the one before."""
    head = entries.head(session)
    query = select(AuditRow).order_by(AuditRow.seq.desc()).limit(newest + 1)
    rows = list(session.scalars(query))[::-1]
    if len(rows) <= newest:
        rows.insert(0, AuditRow(seq=0, hash=entries.NOTHING))
    broken = None
    for before, row in itertools.pairwise(rows):
        values = [getattr(row, name) for name in entries.COVERED]
        if row.seq != before.seq + 1 or row.hash != entries.link(before.hash, entries.body_digest(values)):
            broken = before.seq + 1
            break
    return ChainState(head.seq, head.hash, len(rows) - 1, broken)


def after(session: Session, seq: int, until: int) -> list[AuditRow]:
    """Return the next entries after a number, up to another, the oldest first; none: that was all."""
    query = select(AuditRow).where(AuditRow.seq > seq, AuditRow.seq <= until)
    return list(session.scalars(query.order_by(AuditRow.seq).limit(PAGE)))
