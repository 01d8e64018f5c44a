"""Views: what cannot show the bar is NO-GO with its reasons; a good view is GO however few the numbers."""

import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from lifts.decision.view import PassageReading, ViewReason, judge_view, strengths
from tests.lifts.decision.priors import PRIOR

OPEN, CLOSED, UNKNOWN = Verdict.OPEN, Verdict.CLOSED, Verdict.UNKNOWN
MASKS = np.eye(2, 16, dtype=np.float32) * 255
"""The open bar lies in the first cell, the closed one in the second."""


def carriers(
    opened: int, closed: int, lit: tuple[float, float] = (200, 200), at: tuple[float, float] = (-0.3, 0.3)
) -> list[PassageReading]:
    """Passages whose bars light their mask's cell by this much, in noise, before a railing in both cells."""
    rng = np.random.default_rng(3)
    passages = []
    for state, verdict, count in ((0, OPEN, opened), (1, CLOSED, closed)):
        for _ in range(count):
            bar_map = 30 + rng.normal(0, 15, 16).astype(np.float32)
            bar_map[state] += lit[state]
            passages.append(PassageReading(verdict, at[state] + float(rng.normal(0, 0.03)), True, bar_map))
    return passages


def reasons(passages: list[PassageReading], drawn_px: tuple[float, float] | None = None) -> list[ViewReason]:
    return [finding.reason for finding in judge_view(drawn_px, passages, MASKS, PRIOR).findings]


def test_a_view_that_shows_both_states_is_go() -> None:
    """Both drawings apart, both bars seen, the margins separate; everything measured is told."""
    view = judge_view((120.0, 110.0), carriers(10, 10), MASKS, PRIOR)
    assert view.go
    assert set(view.measured) == {
        *("open_extent_px", "closed_extent_px", "open_strength", "closed_strength"),
        *("overlap", "unknown_share"),
    }
    assert min(view.measured["open_strength"], view.measured["closed_strength"]) > 5


@pytest.mark.parametrize("counts", [(10, 10), (3, 17), (17, 3)])
def test_a_bar_that_is_never_seen_under_its_mask_is_hidden(counts: tuple[int, int]) -> None:
    """Verdicts and margins separate perfectly, and yet closed is only the absence of open, or the reverse."""
    assert reasons(carriers(*counts)) == []
    assert reasons(carriers(*counts, lit=(200, 0))) == [ViewReason.CLOSED_BAR_HIDDEN]
    assert reasons(carriers(*counts, lit=(0, 200))) == [ViewReason.OPEN_BAR_HIDDEN]


def test_how_bright_a_networks_maps_are_does_not_matter() -> None:
    """Another network, whose maps are ten times fainter, shows bars as strongly."""
    bright = carriers(10, 10, lit=(60, 40))
    faint = [
        reading._replace(bar_map=np.float32(0.1) * reading.bar_map)
        for reading in bright
        if reading.bar_map is not None
    ]
    found, again = strengths(bright, MASKS), strengths(faint, np.float32(0.1) * MASKS)
    assert found[CLOSED] == pytest.approx(again[CLOSED], rel=1e-4)
    assert 1.5 < found[CLOSED] < found[OPEN]


def test_passages_that_say_too_little_say_nothing() -> None:
    """Nineteen carriers, two open ones among many, none with a map, or a model without maps: no NO-GO."""
    hidden = carriers(17, 3, lit=(200, 0))
    assert reasons(hidden[:-1]) == []
    assert reasons(carriers(2, 30, lit=(0, 200))) == []
    assert reasons([reading._replace(bar_map=None) for reading in hidden]) == []
    assert judge_view(None, hidden, None, None).go


def test_what_does_not_belong_to_the_lift_is_no_evidence() -> None:
    """Twenty carriers of another lift beside ten of its own are ten."""
    strangers = [reading._replace(belongs=False) for reading in carriers(10, 10, lit=(0, 0))]
    assert reasons(strangers + carriers(5, 5)) == []


def test_clusters_beside_the_threshold_and_many_unknown_are_no_go() -> None:
    """Both bars are seen, but the closed margins lie at the threshold, or a quarter is too close to call."""
    assert reasons(carriers(10, 10, at=(-0.3, 0.03))) == [ViewReason.PASSAGES_DO_NOT_PART]
    doubtful = [reading._replace(verdict=UNKNOWN) for reading in carriers(0, 7)]
    assert reasons(carriers(10, 10) + doubtful[:5]) == []
    assert reasons(carriers(10, 10) + doubtful) == [ViewReason.TOO_MANY_UNKNOWN]


def test_drawings_that_hardly_differ_are_no_go_before_any_passage() -> None:
    """A stub of either bar, or of both; half a bar is enough."""
    assert reasons([], (60.0, 60.0)) == []
    assert reasons([], (120.0, 20.0)) == [ViewReason.CLOSED_BAR_SHORT]
    assert reasons([], (0.0, 0.0)) == [ViewReason.OPEN_BAR_SHORT, ViewReason.CLOSED_BAR_SHORT]
