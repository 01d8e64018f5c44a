"""What happened to alarms, in order: for those who pass them on, and for those who ask about one."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, defer

from service.domain.alarm import AlarmChange
from service.domain.people import Origin
from service.store.alarms.queries import get
from service.store.alarms.rows import STORED, last_seq, read
from service.store.audit import entries
from service.store.damage import readable
from service.store.database import Store
from service.store.records import AlarmComment, AlarmEvent, OutboxEntry
from service.store.tables import AlarmEventRow, CommentRow, MetaRow

EPOCH = "epoch"

_EVENT, _COMMENT = TypeAdapter(AlarmEvent), TypeAdapter(AlarmComment)


class StoredOutbox:
    """The outbox of one database. Safe from any thread; every call raises StoreError if it cannot answer."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def newest(self) -> int:
        """Return the newest seq, 0 if there was no alarm yet."""
        with self._store.reading() as session:
            return last_seq(session)

    def page(self, after: int, limit: int) -> tuple[OutboxEntry, ...]:
        """Return the entries above `after`, oldest first, at most `limit`; damaged ones without an alarm."""
        with self._store.reading() as session:
            return outbox(session, after, limit)


def outbox(session: Session, after: int, limit: int = 200) -> tuple[OutboxEntry, ...]:
    """Return the alarms as they were at each seq above `after`, oldest first, at most `limit`.

    A row that cannot be read is an entry without an alarm: it must not keep back those after it.
    """
    query = select(AlarmEventRow.seq, STORED).where(AlarmEventRow.seq > after)
    rows = session.execute(query.order_by(AlarmEventRow.seq).limit(limit))
    return tuple(OutboxEntry(seq, read(stored)) for seq, stored in rows)


def changes(session: Session, after: int, limit: int = 200) -> tuple[AlarmChange, ...]:
    """Return the same entries as `outbox`, with what was done to each alarm."""
    return _changes(session, AlarmEventRow.seq > after, limit)


def newest_changes(session: Session, seqs: Collection[int]) -> tuple[AlarmChange, ...]:
    """Return the entries with these seqs, oldest first."""
    return _changes(session, AlarmEventRow.seq.in_(seqs), len(seqs))


def _changes(session: Session, which: ColumnElement[bool], limit: int) -> tuple[AlarmChange, ...]:
    def change(row: AlarmEventRow) -> AlarmChange:
        alarm = read(session.scalar(select(STORED).where(AlarmEventRow.seq == row.seq)))
        return AlarmChange(row.seq, row.at, row.action, row.actor, row.note, alarm)

    query = select(AlarmEventRow).where(which).order_by(AlarmEventRow.seq).limit(limit)
    rows = readable(session, query.options(defer(AlarmEventRow.alarm)), AlarmEventRow.seq, change)
    return tuple(found for _, found in rows if found is not None)


def ensure_epoch(session: Session) -> str:
    """Return the identity of this database's alarm sequence, made on the first call.

    A client that resumes with a `seq` of another epoch talks to another (or a rebuilt) database.
    """
    row = session.get(MetaRow, EPOCH)
    if row is None:
        row = MetaRow(key=EPOCH, value=str(uuid.uuid4()))
        session.add(row)
        entries.record(session, "database.epoch", row.value)
    return row.value


def events(session: Session, alarm_id: str) -> tuple[AlarmEvent, ...]:
    """Return everything that is readable of what happened to the alarm, oldest first."""

    def event(row: AlarmEventRow) -> AlarmEvent:
        stored = session.scalar(select(STORED).where(AlarmEventRow.seq == row.seq))
        alarm = read(stored)
        return _EVENT.validate_python(
            {
                "seq": row.seq,
                "at": row.at,
                "action": row.action,
                "actor": row.actor,
                "note": row.note,
                "state": None if alarm is None else alarm.state,
            }
        )

    query = select(AlarmEventRow).where(AlarmEventRow.alarm_id == alarm_id).order_by(AlarmEventRow.seq)
    rows = readable(session, query.options(defer(AlarmEventRow.alarm)), AlarmEventRow.seq, event)
    return tuple(found for _, found in rows if found is not None)


def comment(
    session: Session, alarm_id: str, author: str, text: str, at: datetime | None = None
) -> AlarmComment:
    """Write a comment; the alarm itself does not change and takes no seq. Raises NotFoundError."""
    get(session, alarm_id)
    row = CommentRow(alarm_id=alarm_id, author=author, text=text, at=at or datetime.now(UTC))
    session.add(row)
    session.flush()
    by = session.info.get(entries.ORIGIN) or Origin(author)
    entries.record(session, "alarm.comment", alarm_id, by=by, comment=row.id)
    return _comment(row)


def comments(session: Session, alarm_id: str) -> tuple[AlarmComment, ...]:
    """Return the alarm's readable comments, oldest first."""
    query = select(CommentRow).where(CommentRow.alarm_id == alarm_id).order_by(CommentRow.id)
    rows = readable(session, query, CommentRow.id, _comment)
    return tuple(found for _, found in rows if found is not None)


def _comment(row: CommentRow) -> AlarmComment:
    return _COMMENT.validate_python(
        {"id": row.id, "alarm_id": row.alarm_id, "author": row.author, "text": row.text, "at": row.at}
    )
