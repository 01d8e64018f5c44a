"""What comparisons come to: counts, intervals, and whether a candidate looks as if its masks were swapped."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from lifts.decision.budgets.rates import RateEstimate, rate_estimate
from lifts.decision.verdict import Verdict
from service.domain.trials.candidate import ComparisonCounts

LEAST = 5
"""Fewer passages that both called open or closed tell nothing about swapped masks."""

HALF = 0.5


@dataclass(frozen=True, slots=True)
class TrialSummary:
    """Passages that were judged twice.

    compared: passages. agreed: with one verdict. open_instead, closed_instead, unknown_instead: those that
    the candidate judged so and the other did not. decided: those that both called open or closed; inverted:
    of them, those with two verdicts. reviewed: those that an operator labelled open or closed; active_right,
    candidate_right: of them, the right ones. disagreement, inversion: shares with their 95 % intervals; None
    of nothing.
    """

    compared: int = 0
    agreed: int = 0
    open_instead: int = 0
    closed_instead: int = 0
    unknown_instead: int = 0
    decided: int = 0
    inverted: int = 0
    reviewed: int = 0
    active_right: int = 0
    candidate_right: int = 0

    @property
    def disagreement(self) -> RateEstimate | None:
        """The share of passages with two verdicts."""
        return rate_estimate(self.compared - self.agreed, self.compared) if self.compared else None

    @property
    def inversion(self) -> RateEstimate | None:
        """The share of inverted verdicts."""
        return rate_estimate(self.inverted, self.decided) if self.decided else None

    @property
    def looks_swapped(self) -> bool:
        """Whether nearly every verdict is the opposite: more than half of them even at the interval's end."""
        share = self.inversion
        return share is not None and self.decided >= LEAST and share.low > HALF

    def words(self) -> str:
        """Return it as a sentence."""
        if not self.compared:
            return "nothing was compared yet"
        text = f"{self.compared - self.agreed} of {self.compared} passages are judged otherwise"
        if self.looks_swapped:
            text = f"looks swapped: {self.inverted} of {self.decided} verdicts are inverted; {text}"
        if self.reviewed:
            text += (
                f"; of {self.reviewed} reviewed ones it has {self.candidate_right} right, "
                f"what judges now {self.active_right}"
            )
        return text


def summarise(*found: ComparisonCounts) -> TrialSummary:
    """Return what the comparisons come to together."""
    total: Counter[str] = Counter()
    for (own, other, label), count in (each for one in found for each in one.by_pair.items()):
        names = ["compared", "agreed" if own is other else f"{other.value}_instead"]
        if Verdict.UNKNOWN not in (own, other):
            names += ["decided"] if own is other else ["decided", "inverted"]
        if label in (Verdict.OPEN, Verdict.CLOSED):
            names += ["reviewed"] + ["active_right"] * (own is label) + ["candidate_right"] * (other is label)
        total.update(dict.fromkeys(names, count))
    return TrialSummary(**total)
