"""Passages are grouped with those picked that they are like."""

from __future__ import annotations

import numpy as np
import pytest

from lifts.drawing.grouping import group, picked
from tests.lifts.drawing.seen import passages

STATES = [True, False, True, True, False, False, True, False]


def test_one_pick_of_either_state_groups_the_others() -> None:
    """Whatever is like the open pick is open, and the picks stay what they are."""
    picks = [True, False, *[None] * 6]
    groups = group(passages(STATES).mean(1), picks)
    assert groups[0].tolist() == [1, 0]
    assert groups[1].tolist() == [0, 1]
    assert ((groups[:, 0] > 0.7) == STATES).all()
    assert ((groups[:, 1] > 0.7) == np.logical_not(STATES)).all()


def test_a_passage_between_the_two_belongs_to_neither() -> None:
    """Half of either: no group."""
    seen = passages([True, False], noise=0).mean(1)
    groups = group(np.vstack([seen, seen.mean(0, keepdims=True)]), [True, False, None])
    assert groups[2].tolist() == [0, 0]


def test_picks_that_show_the_same_group_nothing() -> None:
    """Only the picks themselves: nothing tells the states apart."""
    seen = np.repeat(passages([True]).mean(1), 3, axis=0)
    assert group(seen, [True, False, None]).tolist() == [[1, 0], [0, 1], [0, 0]]


@pytest.mark.parametrize("picks", [[True, None], [None, False], [None, None]])
def test_one_of_either_state_is_needed(picks: list[bool | None]) -> None:
    """With one state alone nothing can be told apart."""
    with pytest.raises(ValueError, match="one open and one closed"):
        picked(picks)


def test_as_many_picks_as_passages() -> None:
    """A pick too few is an error, not a passage without a pick."""
    with pytest.raises(ValueError, match="3 passages, but 2 picks"):
        group(passages([True, False, True]).mean(1), [True, False])
