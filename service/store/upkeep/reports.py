"""Deletes what reports are made of once it is too old, in steps so small that no alarm waits for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ColumnElement, delete, select, tuple_
from sqlalchemy.orm import Session

from service.figures.periods import quarter_of
from service.store.database import Store
from service.store.reports import history
from service.store.tables import CallRow, CarrierCountRow, WatchSpanRow
from service.store.upkeep import tally
from service.store.upkeep.classes import Retention

_Rows = type[CarrierCountRow | CallRow | WatchSpanRow]

STEP = 100
"""Rows of one transaction: they are small."""


def prune_reports(
    store: Store, retention: Retention, now: datetime, rest: Callable[[], bool] = lambda: False
) -> None:
    """Delete what is older than `max_report_age_days`; `rest` pauses between steps, True ends the pass.

    Raises:
        StoreError: the database cannot answer; the next pass goes on.
    """
    before = now - timedelta(days=retention.max_report_age_days)
    old: tuple[tuple[_Rows, ColumnElement[bool]], ...] = (
        (CarrierCountRow, CarrierCountRow.quarter < quarter_of(before)),
        (CallRow, CallRow.at < before),
        (WatchSpanRow, WatchSpanRow.begin < before),
    )
    for table, too_old in old:
        while store.write(partial(_step, table=table, too_old=too_old, before=before, now=now)).result():
            store.database.checkpoint()
            if rest():
                return


def _step(
    session: Session, table: _Rows, too_old: ColumnElement[bool], before: datetime, now: datetime
) -> int:
    """Delete at most STEP rows; return how many."""
    key = table.__table__.primary_key
    gone = [tuple(row) for row in session.execute(select(*key).where(too_old).limit(STEP))]
    if gone:
        these = delete(table).where(tuple_(*key).in_(gone))
        session.execute(these.execution_options(synchronize_session=False))
        tally.note(session, {table.__tablename__: [before] * len(gone)}, now)
        since = history.since(session)
        history.note_since(session, {name: max(at, before) for name, at in since.items()})
    return len(gone)
