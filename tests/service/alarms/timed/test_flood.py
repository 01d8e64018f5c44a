"""Floods: ten alarms in ten minutes, until fewer than five have come in ten."""

from datetime import UTC, datetime, timedelta

from service.alarms.timed.flood import FloodWatch
from service.domain.alarm import AlarmFlood

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_a_flood_begins_with_ten_and_is_over_below_five() -> None:
    """It has one beginning, and does not flicker at its limit."""
    watch = FloodWatch()
    found = [
        watch.step(alarms, NOW + timedelta(minutes=minute))
        for minute, alarms in enumerate((0, 9, 10, 9, 5, 12, 4, 9, 10))
    ]
    began, again = NOW + timedelta(minutes=2), NOW + timedelta(minutes=8)
    assert [each and (each.since, each.alarms) for each in found] == [
        None,
        None,
        (began, 10),
        (began, 9),
        (began, 5),
        (began, 12),
        None,
        None,
        (again, 10),
    ]
    assert found[2] == AlarmFlood(began, 10)
