"""Carriers by lift and quarter of an hour: counted as they are stored, in the same transaction.

So each counts once, whenever it was reported, and a restart changes nothing. The last hour is in a table of
its own, which every carrier rewrites; what is older is added to the counts that are sealed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lifts.decision.verdict import Judgement
from service.figures.carriers import NAMES, CountedQuarter
from service.figures.periods import quarter_of
from service.store.sql.portable import driver_sql
from service.store.tables import CarrierCountRow, FreshCountRow

KEEP_FRESH = timedelta(hours=1)
MOST = 1_000_000_000
"""No quarter has so many carriers: a number above it is damaged."""

# As text: counting is part of every passage's transaction, and building these each time takes a while.
_ADD = "ON CONFLICT (lift_id, quarter) DO UPDATE SET"
_COUNT = {
    name: f"INSERT INTO fresh_counts (lift_id, quarter, {name}) VALUES (?, ?, ?)"  # noqa: S608 - our own columns
    f" {_ADD} {name} = fresh_counts.{name} + excluded.{name}"
    for name in NAMES
}
_FOLD = (
    f"INSERT INTO carrier_counts (lift_id, quarter, {', '.join(NAMES)})"  # noqa: S608
    f" SELECT lift_id, quarter, {', '.join(NAMES)} FROM fresh_counts WHERE quarter < ?"
    f" {_ADD} {', '.join(f'{name} = carrier_counts.{name} + excluded.{name}' for name in NAMES)}"
)
_DROP = "DELETE FROM fresh_counts WHERE quarter < ?"


def count(session: Session, lift_id: str, seen_at: datetime, judged: Judgement, carriers: int) -> None:
    """Count what a new passage stands for."""
    add = _COUNT[f"{judged.verdict.value}_{judged.seat.value}"]
    connection = session.connection()
    connection.exec_driver_sql(driver_sql(connection, add), (lift_id, quarter_of(seen_at), carriers))


def fold(session: Session, now: datetime) -> None:
    """Add what is older than an hour to the counts that are sealed."""
    before = (quarter_of(now - KEEP_FRESH),)
    connection = session.connection()
    for statement in (_FOLD, _DROP):
        connection.exec_driver_sql(driver_sql(connection, statement), before)


def within(
    session: Session, lifts: Collection[str], begin: datetime, end: datetime
) -> tuple[list[CountedQuarter], int]:
    """Return the counts of these lifts in [begin, end), and how many rows of them are damaged.

    A quarter may come twice: what is counted of it, and what was reported late.
    """
    found: list[CountedQuarter] = []
    unreadable = 0
    for table in (CarrierCountRow, FreshCountRow):
        query = select(table.lift_id, table.quarter, *(getattr(table, name) for name in NAMES))
        first, after = quarter_of(begin), quarter_of(end)
        query = query.where(table.lift_id.in_(lifts), table.quarter >= first, table.quarter < after)
        for lift_id, quarter, *counts in session.execute(query):
            if all(isinstance(number, int) and 0 <= number < MOST for number in (quarter, *counts)):
                found.append(CountedQuarter(lift_id, quarter, tuple(counts)))
            else:
                unreadable += 1
    return found, unreadable
