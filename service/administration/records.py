"""The records of self-tests of every lift, each with whether its signature holds."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnClause, Integer, literal_column, select
from sqlalchemy.orm import Session

from service.audit.selftests import RecordState, keys_in, state_of
from service.store.audit import entries
from service.store.tables import AuditRow, SelfTestRow
from service.store.trials.self_tests import digest_of

_ROW: ColumnClause[int] = literal_column("self_tests.rowid", Integer)
"""Records are only ever added: the newest has the highest."""

_SHOWN = ("id", "lift_id", "number", "result", "record", "signature", "public_key")


@dataclass(frozen=True, slots=True)
class SignedRecord:
    """A record as it is listed. fault: why its state is not SIGNED, in English. by: who asked for it."""

    lift_id: str
    number: int
    started_at: datetime
    result: str
    by: str
    sha256: str
    state: RecordState
    fault: str


def signed_records(
    session: Session, own: Collection[str], lift_id: str | None, before: int | None, limit: int
) -> tuple[list[SignedRecord], int | None]:
    """Return a page of records, newest first, and the cursor of the page after it, None if that was all.

    own: public keys that are this installation's besides those that the audit names. lift_id: of this lift
    only. before: the cursor.
    """
    query = select(SelfTestRow, _ROW).order_by(_ROW.desc()).limit(limit + 1)
    if lift_id is not None:
        query = query.where(SelfTestRow.lift_id == lift_id)
    if before is not None:
        query = query.where(before > _ROW)
    rows = [(row, number) for row, number in session.execute(query)]
    starts = session.scalars(select(AuditRow.details).where(AuditRow.action == "service.start"))
    keys = keys_in(starts) | frozenset(own)
    found = [_read(session, row, keys) for row, _ in rows[:limit]]
    return found, rows[limit - 1][1] if len(rows) > limit else None


def _read(session: Session, row: SelfTestRow, keys: frozenset[str]) -> SignedRecord:
    values = {name: getattr(row, name) for name in _SHOWN}
    values["started_at"] = f"{row.started_at:%Y-%m-%d %H:%M:%S}"
    state, fault = state_of(values, keys)
    digest = digest_of(row.record)
    if state is RecordState.SIGNED and _noted(session, f"{row.lift_id}/{row.number}") != digest:
        state = RecordState.NOT_IN_AUDIT
        fault = "the audit's entry self_test.run names another record, or there is none"
    return SignedRecord(
        *(row.lift_id, row.number, row.started_at, row.result),
        *(_by(row.record), digest, state, fault or ""),
    )


def _noted(session: Session, subject: str) -> str:
    """Return the digest that the audit names for a record; empty if none."""
    for entry in entries.listing(session, action="self_test.run", subject=subject, limit=1):
        try:
            return str(json.loads(entry.details)["sha256"])
        except (ValueError, LookupError, TypeError):
            break
    return ""


def _by(record: str) -> str:
    try:
        return str(json.loads(record)["by"])
    except (ValueError, LookupError, TypeError):
        return ""
