"""What else reports ask: of which lifts anything is kept, since when, and what people said of passages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lifts.decision.verdict import Verdict
from service.figures.report import SecondLook
from service.store.damage import KeptNote, readable
from service.store.tables import LiftRow, PassageRow, filters

SINCE = "reports_since"
"""Key in `meta`: since when carriers and alarms are counted, as the migration found it."""

_SINCE = KeptNote(SINCE, TypeAdapter(dict[str, AwareDatetime]))

_EACH = (
    "WITH RECURSIVE each(id) AS (SELECT min(lift_id) FROM {table} UNION ALL"
    " SELECT (SELECT min(lift_id) FROM {table} WHERE lift_id > each.id) FROM each WHERE each.id IS NOT NULL)"
    " SELECT id FROM each WHERE id IS NOT NULL"
)
"""Jumps from one lift to the next in an index: as many steps as there are lifts, not rows."""


def lifts(session: Session) -> tuple[str, ...]:
    """Return every lift that is registered or of which something is kept, by id."""
    found = set(session.scalars(select(LiftRow.id)))
    for table in ("carrier_counts", "fresh_counts", "watch_spans"):
        found |= set(session.scalars(text(_EACH.format(table=table))))
    return tuple(sorted(lift_id for lift_id in found if isinstance(lift_id, str)))


def since(session: Session) -> dict[str, datetime]:
    """Return since when `carriers` and `alarms` are counted; nothing of what nobody knows."""
    return _SINCE.read(session) or {}


def note_since(session: Session, times: dict[str, datetime]) -> None:
    """Store since when they are."""
    _SINCE.write(session, times)


def reviewed(
    session: Session, lift_ids: Collection[str], begin: datetime, end: datetime
) -> tuple[list[SecondLook], int]:
    """Return what people said of passages that were seen in [begin, end), and how many are damaged.

    Reads every review there is, of which there are few. Those that say `unknown` say nothing.
    """
    at = filters.unindexed(PassageRow.seen_at)
    query = select(PassageRow).where(filters.reviewed(), filters.unindexed(PassageRow.lift_id).in_(lift_ids))
    rows = readable(session, query.where(at >= begin, at < end), PassageRow.row, _reviewed)
    found = [one for _, one in rows if isinstance(one, SecondLook)]
    return found, sum(one is None for _, one in rows)


def _reviewed(row: PassageRow) -> SecondLook | str:
    review, judged = row.review or {}, row.judgement
    said = Verdict(review["verdict"])
    if said is Verdict.UNKNOWN:
        return said.value
    empty = not row.occupied and not judged.get("seat_unclear", False)
    alarmed = row.verdict == Verdict.OPEN.value and not empty
    # A person who did not say who sat there leaves it as it was seen.
    nobody = empty if review["occupied"] is None else not review["occupied"]
    return SecondLook(row.lift_id, row.seen_at, alarmed, said is Verdict.OPEN and not nobody)
