"""The key figures of a history that is small enough to be worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from service.figures.floods import FloodSpan, find_floods
from service.figures.key_figures import AlarmSource, Annunciation, key_figures
from service.figures.limits import Rating

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
BAR, LOST = AlarmSource("bar_open", "a", ""), AlarmSource("camera_lost", "b", "")


def at(minutes: float, seconds: float = 0) -> datetime:
    return NOON + timedelta(minutes=minutes, seconds=seconds)


def test_a_history_worked_by_hand() -> None:
    """Sixteen alarms in four hours: every figure, by hand."""
    # Twelve open bars at 60, 60.5, ... 65.5: acknowledged after 10, 20, ... 120 s.
    bars = [
        Annunciation(BAR, 2, at(60 + n / 2), at(60 + n / 2) + timedelta(seconds=10 * (n + 1)))
        for n in range(12)
    ]
    # The camera of b: at 100, 100.3 and 100.8, which chatters, and 239.5. Nobody acknowledged the last two.
    lost = [
        Annunciation(LOST, 1, at(100), at(110)),
        Annunciation(LOST, 1, at(100.3), at(110)),
        Annunciation(LOST, 1, at(100.8)),
        Annunciation(LOST, 1, at(100.9), chatters=True),
        Annunciation(LOST, 1, at(239.5)),
    ]
    standing = [at(239.5), at(100), at(-24 * 60 + 239), at(-24 * 60 + 241)]
    found = key_figures([*bars, *lost], standing, at(0), at(240), at(240))

    assert found.alarms == 16  # what is said of an alarm that stands is no further one
    assert found.per_hour == 4.0
    assert found.per_day == 96.0
    assert found.per_10_minutes == pytest.approx(16 / 24)
    assert found.peak_10_minutes == 12
    assert found.peak_hour == 15  # 60 to 65.5 and 100 to 100.8
    # The tenth bar comes at 64.5. Eight of twelve are ten minutes old at 73.5: four are left then.
    assert found.floods == (FloodSpan(at(64.5), at(73.5), 12, 12),)
    assert found.flood_share == pytest.approx(9 / 240)
    assert found.standing == 4
    assert found.stale == 1  # of 24 hours and a minute; the one of 23:59 is not
    # Acknowledged after 10, 20, ... 120, 582 and 600 s: the middle of 14 lies between 70 and 80.
    times = found.acknowledging
    assert (times.acknowledged, times.waiting) == (14, 2)
    assert times.median_s == 75.0
    # Positions 0.9 * 13 = 11.7 and 0.99 * 13 = 12.87 of 0 to 13: between 120 and 582, 582 and 600.
    assert times.p90_s == pytest.approx(120 + 0.7 * (582 - 120))
    assert times.p99_s == pytest.approx(582 + 0.87 * 18)
    # Six within 60 s, of the 14 and of the one that waits for longer. The one of 239.5 waits for 30 s only.
    assert times.within_aim == pytest.approx(6 / 15)
    assert found.chattering == (LOST,)
    assert [(one.source, one.count, one.share) for one in found.top] == [(BAR, 12, 0.75), (LOST, 4, 0.25)]
    assert found.top_ten_share == 1.0
    assert found.priorities == {2: 12, 1: 4}
    assert found.ratings() == {
        "per_day": Rating.ACCEPTABLE,
        "per_hour": Rating.ACCEPTABLE,
        "per_10_minutes": Rating.ACCEPTABLE,
        "peak_10_minutes": Rating.TOO_HIGH,
        "flood_share": Rating.TOO_HIGH,
        "chattering": Rating.TOO_HIGH,
        "stale": Rating.ACCEPTABLE,
        "standing": Rating.ACCEPTABLE,
    }


def test_of_no_alarm_every_figure_is_nought() -> None:
    """Nothing is divided by nothing, and nobody is said to have acknowledged in time."""
    found = key_figures([], [], at(0), at(60), at(60))
    assert (found.alarms, found.per_day, found.flood_share, found.top_ten_share) == (0, 0, 0, 0)
    assert found.acknowledging.median_s is None
    assert found.acknowledging.within_aim is None
    assert set(found.ratings().values()) == {Rating.ACCEPTABLE}
    with pytest.raises(ValueError, match="span of time"):
        key_figures([], [], at(1), at(1), at(1))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (list(range(9)), []),
        (list(range(10)), [(9, 15.0, 10, 10)]),  # at 15 the sixth is over: four are left
        ([n * 1.2 for n in range(10)], []),  # nine within any ten minutes: the tenth comes at 10.8
        # One every two minutes keeps five within ten: it goes on until 53, when the last four are left.
        ([*range(10), *range(11, 52, 2)], [(9, 53.0, 31, 10)]),
        ([*range(10), *[m + 60 for m in range(10)]], [(9, 15.0, 10, 10), (69, 75.0, 10, 10)]),
    ],
)
def test_floods(minutes: list[float], expected: list[tuple[float, float, int, int]]) -> None:
    """A flood begins with ten alarms in ten minutes and ends with fewer than five."""
    spans = [FloodSpan(at(begin), at(end), alarms, peak) for begin, end, alarms, peak in expected]
    assert list(find_floods([at(minute) for minute in minutes], at(120))) == spans


def test_a_flood_that_goes_on_ends_with_the_time_asked_for() -> None:
    """Its length is what is known of it; it is not counted into the future."""
    assert find_floods([at(n / 10) for n in range(10)], at(3)) == (FloodSpan(at(0.9), at(3), 10, 10),)


def test_many_sources_are_rated_by_the_share_of_ten() -> None:
    """Eleven kinds with one alarm each: ten of them are 10/11, far more than a twentieth."""
    raised = [Annunciation(AlarmSource("bar_open", str(n), ""), 2, at(20 * n)) for n in range(11)]
    found = key_figures(raised, [], at(0), at(240), at(240))
    assert found.top_ten_share == pytest.approx(10 / 11)
    assert found.ratings()["top_ten_share"] is Rating.TOO_HIGH
    assert found.acknowledging.within_aim == 0.0
