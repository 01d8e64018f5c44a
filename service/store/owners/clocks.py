"""By how much the wall clock was set between stored carriers: each one's time is by the clock of then.

Each carrier's time is said by two clocks: in its record by the one that people set, in its lease's terms by
one that nobody sets. A service by whose carriers the difference has changed had its wall clock set. One that
begins with a clock behind carriers that are stored knows nothing of when they left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import TypeAdapter
from pydantic.dataclasses import dataclass
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.passage import CarrierSighting
from service.store.damage import KeptNote, readable
from service.store.tables import CameraLeaseRow, PassageRow

LEAST_S = 0.5
"""A clock that was set by less is taken for right: no two carriers are confused by it."""

BEHIND = timedelta(seconds=10)
"""So much later than a service began no carrier left that was stored before: its clock was set back."""

MOST = 32
"""So many of the newest changes are kept: they matter for the carriers of some minutes."""


@dataclass(frozen=True)
class ClockChanges:
    """When the wall clock was set, and how far ahead of that of its leases a service's clock is.

    changes: the last row of passages before each, and by how much it was set then; None: nobody knows.
    """

    service: str = ""
    ahead_s: float = 0.0
    changes: tuple[tuple[int, float | None], ...] = ()

    def after(self, row: int) -> timedelta | None:
        """Return by how much the clock was set since a row was stored; None: nobody knows."""
        total_s = 0.0
        for last, by_s in self.changes:
            if row <= last:
                if by_s is None:
                    return None
                total_s += by_s
        return timedelta(seconds=total_s)

    def has(self, ahead: timedelta) -> bool:
        """Say whether what a service knows of its clock, to ten seconds, is what its last carrier said."""
        return abs(ahead.total_seconds() - self.ahead_s) < BEHIND.total_seconds()

    @property
    def most_back(self) -> timedelta:
        """By how much it was set back at most since any row was stored."""
        found = (self.after(last) for last, _ in self.changes)
        return max((timedelta(), *(-by for by in found if by is not None)))


_NOTE = KeptNote("wall_clock", TypeAdapter(ClockChanges))


def note(session: Session, lift_id: str, seen: CarrierSighting, left_at: datetime) -> None:
    """Take note of the wall clock before a carrier is stored that left at `left_at` by it."""
    if seen.fence is None:
        return
    query = select(CameraLeaseRow).where(
        CameraLeaseRow.lift_id == lift_id, CameraLeaseRow.fence >= seen.fence
    )
    leases = session.scalars(query.order_by(CameraLeaseRow.fence).limit(2)).all()
    if not leases or leases[0].fence != seen.fence:
        return
    known, ahead_s = changes(session), (left_at - seen.left_at).total_seconds()
    service = leases[0].owner.rpartition("/")[2]
    if known.service == service and abs(ahead_s - known.ahead_s) < LEAST_S:
        return
    if known.service != service and len(leases) > 1:
        return  # whose time is over
    last, found = last_row(session), known.changes
    if known.service == service:
        found = (*found, (last, ahead_s - known.ahead_s))
    elif _has_later(session, lift_id, known, leases[0].at + timedelta(seconds=ahead_s) + BEHIND):
        found = (*found, (last, None))
    _NOTE.write(session, ClockChanges(service, ahead_s, found[-MOST:]))


def changes(session: Session) -> ClockChanges:
    """Return when the wall clock was set; never, if that is damaged."""
    return _NOTE.read(session) or ClockChanges()


def last_row(session: Session) -> int:
    """Return the number of the last row of passages; 0 if there is none."""
    return session.scalar(select(func.max(PassageRow.row))) or 0


def _has_later(session: Session, lift_id: str, known: ClockChanges, at: datetime) -> bool:
    """Say whether the carrier of a lift that was stored last left later."""
    query = select(PassageRow).where(PassageRow.lift_id == lift_id, PassageRow.left_at.is_not(None))
    query = query.order_by(PassageRow.row.desc()).limit(1)
    for row, left_at in readable(session, query, PassageRow.row, lambda found: found.left_at):
        since = known.after(row)
        if left_at is not None and since is not None:
            return left_at + since > at
    return False
