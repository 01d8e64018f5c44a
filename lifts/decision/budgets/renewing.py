"""Finds a budget's band again from what the lift has shown since, without a person. Pure.

Nobody looks at what is renewed by itself, so it may do less than a choice:

- It misses no more, at the upper end of the 95 % interval, than the operator accepted when the budget was
  chosen, or than the model's own band misses.
- In the direction that misses more it goes MOST_STEP at a time, in log odds. Fewer misses count at once.
- A band that misses more than was accepted, by what is known now, is withdrawn where no better one follows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from lifts.decision.budgets.choosing import (
    BUDGET_LIMITS,
    STEP,
    BudgetLimits,
    BudgetOutcome,
    BudgetRefusal,
    BudgetRefusedError,
    BudgetWish,
    choose,
    outcome_of,
)
from lifts.decision.budgets.rates import LiftEvidence
from lifts.decision.calibration import Calibration, VerdictBand

MOST_STEP = 0.5
"""So far one renewal goes in the direction that misses more, in log odds: two thirds becomes 0.77."""


class RenewalState(StrEnum):
    """What a renewal came to."""

    RENEWED = "renewed"
    UNCHANGED = "unchanged"
    """What follows now is what is in force, within the step that thresholds are tried in."""
    KEPT = "kept"
    """No band follows from what is known now, and nothing speaks against the present one."""
    WITHDRAWN = "withdrawn"
    """No band follows, and the present one would miss more than was accepted: the model's own decides."""


@dataclass(frozen=True, slots=True)
class BudgetRenewal:
    """What a renewal came to: the band that follows, where it is another; else why none does."""

    state: RenewalState
    outcome: BudgetOutcome | None = None
    refusal: BudgetRefusedError | None = None


def renew(
    wish: BudgetWish,
    evidence: LiftEvidence,
    calibration: Calibration,
    now: VerdictBand | None,
    accepted_misses_per_1000: float,
    limits: BudgetLimits = BUDGET_LIMITS,
) -> BudgetRenewal:
    """Return what follows from a budget's wish now.

    Args:
        wish: the budget.
        evidence: the lift's passages, judged as it is judged now.
        calibration: by which their margins become probabilities, with the model's own band.
        now: the budget's band if it decides now; None: the model's own does.
        accepted_misses_per_1000: what the operator was shown as the upper end, and chose.
        limits: what is required.
    """
    high_now = calibration.unknown_high if now is None else now.high
    try:
        found = choose(wish, evidence, calibration, limits)
        step = _log_odds(found.band.high) - _log_odds(high_now)
        if step > MOST_STEP:
            found = outcome_of(_probability(_log_odds(high_now) + MOST_STEP), evidence, calibration)
        most = max(accepted_misses_per_1000, found.default.misses_per_1000.high)
        missed = found.cost.misses_per_1000.high
        if missed > most:
            raise BudgetRefusedError(BudgetRefusal.MORE_THAN_ACCEPTED, missed=missed, most=most)
    except BudgetRefusedError as refusal:
        return BudgetRenewal(
            _left(evidence, calibration, now, accepted_misses_per_1000, limits), None, refusal
        )
    if now is not None and abs(step) < STEP:
        return BudgetRenewal(RenewalState.UNCHANGED, found)
    return BudgetRenewal(RenewalState.RENEWED, found)


def _left(
    evidence: LiftEvidence,
    calibration: Calibration,
    now: VerdictBand | None,
    accepted: float,
    limits: BudgetLimits,
) -> RenewalState:
    """Say what becomes of the present band where no other follows."""
    known = len(evidence.margins) >= limits.passages and evidence.opened >= limits.opened
    if now is None or not known:
        return RenewalState.KEPT
    here = outcome_of(now.high, evidence, calibration)
    most = max(accepted, here.default.misses_per_1000.high)
    return RenewalState.WITHDRAWN if here.cost.misses_per_1000.high > most else RenewalState.KEPT


def _log_odds(probability: float) -> float:
    return math.log(probability / (1 - probability))


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
