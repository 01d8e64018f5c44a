"""Intervals beside the distributions that they are made of."""

import pytest
from scipy import stats

from service.figures.accuracy.intervals import WeightedCount, beta_quantile, share_estimate


@pytest.mark.parametrize(("a", "b"), [(1, 1), (1, 40), (1.7, 560.2), (3.5, 2.25), (900, 1.1), (4e4, 9e5)])
def test_the_beta_distribution_is_scipys(a: float, b: float) -> None:
    """At both tails and between them, for few events and for many."""
    for chance in (0.025, 0.5, 0.975):
        assert beta_quantile(a, b, chance) == pytest.approx(stats.beta.ppf(chance, a, b), rel=2e-4)


@pytest.mark.parametrize(("part", "whole"), [(0, 20), (1, 20), (7, 20), (20, 20), (3, 4000)])
def test_with_equal_weights_it_is_clopper_and_pearsons(part: int, whole: int) -> None:
    """Each passage standing for itself, or each for 37: the same share, the same interval."""
    exact = stats.binomtest(part, whole).proportion_ci(0.95, method="exact")
    for weight in (1.0, 37.0):
        counts = [WeightedCount(n * weight, n * weight**2, weight) for n in (part, whole - part)]
        found = share_estimate(*counts)
        assert found.expected == pytest.approx(part / whole)
        assert (found.low, found.high) == pytest.approx((exact.low, exact.high), rel=2e-4, abs=1e-9)


def test_nothing_found_is_not_nothing_there() -> None:
    """No miss among passages that stand for 100 each: up to 3.69 of them, beside 50 that were caught."""
    found = share_estimate(WeightedCount(heaviest=100), WeightedCount(50, 50, 1))
    assert (found.expected, found.low) == (0, 0)
    assert found.high == pytest.approx(369 / (369 + 50), abs=0.03)


def test_of_nothing_nothing_is_known() -> None:
    """Neither a miss nor a catch: no estimate, and every share is possible."""
    found = share_estimate(WeightedCount(), WeightedCount())
    assert (found.expected, found.low, found.high) == (None, 0, 1)
