"""For how long things have waited, whatever the clock says that their beginnings were read from."""

from datetime import UTC, datetime, timedelta

from service.host.clocks.waits import Waits

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_at_the_first_look_the_stored_time_decides() -> None:
    """Nobody counted before it. What begins in the future has not waited."""
    waits: Waits[str] = Waits()
    found = waits.look({"old": NOW - 3 * MINUTE, "future": NOW + MINUTE}, NOW, 1000)
    assert found == {"old": 180, "future": 0}
    assert waits.look({"future": NOW + MINUTE, "old": NOW - 3 * MINUTE}, NOW, 1007) == {
        "future": 7,
        "old": 187,
    }


def test_after_it_only_the_counter_does() -> None:
    """What came since the last look has waited for no longer than that; what left is forgotten."""
    waits: Waits[str] = Waits()
    waits.look({}, NOW, 1000)
    assert waits.look({"new": NOW - timedelta(days=1)}, NOW, 1002) == {"new": 2}
    assert waits.look({"new": NOW - timedelta(days=1)}, NOW + timedelta(days=9), 1003) == {"new": 3}
    assert waits.look({}, NOW, 1004) == {}
    assert waits.look({"new": NOW}, NOW, 1005) == {"new": 0}
