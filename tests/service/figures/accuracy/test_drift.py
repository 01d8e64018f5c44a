"""The test of drift on planted lifts."""

from collections import Counter

import pytest

from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.cells import ReviewOutcome
from service.figures.accuracy.drift import Trend, drift_of
from tests.service.figures.accuracy.planted import PlantedRates

SEASONS, DAYS = 30, 56


def trends(lift: PlantedRates, event: ReviewOutcome, count: int = SEASONS) -> Counter[Trend]:
    found = [
        drift_of(
            lift.watch(DAYS, seed),
            event,
            lambda one: (one is Stratum.ALARM) is (event is ReviewOutcome.FALSE),
        )
        for seed in range(count)
    ]
    assert all(one.p is None or 0 < one.p <= 1 for one in found)
    return Counter(one.trend for one in found)


@pytest.mark.parametrize("event", [ReviewOutcome.MISSED, ReviewOutcome.FALSE])
def test_a_steady_lift_is_called_so(event: ReviewOutcome) -> None:
    """At a level of 5 % at most so many of the seasons show a drift that there is not."""
    found = trends(PlantedRates(), event)
    assert found[Trend.TOO_FEW] == 0
    assert found[Trend.MORE] + found[Trend.FEWER] <= 4


def test_a_drift_is_found() -> None:
    """Three times as many false alarms, or hardly any in the end: both are said, the right way round."""
    assert trends(PlantedRates(drift=2.0), ReviewOutcome.FALSE, 20)[Trend.MORE] >= 19
    assert trends(PlantedRates(drift=-0.9), ReviewOutcome.FALSE, 20)[Trend.FEWER] >= 19


def test_more_reviews_are_no_drift() -> None:
    """Reviewed twice as much in the second half, with the same rates: steady."""
    few, many = PlantedRates(reviewed=0.3), PlantedRates()
    found = Counter(
        drift_of(
            few.watch(DAYS, seed)[: 5 * DAYS // 2] + many.watch(DAYS, seed)[5 * DAYS // 2 :],
            ReviewOutcome.MISSED,
        ).trend
        for seed in range(25)
    )
    assert found[Trend.MORE] + found[Trend.FEWER] <= 4


def test_few_events_say_nothing() -> None:
    """Without misses, and within one week, nothing is called a trend."""
    none = PlantedRates(missed=dict.fromkeys(PlantedRates().missed, 0.0))
    assert drift_of(none.watch(DAYS, 1), ReviewOutcome.MISSED).trend is Trend.TOO_FEW
    assert drift_of(PlantedRates().watch(7, 1), ReviewOutcome.FALSE).trend is Trend.TOO_FEW
