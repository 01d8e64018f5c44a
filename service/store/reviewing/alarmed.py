"""What people say of the carriers that alarms are about."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.reviewing.answers import was_right
from service.store import passages
from service.store.damage import readable
from service.store.tables import PassageRow


def rights(session: Session, passage_ids: Collection[str]) -> dict[str, bool | None]:
    """Return, by passage, whether an alarm of it was right; None: nobody can tell, or people differ.

    What nobody has answered, is gone or damaged is left out. passage_ids: at most a page of them.
    """
    query = select(PassageRow).where(PassageRow.id.in_(passage_ids), PassageRow.review.is_not(None))
    rows = readable(session, query, PassageRow.row, passages.record_of)
    return {
        one.id: was_right(one.review.settled) for _, one in rows if one is not None and one.review is not None
    }
