"""Until when each lift's carriers are accounted for, where that is later than when the last of them left.

So it is while a line stands. What is noted stays true when the line runs again, and is then the past.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.passage import CarriersAccounted
from service.store.damage import readable
from service.store.owners.leases import last_left, newest_fence
from service.store.tables import MetaRow

_KEY, _NOTES = "accounted_until", TypeAdapter(dict[str, tuple[AwareDatetime, float]])
_INCOMPLETE, _TIMES = "incomplete_after", TypeAdapter(dict[str, AwareDatetime])


def noted(session: Session) -> dict[str, tuple[datetime, float]]:
    """Return by lift `until` and `stood_s` of CarriersAccounted; nothing if that is damaged."""
    query = select(MetaRow).where(MetaRow.key == _KEY)
    found = readable(session, query, MetaRow.key, lambda row: _NOTES.validate_json(row.value))
    return {lift_id: each for _, notes in found for lift_id, each in (notes or {}).items()}


def note(session: Session, found: Mapping[str, CarriersAccounted]) -> None:
    """Store it by lift in place of what was; not what is said by an owner that the camera was taken from."""
    current = {
        lift_id: (each.until, each.stood_s)
        for lift_id, each in found.items()
        if newest_fence(session, lift_id) == each.fence
    }
    if current:
        session.merge(MetaRow(key=_KEY, value=_NOTES.dump_json(noted(session) | current).decode()))


def incomplete_after(session: Session) -> dict[str, datetime]:
    """Return the lifts of which a carrier is stored and not all before it, and since when that is so.

    That is when the last carrier left that was stored with all before it.
    """
    query = select(MetaRow).where(MetaRow.key == _INCOMPLETE)
    found = readable(session, query, MetaRow.key, lambda row: _TIMES.validate_json(row.value))
    return {lift_id: at for _, times in found for lift_id, at in (times or {}).items()}


def mark(session: Session, lift_id: str, complete: bool) -> None:
    """Note before a carrier is stored whether all that left before those stored are stored then."""
    found = incomplete_after(session)
    if complete is (lift_id not in found):
        return
    if complete:
        del found[lift_id]
    elif left := last_left(session, lift_id):
        found[lift_id] = left[0]
    session.merge(MetaRow(key=_INCOMPLETE, value=_TIMES.dump_json(found).decode()))
