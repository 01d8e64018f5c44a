"""Floods of alarms after EEMUA 191 and ISA-18.2: more alarms than one person can follow. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
BEGINS_AT, ENDS_BELOW = 10, 5
"""Alarms within WINDOW with which a flood begins, and below which it ends."""


@dataclass(frozen=True, slots=True)
class FloodSpan:
    """One flood. alarms: raised from the first of the ten that began it; peak: the most within WINDOW."""

    begin: datetime
    end: datetime
    alarms: int
    peak: int


def find_floods(raised: Sequence[datetime], until: datetime) -> tuple[FloodSpan, ...]:
    """Return the floods among alarms raised at these aware times, in order; the last may end with `until`.

    A flood begins when the tenth alarm within ten minutes is raised, and ends when the ten minutes before
    hold fewer than five.
    """
    found: list[FloodSpan] = []
    recent: deque[datetime] = deque()
    begin: datetime | None = None
    alarms = peak = 0
    # An alarm that comes in the moment in which another one's ten minutes are over takes its place.
    steps = sorted([*((at, 0) for at in raised), *((at + WINDOW, 1) for at in raised if at + WINDOW < until)])
    for at, over in steps:
        if over:
            recent.popleft()
        else:
            recent.append(at)
            alarms, peak = alarms + 1, max(peak, len(recent))
        if begin is None and len(recent) >= BEGINS_AT:
            begin, alarms, peak = at, len(recent), len(recent)
        elif begin is not None and len(recent) < ENDS_BELOW:
            found.append(FloodSpan(begin, at, alarms, peak))
            begin = None
    if begin is not None:
        found.append(FloodSpan(begin, until, alarms, peak))
    return tuple(found)


def most_within(raised: Iterable[datetime], window: timedelta) -> int:
    """Return the most alarms within any span of this length; `raised`: aware times, in order."""
    recent: deque[datetime] = deque()
    most = 0
    for at in raised:
        recent.append(at)
        while recent[0] + window <= at:
            recent.popleft()
        most = max(most, len(recent))
    return most
