"""When lifts were watched, as `service.figures.watching` says it; and what has not ended yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.figures.watching import LONGEST, WatchSpan
from service.store.damage import KeptNote, readable
from service.store.tables import WatchSpanRow

_CURRENT = KeptNote("watch_spans", TypeAdapter(dict[str, WatchSpan]))
"""The span of each lift that goes on."""

_SPAN = TypeAdapter(WatchSpan)
_FIELDS = ("lift_id", "begin", "end", "state", "camera")


def keep(session: Session, ended: Iterable[WatchSpan], current: Mapping[str, WatchSpan]) -> None:
    """Store spans that have ended, and in place of what was noted those that go on."""
    rows = [{name: getattr(span, name) for name in _FIELDS} for span in ended]
    if rows:
        session.execute(insert(WatchSpanRow), rows)
    _CURRENT.write(session, dict(current))


def current(session: Session) -> dict[str, WatchSpan]:
    """Return the span of each lift that goes on, or did when the service ended; of a damaged note nothing."""
    return _CURRENT.read(session) or {}


def within(
    session: Session, lifts: Collection[str], begin: datetime, end: datetime
) -> tuple[list[WatchSpan], int]:
    """Return these lifts' spans that overlap with [begin, end), and how many rows are damaged."""
    earliest = begin - LONGEST - LONGEST  # the last piece of one may be a little longer than a day
    query = select(WatchSpanRow).where(
        WatchSpanRow.lift_id.in_(lifts), WatchSpanRow.begin >= earliest, WatchSpanRow.begin < end
    )
    spans = [span for _, span in readable(session, query, WatchSpanRow.row, _span)]
    lasting = [span for lift_id, span in current(session).items() if lift_id in lifts]
    found = [
        span for span in (*spans, *lasting) if span is not None and span.end > begin and span.begin < end
    ]
    return found, sum(span is None for span in spans)


def _span(row: WatchSpanRow) -> WatchSpan:
    return _SPAN.validate_python({name: getattr(row, name) for name in _FIELDS})
