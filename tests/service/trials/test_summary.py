"""What comparisons come to: figures worked out by hand."""

import pytest

from lifts.decision.verdict import Verdict
from service.domain.trials.candidate import ComparisonCounts
from service.trials.summary import TrialSummary, summarise

OPEN, CLOSED, UNKNOWN = Verdict.OPEN, Verdict.CLOSED, Verdict.UNKNOWN


def test_counts_by_hand() -> None:
    """Two sources add up; unknown is no inversion; only labels of a state count as reviewed."""
    live = ComparisonCounts({(OPEN, OPEN, None): 5, (OPEN, CLOSED, OPEN): 2, (CLOSED, UNKNOWN, CLOSED): 1})
    replayed = ComparisonCounts({(UNKNOWN, OPEN, UNKNOWN): 3, (CLOSED, CLOSED, OPEN): 4})
    found = summarise(live, replayed)
    assert found == TrialSummary(
        compared=15,
        agreed=9,
        open_instead=3,
        closed_instead=2,
        unknown_instead=1,
        decided=11,
        inverted=2,
        reviewed=7,
        active_right=3,
        candidate_right=0,
    )
    assert found.disagreement is not None
    # Wilson's interval of 6 in 15 at 95 %.
    assert (found.disagreement.low, found.disagreement.high) == pytest.approx((0.1982, 0.6425), abs=1e-3)
    assert found.words() == (
        "6 of 15 passages are judged otherwise; of 7 reviewed ones it has 0 right, what judges now 3"
    )


@pytest.mark.parametrize(
    ("inverted", "agreed", "swapped"),
    [(5, 0, True), (4, 0, False), (20, 1, True), (9, 9, False), (60, 40, True), (0, 50, False)],
)
def test_swapped_is_said_where_most_are_inverted(inverted: int, agreed: int, swapped: bool) -> None:
    """More than half even at the lower end of the interval; of fewer than five nothing is said."""
    pairs: dict[tuple[Verdict, Verdict, Verdict | None], int]
    pairs = {(OPEN, CLOSED, None): inverted, (CLOSED, CLOSED, None): agreed}
    assert summarise(ComparisonCounts(pairs)).looks_swapped is swapped


def test_nothing() -> None:
    """No share of nothing."""
    found = summarise()
    assert (found.disagreement, found.inversion, found.looks_swapped) == (None, None, False)
