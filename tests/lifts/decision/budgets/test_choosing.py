"""Budgets on simulated lifts whose true rates are known."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from lifts.decision.budgets.choosing import (
    LOWEST,
    BudgetKind,
    BudgetOutcome,
    BudgetRefusal,
    BudgetRefusedError,
    BudgetWish,
    choose,
)
from lifts.decision.budgets.rates import LiftEvidence, gather, rate_estimate
from lifts.decision.calibration import Calibration, VerdictBand
from lifts.decision.clusters import ClusterPrior

PRIOR = ClusterPrior(-0.4, 0.4, 0.1, 0.1, 0.3, 0.12)
CALIBRATION = Calibration(
    scale=12.0,
    offset=0.0,
    unknown_low=0.25,
    unknown_high=2 / 3,
    occupancy_threshold=0.5,
    min_separation_good=0.5,
    min_separation=0.1,
)
FALSE_ALARMS, MISSES = BudgetKind.FALSE_ALARMS_PER_DAY, BudgetKind.MISSES_PER_1000


@dataclass(frozen=True)
class PlantedLift:
    """Two normal clusters of margins; centres, spread and share of open carriers are what was planted."""

    opened: float = -0.3
    closed: float = 0.35
    spread: float = 0.13
    share: float = 0.04
    carriers_a_day: float = 4000.0

    def evidence(self, count: int, reviewed: int, seed: int) -> LiftEvidence:
        random = np.random.default_rng(seed)
        is_open = random.random(count) < self.share
        margins = random.normal(np.where(is_open, self.opened, self.closed), self.spread)
        labels = [bool(state) if n < reviewed else None for n, state in enumerate(is_open)]
        return gather(margins, labels, self.carriers_a_day, PRIOR)

    def false_alarms_a_day(self, threshold: float) -> float:
        return self.carriers_a_day * (1 - self.share) * self._below(threshold, self.closed)

    def misses_per_1000(self, threshold: float) -> float:
        return 1000 * (1 - self._below(threshold, self.opened))

    def _below(self, threshold: float, centre: float) -> float:
        return 0.5 * math.erfc((centre - threshold) / (self.spread * math.sqrt(2)))


def refused(
    lift: PlantedLift, count: int, wish: BudgetWish, reviewed: int = 200
) -> tuple[BudgetRefusal, dict[str, float]]:
    with pytest.raises(BudgetRefusedError) as caught:
        choose(wish, lift.evidence(count, reviewed, 5), CALIBRATION)
    return caught.value.reason, caught.value.parameters


@pytest.mark.parametrize("draws", [3, pytest.param(8, marks=pytest.mark.slow)])
def test_so_many_false_alarms_a_day_as_were_asked_for(draws: int) -> None:
    """Of 24 intervals at 95 % of either rate, of eight draws of a lift, at most two miss the planted one."""
    lift, hits = PlantedLift(), {"false alarms": 0, "misses": 0}
    for seed in range(1, draws + 1):
        evidence = lift.evidence(16_000, 200, seed)
        for wish in (1.0, 5.0, 20.0):
            found = choose(BudgetWish(FALSE_ALARMS, wish), evidence, CALIBRATION)
            cost, missed = found.cost.false_alarms_a_day, found.cost.misses_per_1000
            assert cost.expected <= wish  # no more than that on average
            assert cost.low <= wish <= cost.high  # and it is spent
            hits["false alarms"] += cost.low <= lift.false_alarms_a_day(found.threshold) <= cost.high
            hits["misses"] += missed.low <= lift.misses_per_1000(found.threshold) <= missed.high
    assert min(hits.values()) >= 3 * draws - 2, hits


@pytest.mark.parametrize("wish", [15.0, 40.0])
def test_no_more_misses_than_were_allowed(wish: float) -> None:
    """The upper end keeps to the wish, so the true rate stays below it."""
    lift = PlantedLift()
    found = choose(BudgetWish(MISSES, wish), lift.evidence(16_000, 200, 3), CALIBRATION)
    missed = found.cost.misses_per_1000
    assert missed.low <= lift.misses_per_1000(found.threshold) <= missed.high <= wish
    alarms = found.cost.false_alarms_a_day
    assert alarms.low <= lift.false_alarms_a_day(found.threshold) <= alarms.high


def test_the_wider_a_budget_the_less_the_other_side_pays() -> None:
    """Each wish is spent: more false alarms allowed is fewer missed, and the other way round."""
    evidence = PlantedLift().evidence(8_000, 200, 4)

    def ask(kind: BudgetKind, value: float) -> BudgetOutcome:
        return choose(BudgetWish(kind, value), evidence, CALIBRATION)

    by_alarms = [ask(FALSE_ALARMS, value) for value in (1.0, 4.0, 16.0)]
    missed = [found.cost.misses_per_1000.expected for found in by_alarms]
    assert missed == sorted(missed, reverse=True)
    assert len(set(missed)) == 3
    by_misses = [ask(MISSES, value) for value in (30.0, 60.0, 120.0)]
    alarms = [found.cost.false_alarms_a_day.expected for found in by_misses]
    assert alarms == sorted(alarms, reverse=True)
    assert all(found.default == by_alarms[0].default for found in (*by_alarms, *by_misses))
    most, fewest = by_alarms[0], by_alarms[-1]
    assert most.misses_more
    assert not fewest.misses_more


def test_no_budget_calls_more_carriers_closed() -> None:
    """However many misses are allowed, the probability up to which a bar is closed does not rise."""
    evidence = PlantedLift().evidence(8_000, 200, 4)
    for kind, value in ((FALSE_ALARMS, 1.0), (FALSE_ALARMS, 300.0), (MISSES, 15.0), (MISSES, 190.0)):
        found = choose(BudgetWish(kind, value), evidence, CALIBRATION)
        assert LOWEST <= found.band.low <= CALIBRATION.unknown_low
        assert found.band.low <= found.band.high
        assert found.cost.closed_per_1000.expected <= found.default.closed_per_1000.expected


def test_reviews_count_more_than_the_clusters() -> None:
    """Alarms that people call false cost the budget, wherever their margins lie."""
    random = np.random.default_rng(6)
    margins = random.normal(0.4, 0.05, 4000)
    margins[:200], margins[200:220] = random.normal(-0.4, 0.05, 200), -0.4
    said = [None] * 200 + [False] * 20 + [False] * 20 + [None] * 3760
    without = gather(margins, [None] * 4000, 4000.0, PRIOR)
    reviewed = gather(margins, said, 4000.0, PRIOR)
    assert without.opened == pytest.approx(220, abs=1)
    assert reviewed.opened == pytest.approx(200, abs=1)
    with pytest.raises(BudgetRefusedError) as caught:  # only a threshold beyond the open ones is rid of them
        choose(BudgetWish(FALSE_ALARMS, 5.0), reviewed, CALIBRATION)
    assert caught.value.reason is BudgetRefusal.TOO_MANY_MISSED


def test_too_little_data_is_said_with_its_numbers() -> None:
    """How many there are, and how many it takes."""
    lift, wish = PlantedLift(), BudgetWish(FALSE_ALARMS, 2.0)
    assert refused(lift, 150, wish) == (BudgetRefusal.TOO_FEW_PASSAGES, {"seen": 150, "needed": 200})
    assert refused(lift, 1000, wish, reviewed=7) == (
        BudgetRefusal.TOO_FEW_REVIEWED,
        {"seen": 7, "needed": 20},
    )
    reason, numbers = refused(PlantedLift(share=0.005), 1000, wish)
    assert (reason, numbers["needed"]) == (BudgetRefusal.TOO_FEW_OPEN, 20)
    # Of 0.1 a day one in 40,000 carriers may be one: half of that many must have been seen.
    found = refused(lift, 4000, BudgetWish(FALSE_ALARMS, 0.1))
    assert found == (BudgetRefusal.TOO_FEW_FOR_WISH, {"seen": 4000, "needed": 20_000})
    reason, numbers = refused(lift, 4000, BudgetWish(MISSES, 1.0))
    assert (reason, numbers["needed"]) == (BudgetRefusal.TOO_FEW_FOR_WISH, 3838)
    assert numbers["seen"] < 200


def test_a_lift_whose_carriers_look_alike_gets_no_budget() -> None:
    """Neither wish can be met by a threshold where open and closed overlap."""
    alike = PlantedLift(opened=-0.05, closed=0.1, share=0.3)
    assert refused(alike, 12_000, BudgetWish(MISSES, 1.3))[0] is BudgetRefusal.CANNOT_BE_MET
    assert refused(alike, 12_000, BudgetWish(MISSES, 10.0))[0] is BudgetRefusal.TOO_MANY_FALSE_ALARMS
    assert refused(alike, 12_000, BudgetWish(FALSE_ALARMS, 1.0))[0] is BudgetRefusal.TOO_MANY_MISSED


def test_intervals_are_wilsons() -> None:
    """1 of 10: 0.0179 to 0.4042; none of 100: 0 to 0.0370 (as tables have them)."""
    one, none = rate_estimate(1, 10), rate_estimate(0, 100)
    assert (one.low, one.high) == pytest.approx((0.0179, 0.4042), abs=1e-4)
    assert (none.low, none.high) == pytest.approx((0.0, 0.0370), abs=1e-4)
    assert one.expected == pytest.approx(1.5 / 11)


@pytest.mark.parametrize("ends", [(0.0, 0.5), (0.6, 0.5), (0.5, 1.0), (math.nan, 0.5)])
def test_a_band_without_sense_is_none(ends: tuple[float, float]) -> None:
    """Everything or nothing would be open."""
    with pytest.raises(ValueError, match="expected 0 < low"):
        VerdictBand(*ends)
