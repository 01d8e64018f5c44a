"""A budget per lift: at most so many false alarms a day, or at most so many open carriers missed. Pure.

The model's own costs set the band of `unknown` for lifts in general (`lifts.decision.calibration`). A budget
sets it for one lift: the probability from which a passage is called open is moved until the lift's own
passages say that the budget is held, and no further. So the other side pays as little as it can:

- at most X false alarms a day: the lowest such probability whose expected false alarms stay within X. It may
  lie below the model's: a budget that is not used up is spent on fewer misses.
- at most Y of 1,000 missed: the highest such probability for which misses stay within Y even at the upper
  end of their 95 % interval. A promise about misses holds for what is not known yet as well.

The probability up to which a passage is called closed never rises: a budget gives no further all-clear.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lifts.decision.budgets.rates import LiftEvidence, ThresholdCost, cost_of
from lifts.decision.calibration import Calibration, VerdictBand

LOWEST, HIGHEST = 0.005, 0.995
"""Probabilities of open from which a budget may call a passage open."""

STEP = 0.05
"""Between the thresholds that are tried, in log odds."""


class BudgetKind(StrEnum):
    """What is limited."""

    FALSE_ALARMS_PER_DAY = "false_alarms_per_day"
    MISSES_PER_1000 = "misses_per_1000"


class BudgetRefusal(StrEnum):
    """Why no threshold follows from a wish."""

    TOO_FEW_PASSAGES = "budget_too_few_passages"
    TOO_FEW_OPEN = "budget_too_few_open"
    TOO_FEW_REVIEWED = "budget_too_few_reviewed"
    TOO_FEW_FOR_WISH = "budget_too_few_for_wish"
    """The wish may be met, but so few passages cannot show it."""
    CANNOT_BE_MET = "budget_cannot_be_met"
    """Open and closed carriers look too much alike on this lift."""
    TOO_MANY_MISSED = "budget_too_many_missed"
    """Too many open carriers would be missed, or may be for all that is known."""
    TOO_MANY_FALSE_ALARMS = "budget_too_many_false_alarms"
    """So many closed carriers would be called open that nobody would hear the alarms."""
    MORE_THAN_ACCEPTED = "budget_more_than_accepted"
    """A renewal would miss more than the operator accepted: that is a person's to choose."""


class BudgetRefusedError(ValueError):
    """A wish from which no threshold follows: why, and the numbers that say it."""

    def __init__(self, reason: BudgetRefusal, **parameters: float) -> None:
        super().__init__(reason.value)
        self.reason, self.parameters = reason, parameters


@dataclass(frozen=True, slots=True)
class BudgetWish:
    """A wish. value: false alarms a day, or misses in 1,000 open carriers; above 0."""

    kind: BudgetKind
    value: float


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """What is required of a lift before it gets a budget.

    passages: of carriers that may be occupied. opened: open ones among them, by what is known.
    reviewed: labelled ones. missed_per_1000, false_alarms_per_1000: of open ones, and of all; a threshold
        that may miss more, or raises more, is refused, unless the model's own does as well.
    """

    passages: int = 200
    opened: float = 20.0
    reviewed: int = 20
    missed_per_1000: float = 200.0
    false_alarms_per_1000: float = 100.0


BUDGET_LIMITS = BudgetLimits()


@dataclass(frozen=True, slots=True)
class BudgetOutcome:
    """The band that follows from a budget, what it costs, and what the model's own band costs.

    threshold: the margin up to which passages are called open.
    """

    band: VerdictBand
    threshold: float
    cost: ThresholdCost
    default: ThresholdCost
    numbers: Mapping[str, float] = field(default_factory=dict)

    @property
    def misses_more(self) -> bool:
        """Whether more open carriers are missed than by the model's own band."""
        return self.cost.misses_per_1000.expected > self.default.misses_per_1000.expected


def choose(
    wish: BudgetWish, evidence: LiftEvidence, calibration: Calibration, limits: BudgetLimits = BUDGET_LIMITS
) -> BudgetOutcome:
    """Return the band that follows from a wish.

    Args:
        wish: the budget.
        evidence: the lift's passages.
        calibration: by which their margins become probabilities; its own band is the default.
        limits: what is required.

    Raises:
        BudgetRefusedError: too little is known of the lift, or the wish cannot be met.
    """
    _check(evidence, limits)
    default = band_cost(evidence, calibration, calibration.unknown_low, calibration.unknown_high)
    outcomes = [
        (high, band_cost(evidence, calibration, min(calibration.unknown_low, high), high))
        for high in _probabilities()
    ]
    if wish.kind is BudgetKind.FALSE_ALARMS_PER_DAY:
        kept = [(high, cost) for high, cost in outcomes if cost.false_alarms_a_day.expected <= wish.value]
        if not kept:
            raise _unmet_false_alarms(wish, evidence, outcomes[-1][1])
        high, cost = kept[0]
    else:
        kept = [(high, cost) for high, cost in outcomes if cost.misses_per_1000.high <= wish.value]
        if not kept:
            raise _unmet_misses(wish, evidence, outcomes[0][1])
        high, cost = kept[-1]
    _check_other_side(cost, default, evidence, limits)
    return outcome_of(high, evidence, calibration)


def outcome_of(high: float, evidence: LiftEvidence, calibration: Calibration) -> BudgetOutcome:
    """Return what calling open from a probability on comes to on a lift; ValueError without any passage."""
    low = min(calibration.unknown_low, high)
    return BudgetOutcome(
        VerdictBand(low, high),
        calibration.margin_of(high),
        band_cost(evidence, calibration, low, high),
        band_cost(evidence, calibration, calibration.unknown_low, calibration.unknown_high),
        {
            "passages": len(evidence.margins),
            "opened": evidence.opened,
            "reviewed": evidence.reviewed,
            "carriers_a_day": evidence.carriers_a_day,
        },
    )


def band_cost(evidence: LiftEvidence, calibration: Calibration, low: float, high: float) -> ThresholdCost:
    """Return what a band of probabilities costs on a lift; raises ValueError without any passage."""
    return cost_of(evidence, calibration.margin_of(high), calibration.margin_of(low))


def _check(evidence: LiftEvidence, limits: BudgetLimits) -> None:
    counts = (
        (BudgetRefusal.TOO_FEW_PASSAGES, float(len(evidence.margins)), float(limits.passages)),
        (BudgetRefusal.TOO_FEW_OPEN, evidence.opened, limits.opened),
        (BudgetRefusal.TOO_FEW_REVIEWED, float(evidence.reviewed), float(limits.reviewed)),
    )
    for reason, seen, needed in counts:
        if seen < needed:
            raise BudgetRefusedError(reason, seen=math.floor(seen), needed=needed)


def _check_other_side(
    cost: ThresholdCost, default: ThresholdCost, evidence: LiftEvidence, limits: BudgetLimits
) -> None:
    most = max(limits.missed_per_1000, default.misses_per_1000.high)
    if cost.misses_per_1000.high > most:
        numbers = {"missed": cost.misses_per_1000.high, "most": most}
        raise BudgetRefusedError(BudgetRefusal.TOO_MANY_MISSED, **numbers)
    alarms = limits.false_alarms_per_1000 / 1000 * evidence.carriers_a_day
    if cost.false_alarms_a_day.expected > max(alarms, default.false_alarms_a_day.expected):
        numbers = {"false_alarms": cost.false_alarms_a_day.expected, "most": alarms}
        raise BudgetRefusedError(BudgetRefusal.TOO_MANY_FALSE_ALARMS, **numbers)


def _probabilities() -> list[float]:
    """Return the probabilities that are tried, ascending; both ends included."""
    low, high = (math.log(end / (1 - end)) for end in (LOWEST, HIGHEST))
    count = round((high - low) / STEP)
    return [1 / (1 + math.exp(-(low + (high - low) * n / count))) for n in range(count + 1)]


def _unmet_false_alarms(
    wish: BudgetWish, evidence: LiftEvidence, strictest: ThresholdCost
) -> BudgetRefusedError:
    """Say whether too few passages were seen, of which not one false alarm could show it."""
    needed = math.ceil(0.5 * evidence.carriers_a_day / wish.value)
    if len(evidence.margins) < needed:
        seen = len(evidence.margins)
        return BudgetRefusedError(BudgetRefusal.TOO_FEW_FOR_WISH, seen=seen, needed=needed)
    best = strictest.false_alarms_a_day.expected
    return BudgetRefusedError(BudgetRefusal.CANNOT_BE_MET, wish=wish.value, best=best)


def _unmet_misses(wish: BudgetWish, evidence: LiftEvidence, strictest: ThresholdCost) -> BudgetRefusedError:
    """Say whether too few open carriers were seen: with none of them missed the interval ends at 3.84 / n."""
    needed = math.ceil(3.8415 * (1000 / wish.value - 1))
    if evidence.opened < needed:
        seen = math.floor(evidence.opened)
        return BudgetRefusedError(BudgetRefusal.TOO_FEW_FOR_WISH, seen=seen, needed=needed)
    best = strictest.misses_per_1000.high
    return BudgetRefusedError(BudgetRefusal.CANNOT_BE_MET, wish=wish.value, best=best)
