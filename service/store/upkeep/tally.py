"""What retention deletes, in the audit: one entry for each class and day, not one for each step.

The counts of a day that is not over are a note in the database, written with each step's deletion: none
is lost with the power. The entries are written with the first step, or pass, of another day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import AwareDatetime, NonNegativeInt, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from service.domain.people import SYSTEM
from service.store.audit import entries
from service.store.tables import MetaRow

KEY = "retention"
ACTION = "retention.delete"


@dataclass(frozen=True, slots=True)
class DeletedOfClass:
    """How many of a class were deleted, and the times of the oldest and the newest of them."""

    count: NonNegativeInt
    oldest: AwareDatetime
    newest: AwareDatetime


_Days = dict[str, dict[str, DeletedOfClass]]
_DAYS = TypeAdapter(_Days)


def note(session: Session, deleted: Mapping[str, Sequence[datetime]], now: datetime) -> None:
    """Count what a step deletes, in its transaction: for each class the times of what goes."""
    days = _read(session)
    today = days.setdefault(f"{now:%Y-%m-%d}", {})
    for name, times in deleted.items():
        if times:
            was = today.get(name, DeletedOfClass(0, times[0], times[0]))
            oldest, newest = min(was.oldest, *times), max(was.newest, *times)
            today[name] = DeletedOfClass(was.count + len(times), oldest, newest)
    _keep(session, days, now)


def close_days(session: Session, now: datetime) -> None:
    """Write the entries of the days that are over at `now`."""
    days = _read(session)
    if any(day != f"{now:%Y-%m-%d}" for day in days):
        _keep(session, days, now)


def _keep(session: Session, days: _Days, now: datetime) -> None:
    today = f"{now:%Y-%m-%d}"
    for day in sorted(day for day in days if day != today):
        for name, of in sorted(days.pop(day).items()):
            span = f"{of.oldest.isoformat()}/{of.newest.isoformat()}"
            entries.record(session, ACTION, name, by=SYSTEM, day=day, count=of.count, span=span)
    session.merge(MetaRow(key=KEY, value=_DAYS.dump_json(days).decode()))


def _read(session: Session) -> _Days:
    row = session.get(MetaRow, KEY)
    if row is None:
        return {}
    try:
        return _DAYS.validate_json(row.value)
    except ValidationError:  # damaged: what was deleted is in the seals all the same
        return {}
