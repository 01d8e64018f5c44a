"""The times that reports are about: a shift, a day, a week, a season, by the resort's own clock. Pure.

A day ends where the next one begins: where the clock is changed it has 23 or 25 hours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
"""What carriers are counted by: every zone's hours, and every shift's beginning, fall on one."""

HOURS_PATTERN = r"^([01][0-9]|2[0-3]):(00|15|30|45)-([01][0-9]|2[0-3]):(00|15|30|45)$"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ReportPeriod(StrEnum):
    """How much time a report is about."""

    SHIFT = "shift"
    DAY = "day"
    WEEK = "week"
    SEASON = "season"


class Stretch(NamedTuple):
    """From `begin` to `end`, aware times in UTC."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ShiftHours:
    """A part of each day, by the resort's clock; one that ends before it begins ends on the next day."""

    begin: time
    end: time

    @classmethod
    def read(cls, text: str) -> ShiftHours:
        """Read such as 08:30-16:30. Raises ValueError."""
        if re.fullmatch(HOURS_PATTERN, text) is None:
            raise ValueError(f"expected hours such as 08:30-16:30, by the quarter, got {text!r}")
        begin, end = text.split("-")
        return cls(time.fromisoformat(begin), time.fromisoformat(end))

    def __str__(self) -> str:
        return f"{self.begin:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True)
class ResortCalendar:
    """The resort's clock and year. season_from: month and day on which a season begins."""

    zone: ZoneInfo
    season_from: tuple[int, int] = (10, 1)

    def date_of(self, moment: datetime) -> date:
        """Return the day of an aware time."""
        return moment.astimezone(self.zone).date()

    def hour_of(self, moment: datetime) -> int:
        """Return the hour of the day, 0..23."""
        return moment.astimezone(self.zone).hour

    def days(self, period: ReportPeriod, day: date) -> tuple[date, date]:
        """Return the first day of the period that holds `day`, and the day after its last.

        A week begins on Monday; a season lasts a year.
        """
        if period is ReportPeriod.WEEK:
            first = day - timedelta(days=day.weekday())
            return first, first + timedelta(days=7)
        if period is ReportPeriod.SEASON:
            month, of_month = self.season_from
            began = date(day.year, month, of_month)
            first = began if began <= day else date(day.year - 1, month, of_month)
            return first, date(first.year + 1, month, of_month)
        return day, day + timedelta(days=1)

    def stretches(self, period: ReportPeriod, day: date, hours: ShiftHours | None) -> tuple[Stretch, ...]:
        """Return the time of each day of the period: all of it, or the hours of a shift."""
        first, after = self.days(period, day)
        return tuple(self._of_day(first + timedelta(days=n), hours) for n in range((after - first).days))

    def parts(self, period: ReportPeriod, stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
        """Return what figures are shown by: hours of a shift or day, days of a week or season."""
        if period in (ReportPeriod.WEEK, ReportPeriod.SEASON):
            return stretches
        return tuple(part for stretch in stretches for part in self._hours(stretch))

    def _of_day(self, day: date, hours: ShiftHours | None) -> Stretch:
        if hours is None:
            return Stretch(self._at(day, time()), self._at(day + timedelta(days=1), time()))
        over = timedelta(days=1 if hours.end <= hours.begin else 0)
        return Stretch(self._at(day, hours.begin), self._at(day + over, hours.end))

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def _hours(self, stretch: Stretch) -> Iterator[Stretch]:
        begin = stretch.begin
        while begin < stretch.end:
            left = timedelta(minutes=60 - begin.astimezone(self.zone).minute)
            end = min(begin + left, stretch.end)
            yield Stretch(begin, end)
            begin = end


def quarter_of(moment: datetime) -> int:
    """Return the number of the quarter of an hour that holds an aware time, since 1970 began in UTC."""
    return (moment - _EPOCH) // QUARTER


def begin_of(quarter: int) -> datetime:
    """Return when a quarter begins."""
    return _EPOCH + quarter * QUARTER
