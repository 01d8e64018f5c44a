"""When lifts were watched, as `service.figures.watching` says it; and what has not ended yet."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.figures.watching import LONGEST, WatchSpan
from service.store.damage import readable
from service.store.tables import MetaRow, WatchSpanRow

_NOTE = "watch_spans"
"""Key in `meta`: the span of each lift that goes on."""

_CURRENT, _SPAN = TypeAdapter(dict[str, WatchSpan]), TypeAdapter(WatchSpan)
_FIELDS = ("lift_id", "begin", "end", "state", "camera")


def keep(session: Session, ended: Iterable[WatchSpan], current: Mapping[str, WatchSpan]) -> None:
    """Store spans that have ended, and in place of what was noted those that go on."""
    rows = [{name: getattr(span, name) for name in _FIELDS} for span in ended]
    if rows:
        session.execute(insert(WatchSpanRow), rows)
    session.merge(MetaRow(key=_NOTE, value=_CURRENT.dump_json(dict(current)).decode()))


def current(session: Session) -> dict[str, WatchSpan]:
    """Return the span of each lift that goes on, or did when the service ended; of a damaged note nothing."""
    query = select(MetaRow).where(MetaRow.key == _NOTE)
    rows = readable(session, query, MetaRow.key, lambda row: _CURRENT.validate_json(row.value))
    return {lift_id: span for _, spans in rows for lift_id, span in (spans or {}).items()}


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
