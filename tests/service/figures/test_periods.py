"""Shifts, days, weeks and seasons by the resort's clock, also where it is changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from service.figures.periods import ReportPeriod, ResortCalendar, ShiftHours, begin_of, quarter_of

PARIS = ResortCalendar(ZoneInfo("Europe/Paris"))
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)


def hours(calendar: ResortCalendar, period: ReportPeriod, day: date, text: str | None = None) -> list[float]:
    shift = None if text is None else ShiftHours.read(text)
    return [
        (stretch.end - stretch.begin) / timedelta(hours=1)
        for stretch in calendar.stretches(period, day, shift)
    ]


def test_a_day_with_a_changed_clock_has_23_or_25_hours() -> None:
    """And as many parts; the hour that comes twice is two of them."""
    for day, length in ((SPRING, 23), (AUTUMN, 25), (date(2026, 1, 31), 24)):
        stretches = PARIS.stretches(ReportPeriod.DAY, day, None)
        parts = PARIS.parts(ReportPeriod.DAY, stretches)
        assert hours(PARIS, ReportPeriod.DAY, day) == [length]
        assert len(parts) == length
        assert all(one.end == other.begin for one, other in pairwise(parts))
    local = [PARIS.hour_of(part.begin) for part in parts]
    assert local == list(range(24))
    twice = PARIS.parts(ReportPeriod.DAY, PARIS.stretches(ReportPeriod.DAY, AUTUMN, None))
    assert [PARIS.hour_of(part.begin) for part in twice].count(2) == 2
    assert sum(hours(PARIS, ReportPeriod.WEEK, SPRING)) == 7 * 24 - 1


def test_shifts_begin_at_the_quarter_and_may_end_on_the_next_day() -> None:
    """08:45 to 16:30; 18:00 to 01:15 past midnight, also in the night in which the clock is changed."""
    assert hours(PARIS, ReportPeriod.SHIFT, date(2026, 1, 31), "08:45-16:30") == [7.75]
    assert hours(PARIS, ReportPeriod.SHIFT, date(2026, 1, 31), "18:00-01:15") == [7.25]
    assert hours(PARIS, ReportPeriod.SHIFT, date(2026, 3, 28), "18:00-04:00") == [9]
    parts = PARIS.parts(
        ReportPeriod.SHIFT,
        PARIS.stretches(ReportPeriod.SHIFT, date(2026, 1, 31), ShiftHours.read("08:45-10:30")),
    )
    assert [(p.end - p.begin) / timedelta(minutes=1) for p in parts] == [15, 60, 30]
    for wrong in ("8:45-10:00", "08:40-10:00", "08:45", "24:00-08:00", "08:45-10:00 "):
        with pytest.raises(ValueError, match="expected hours"):
            ShiftHours.read(wrong)


def test_weeks_begin_on_monday_and_seasons_where_they_are_set() -> None:
    """A day in the season's first half and one in its second give the same season."""
    assert PARIS.days(ReportPeriod.WEEK, date(2026, 2, 1)) == (date(2026, 1, 26), date(2026, 2, 2))
    season = (date(2025, 10, 1), date(2026, 10, 1))
    assert PARIS.days(ReportPeriod.SEASON, date(2025, 10, 1)) == season
    assert PARIS.days(ReportPeriod.SEASON, date(2026, 9, 30)) == season
    assert sum(hours(PARIS, ReportPeriod.SEASON, date(2026, 1, 1))) == 365 * 24


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Asia/Tehran", "America/St_Johns", "Australia/Lord_Howe"])
def test_every_hour_of_every_zone_falls_on_a_quarter(zone: str) -> None:
    """Also where hours lie half an hour or a quarter beside UTC's, and a clock is changed by half an hour."""
    calendar = ResortCalendar(ZoneInfo(zone))
    for day in (date(2026, 1, 31), date(2026, 4, 5), date(2026, 10, 4)):
        stretches = calendar.stretches(ReportPeriod.DAY, day, None)
        for part in calendar.parts(ReportPeriod.DAY, stretches):
            assert begin_of(quarter_of(part.begin)) == part.begin
            assert begin_of(quarter_of(part.end)) == part.end
            assert calendar.date_of(part.begin) == day
    assert quarter_of(datetime(1970, 1, 1, 0, 29, tzinfo=UTC)) == 1
