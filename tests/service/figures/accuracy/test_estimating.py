"""Estimates of planted rates: over many simulated seasons, and by hand."""

from datetime import timedelta

import numpy as np
import pytest

from service.domain.reviewing.answers import ReviewAnswer
from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.cells import (
    DrawnStratum,
    ReviewCell,
    ReviewedPassage,
    ReviewOutcome,
    cells_of,
    outcome_of,
)
from service.figures.accuracy.estimating import MISSES_WITHIN, BoundedShare, accuracy_of
from tests.service.figures.accuracy.planted import DAY, PlantedRates

WEEKS = 4
CAUGHT, MISSED, FALSE, FINE, UNSURE = ReviewOutcome
USUAL = PlantedRates()
LIFTS = {
    "usual": USUAL,
    "some unclear": PlantedRates(unsure=0.05),
    "where nobody looks for them": PlantedRates(missed={**USUAL.missed, Stratum.CLEAR: 0.01}),
    "half reviewed": PlantedRates(reviewed=0.4),
    "no misses": PlantedRates(missed=dict.fromkeys(USUAL.missed, 0.0), false_share=0.5),
}


def check_coverage(lift: PlantedRates, seasons: int) -> None:
    """At least 95 % of the intervals have the planted rates, less three errors of so many seasons."""
    found = [accuracy_of(lift.watch(7 * WEEKS, seed)) for seed in range(seasons)]
    misses = [each.misses for each in found if each.misses is not None]
    false = [each.false_alarms for each in found if each.false_alarms is not None]
    assert len(misses) == len(false) == seasons
    for estimates, truth in ((misses, lift.miss_share), (false, lift.false_share)):
        held = np.mean([one.low <= truth <= one.high for one in estimates])
        assert held >= 0.95 - 3 * (0.95 * 0.05 / seasons) ** 0.5, (held, truth)
        assert np.mean([one.lowest <= truth <= one.highest for one in estimates]) >= held
        middle = np.array([one.expected for one in estimates], float)
        assert middle.mean() == pytest.approx(truth, abs=4 * middle.std() / seasons**0.5 + 0.003)


@pytest.mark.thorough
@pytest.mark.parametrize("name", list(LIFTS)[:3])
def test_the_intervals_hold_what_was_planted(name: str) -> None:
    """Over a few seasons; the next test takes many."""
    check_coverage(LIFTS[name], 50)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(LIFTS))
def test_the_intervals_hold_it_over_many_seasons(name: str) -> None:
    """Of a thousand seasons at least 93 % have the planted rate; the mean estimate is near it."""
    check_coverage(LIFTS[name], 1000)


def test_an_unweighted_count_would_not_hold_it() -> None:
    """The check above can fail: misses as they were found, each for itself, leave the planted rate out."""
    lift = PlantedRates(missed={**USUAL.missed, Stratum.CLEAR: 0.01})
    naive = []
    for seed in range(20):
        cells = lift.watch(7 * WEEKS, seed)
        alone = [ReviewCell(one.day, one.stratum, one.reviewed, one.counts) for one in cells]
        misses = accuracy_of(alone).misses
        assert misses is not None
        naive.append(misses.low <= lift.miss_share <= misses.high)
    assert np.mean(naive) < 0.1


def known(share: BoundedShare | None) -> BoundedShare:
    assert share is not None
    return share


def cell(stratum: Stratum, population: int, day: int = 0, **counts: int) -> ReviewCell:
    return ReviewCell(
        DAY + timedelta(days=day), stratum, population, {ReviewOutcome(one): n for one, n in counts.items()}
    )


def test_numbers_worked_by_hand() -> None:
    """One miss that stands for 50 carriers beside 100 caught: 333 of 1,000; 4 of 12 alarms false."""
    found = accuracy_of(
        [
            cell(Stratum.CLEAR, 1000, missed=1, fine=19),
            cell(Stratum.ALARM, 150, caught=100, false=50),
            cell(Stratum.UNSEEN, 7),
        ]
    )
    misses = known(found.misses)
    assert misses.expected == pytest.approx(50 / 150)
    assert known(found.false_alarms).expected == pytest.approx(1 / 3)
    assert known(found.missed_carriers).expected == pytest.approx(50 / 1150)
    assert misses.low < 0.05
    assert misses.high > 0.6
    assert (found.carriers, found.unseen, found.alarms, found.reviewed) == (1150, 7, 150, 170)
    assert (misses.lowest, misses.highest) == (misses.low, misses.high)


def test_days_without_reviews_are_taken_to_be_like_the_others() -> None:
    """Twice the days, half of them reviewed: the same rates."""
    once = [cell(Stratum.CLEAR, 1000, missed=1, fine=19), cell(Stratum.ALARM, 100, caught=100)]
    more = [*once, cell(Stratum.CLEAR, 1000, day=1), cell(Stratum.ALARM, 100, day=1)]
    first, second = known(accuracy_of(once).misses), known(accuracy_of(more).misses)
    assert second.expected == pytest.approx(first.expected)


def test_what_nobody_reviewed_is_not_estimated() -> None:
    """A stratum with carriers and without a review: no figure of misses, and it is named."""
    cells = [cell(Stratum.CLEAR, 1000), cell(Stratum.ALARM, 10, caught=9, false=1)]
    found = accuracy_of(cells)
    assert (found.misses, found.uncovered) == (None, (Stratum.CLEAR,))
    assert known(found.false_alarms).expected == pytest.approx(0.1)
    nothing = accuracy_of([])
    assert (nothing.misses, nothing.false_alarms, nothing.carriers) == (None, None, 0)


def test_what_nobody_can_tell_widens_the_bounds_alone() -> None:
    """The estimate leaves it out; at worst each was a miss that stands for its whole share."""
    sure = [cell(Stratum.CLEAR, 1000, fine=20), cell(Stratum.ALARM, 100, caught=100)]
    doubtful = [cell(Stratum.CLEAR, 1000, fine=20, unsure=2), sure[1]]
    without, found = known(accuracy_of(sure).misses), known(accuracy_of(doubtful).misses)
    assert (found.expected, found.low, found.high) == (without.expected, without.low, without.high)
    assert found.highest > found.high + 0.1
    assert found.lowest == 0


def test_so_many_more_reviews_make_the_interval_useful() -> None:
    """Reviewing so many more at the same rates gives the width; with too few alarms nobody knows."""

    def lift(times: int) -> list[ReviewCell]:
        return [cell(Stratum.CLEAR, 100, day=day, fine=50) for day in range(times)] + [
            cell(Stratum.ALARM, 20, day=day, caught=20) for day in range(times)
        ]

    more = accuracy_of(lift(1)).more_for_misses
    assert more
    days = 1 + -(-more // 70)
    later, before = (known(accuracy_of(lift(count)).misses) for count in (days, int(days * 0.9)))
    assert later.high - later.low <= MISSES_WITHIN < before.high - before.low
    assert accuracy_of([cell(Stratum.CLEAR, 100, fine=50)]).more_for_misses is None
    assert accuracy_of(lift(days)).more_for_misses == 0


@pytest.mark.parametrize(
    ("answer", "occupied", "alarmed", "late", "outcome"),
    [
        (ReviewAnswer.OPEN, True, False, False, MISSED),
        (ReviewAnswer.OPEN, None, False, False, UNSURE),
        (ReviewAnswer.OPEN, None, True, False, CAUGHT),
        (ReviewAnswer.OPEN, True, True, True, MISSED),
        (ReviewAnswer.MOVING, True, False, False, MISSED),
        (ReviewAnswer.MOVING, True, True, False, CAUGHT),
        (ReviewAnswer.CLOSED, None, True, False, FALSE),
        (ReviewAnswer.EMPTY, False, True, True, FALSE),
        (ReviewAnswer.EMPTY, False, False, False, FINE),
        (ReviewAnswer.CANNOT_TELL, None, True, False, UNSURE),
        (None, None, False, False, UNSURE),
    ],
)
def test_what_an_answer_makes_of_a_passage(
    answer: ReviewAnswer | None, occupied: bool | None, alarmed: bool, late: bool, outcome: ReviewOutcome
) -> None:
    """Beside whether there was an alarm, and whether it came in time."""
    assert outcome_of(answer, occupied, alarmed=alarmed, late=late) is outcome


def test_what_struck_somebody_speaks_for_nothing_alone() -> None:
    """Of four drawn ones one was labelled elsewhere: it counts once all four were reviewed."""
    draws = [DrawnStratum(DAY, Stratum.CLEAR, 100, 4)]
    struck = ReviewedPassage(DAY, Stratum.CLEAR, MISSED, blind=False)
    queued = [ReviewedPassage(DAY, Stratum.CLEAR, FINE, blind=True)] * 3
    assert cells_of(draws, [struck, *queued[:2]])[0].counts == {FINE: 2}
    assert cells_of(draws, [struck, *queued])[0].counts == {MISSED: 1, FINE: 3}
