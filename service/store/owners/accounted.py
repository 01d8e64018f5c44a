"""Until when each lift's carriers are accounted for, where that is later than when the last of them left.

So it is while a line stands. What is noted stays true when the line runs again, and is then the past.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy.orm import Session

from service.domain.passage import CarriersAccounted
from service.store.damage import KeptNote
from service.store.owners import clocks
from service.store.owners.leases import last_left, newest_fence

_Until = tuple[AwareDatetime, float, int]
_Incomplete = tuple[AwareDatetime, int]
_NOTED = KeptNote("accounted_until", TypeAdapter(dict[str, _Until | tuple[AwareDatetime, float]]))
_INCOMPLETE_AFTER = KeptNote("incomplete_after", TypeAdapter(dict[str, _Incomplete | AwareDatetime]))
"""The last number of each note is the last row of passages then, by which its time's clock is known; the next
one, where the clock was set and no carrier was stored since that says so."""


def noted(session: Session) -> dict[str, tuple[datetime, float]]:
    """Return by lift `until` and `stood_s` of CarriersAccounted; nothing if that is damaged.

    By the wall clock as it is now; without what was noted by a clock of which nobody knows anything.
    """
    changes = clocks.changes(session)
    by_row = {lift_id: (*each, 0)[:3] for lift_id, each in (_NOTED.read(session) or {}).items()}
    return {
        lift_id: (until + by, stood_s)
        for lift_id, (until, stood_s, row) in by_row.items()
        if (by := changes.after(row)) is not None
    }


def note(session: Session, found: Mapping[str, CarriersAccounted]) -> None:
    """Store it by lift in place of what was; not what is said by an owner that the camera was taken from."""
    row, known = clocks.last_row(session), clocks.changes(session)
    current: dict[str, _Until | tuple[AwareDatetime, float]] = {
        lift_id: (each.until, each.stood_s, row if known.has(each.ahead) else row + 1)
        for lift_id, each in found.items()
        if newest_fence(session, lift_id) == each.fence
    }
    if current:
        _NOTED.write(session, (_NOTED.read(session) or {}) | current)


def incomplete_after(session: Session) -> dict[str, datetime]:
    """Return the lifts of which a carrier is stored and not all before it, and since when that is so.

    That is when the last carrier left that was stored with all before it, by the wall clock as it is now.
    """
    changes = clocks.changes(session)
    by_row = {
        lift_id: each if isinstance(each, tuple) else (each, 0)
        for lift_id, each in (_INCOMPLETE_AFTER.read(session) or {}).items()
    }
    return {
        lift_id: at + by for lift_id, (at, row) in by_row.items() if (by := changes.after(row)) is not None
    }


def mark(session: Session, lift_id: str, complete: bool) -> None:
    """Note before a carrier is stored whether all that left before those stored are stored then."""
    found = _INCOMPLETE_AFTER.read(session) or {}
    if complete is (lift_id not in found):
        return
    if complete:
        del found[lift_id]
    elif left := last_left(session, lift_id):
        found[lift_id] = left[0], clocks.last_row(session)
    _INCOMPLETE_AFTER.write(session, found)
