"""Budgets that are found again by themselves, on lifts whose clusters were planted and then moved."""

import math
from dataclasses import replace

import pytest

from lifts.decision.budgets.choosing import BudgetKind, BudgetRefusal, BudgetWish, choose, outcome_of
from lifts.decision.budgets.rates import LiftEvidence
from lifts.decision.budgets.renewing import MOST_STEP, BudgetRenewal, RenewalState, renew
from lifts.decision.calibration import VerdictBand
from tests.lifts.decision.budgets.test_choosing import CALIBRATION, FALSE_ALARMS, MISSES, PlantedLift

LIFT = PlantedLift()
WISH = BudgetWish(FALSE_ALARMS, 5.0)
COUNT = 8_000


def evidence(lift: PlantedLift, seed: int = 1, count: int = COUNT) -> LiftEvidence:
    return lift.evidence(count, min(count, 200), seed)


def chosen(lift: PlantedLift, wish: BudgetWish = WISH) -> tuple[VerdictBand, float]:
    """What an operator chose on this lift: the band, and the misses that were accepted with it."""
    found = choose(wish, evidence(lift), CALIBRATION)
    return found.band, found.cost.misses_per_1000.high


def again(
    lift: PlantedLift, band: VerdictBand | None, accepted: float, wish: BudgetWish = WISH
) -> BudgetRenewal:
    return renew(wish, evidence(lift, 2), CALIBRATION, band, accepted)


def test_the_same_lift_keeps_its_threshold() -> None:
    """By the very passages that it was chosen by."""
    band, accepted = chosen(LIFT)
    found = renew(WISH, evidence(LIFT), CALIBRATION, band, accepted)
    assert found.state is RenewalState.UNCHANGED


def test_a_budget_follows_a_lift_that_changes() -> None:
    """Closed carriers that lie farther away: the budget is spent on fewer misses, at once and whole."""
    band, accepted = chosen(LIFT)
    easier = replace(LIFT, closed=0.5)
    found = again(easier, band, accepted)
    assert found.state is RenewalState.RENEWED
    assert found.outcome is not None
    expected = choose(WISH, evidence(easier, 2), CALIBRATION)
    assert found.outcome.band == expected.band
    assert found.outcome.band.high < band.high
    cost = found.outcome.cost.false_alarms_a_day
    assert cost.low <= easier.false_alarms_a_day(found.outcome.threshold) <= cost.high


def test_more_misses_come_step_by_step_and_never_beyond_what_was_accepted() -> None:
    """Closed carriers drift towards open ones: the threshold gives way until a person has to choose."""
    band, accepted = chosen(LIFT, BudgetWish(FALSE_ALARMS, 60.0))
    wish, drifted = BudgetWish(FALSE_ALARMS, 60.0), replace(LIFT, closed=0.30)
    states = []
    for _ in range(12):
        found = again(drifted, band, accepted, wish)
        states.append(found.state)
        if found.outcome is None or found.state is not RenewalState.RENEWED:
            break
        step = odds(found.outcome.band.high) - odds(band.high)
        assert step <= MOST_STEP + 1e-9
        missed = found.outcome.cost.misses_per_1000.high
        assert missed <= max(accepted, found.outcome.default.misses_per_1000.high)
        band = found.outcome.band
    assert states[-1] is not RenewalState.RENEWED
    far = again(replace(LIFT, closed=0.05), band, accepted, wish)
    assert far.state in {RenewalState.KEPT, RenewalState.WITHDRAWN}
    assert far.refusal is not None


def odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def test_a_threshold_that_would_now_miss_more_is_withdrawn() -> None:
    """Open carriers drift towards closed ones: no threshold follows, and this one is not what was chosen."""
    band, accepted = chosen(LIFT, BudgetWish(MISSES, 40.0))
    strict = VerdictBand(band.low, 0.995)
    drifted = replace(LIFT, opened=-0.05)
    found = again(drifted, strict, accepted, BudgetWish(MISSES, 40.0))
    assert found.state is RenewalState.WITHDRAWN
    assert found.outcome is None
    here = outcome_of(strict.high, evidence(drifted, 2), CALIBRATION)
    assert here.cost.misses_per_1000.high > max(accepted, here.default.misses_per_1000.high)


@pytest.mark.parametrize("is_in_force", [True, False])
def test_too_little_changes_nothing(is_in_force: bool) -> None:
    """New masks: until enough was judged by them nothing follows, and the numbers say how much it takes."""
    band, accepted = chosen(LIFT)
    few = evidence(LIFT, 3, 100)
    found = renew(WISH, few, CALIBRATION, band if is_in_force else None, accepted)
    assert (found.state, found.outcome) == (RenewalState.KEPT, None)
    assert found.refusal is not None
    assert found.refusal.reason is BudgetRefusal.TOO_FEW_PASSAGES
    assert found.refusal.parameters == {"seen": 100, "needed": 200}


def test_after_new_masks_a_budget_comes_back_from_the_models_own_band() -> None:
    """Not in one leap: a step at a time from what judges meanwhile."""
    band, accepted = chosen(LIFT, BudgetWish(BudgetKind.FALSE_ALARMS_PER_DAY, 0.6))
    found = again(LIFT, None, accepted, BudgetWish(FALSE_ALARMS, 0.6))
    assert found.state is RenewalState.RENEWED
    assert found.outcome is not None
    step = odds(found.outcome.band.high) - odds(CALIBRATION.unknown_high)
    assert step <= MOST_STEP + 1e-9
    assert band.low == found.outcome.band.low
