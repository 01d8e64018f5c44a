"""The open bar is what open passages show more than closed ones."""

from __future__ import annotations

import numpy as np
import pytest

from lifts.drawing.areas import Cut, bar_area, difference
from lifts.drawing.grouping import membership
from lifts.masks import overlap
from tests.lifts.drawing.seen import BENCH, CELLS, CLOSED, OPEN, bar_map, passages

STATES = [True, False] * 4


def _shown(states: list[bool]) -> np.ndarray:
    maps = passages(states).mean(1).reshape(-1, CELLS, CELLS)
    return difference(maps, membership(np.array(states, float)))


@pytest.mark.parametrize("cut", [Cut(0.3), Cut(0.3, ridges=True)])
def test_both_bars_are_found_and_what_both_show_is_not(cut: Cut) -> None:
    """The bench, which is brighter than either bar, cancels out."""
    shown = _shown(STATES)
    for side, own in ((shown, OPEN), (-shown, CLOSED)):
        area = bar_area(side, cut).astype(np.uint8) * 255
        assert overlap(own.raster(), area, tolerance_px=6) > 0.7
        assert not (area[142:] > 0).any()


def test_a_passage_that_is_unlike_its_group_counts_less() -> None:
    """A lens that is covered, in the open group: of what it shows elsewhere hardly anything is left."""
    spot = np.zeros((CELLS, CELLS), np.float32)
    spot[45:, 45:] = 0.2
    maps = np.vstack([passages([True] * 4 + [False] * 4).mean(1), spot.reshape(1, -1)])
    groups = membership(np.array([1.0] * 4 + [0.0] * 4 + [1.0]))
    shown = difference(maps.reshape(-1, CELLS, CELLS), groups)
    assert shown[45:, 45:].mean() < 0.2 / 5 / 20  # by plain means a fifth


def test_where_nothing_differs_nothing_is_found() -> None:
    """Two groups that show exactly the same."""
    same = np.stack([bar_map(BENCH.raster()).reshape(CELLS, CELLS)] * 4)
    shown = difference(same, membership(np.array([1.0, 1.0, 0.0, 0.0])))
    assert not bar_area(shown, Cut(0.3)).any()
