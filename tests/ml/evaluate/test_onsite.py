"""What a lift gains from its own passages: split, draws and figures on margins made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lifts.heaps import Prior
from ml.evaluate.onsite import COUNTS, drawn, markdown, right, rows, settled, split
from ml.evaluate.scoring import Scores

PRIOR = Prior(-0.4, 0.4, 0.15, 0.15, 0.0, 0.1)


def lift(name: str, offset: float, passages: int = 500) -> Scores:
    """Pictures whose margins lie 0.35 to both sides of an offset, open and closed in turn."""
    is_open = np.repeat(np.arange(passages) % 2 == 0, 3)
    noise = np.random.default_rng(0).normal(0, 0.05, len(is_open))
    margin = (np.where(is_open, -0.35, 0.35) + offset + noise).astype(np.float32)
    none = np.zeros(len(margin), np.float32)
    return Scores(name, margin, none, is_open, np.ones(len(margin), bool), none)


def test_what_was_watched_is_never_judged() -> None:
    whole = lift("a", 0.0, 20)
    parts = split(whole, 8)
    assert len(parts.judged.margin) == 24
    assert np.concatenate([parts.judged.margin, parts.watched.margin]).tolist() == whole.margin.tolist()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_drawn_passages_are_of_the_state_asked_for(share: float) -> None:
    margins, is_open = drawn(lift("a", 0.0), 100, share, np.random.default_rng(1))
    assert ((margins < 0) == bool(share)).all()
    assert (is_open == bool(share)).all()
    assert len(set(margins.tolist())) == 100  # none twice


def test_too_few_passages_is_said() -> None:
    with pytest.raises(ValueError, match="a: 30 passages wanted of a state that has 10"):
        drawn(lift("a", 0.0, 20), 30, 1.0, np.random.default_rng(1))


def test_an_offset_is_found_and_taken_off() -> None:
    parts = split(lift("a", 0.4), 40)
    assert right([parts.judged])["accuracy"] < 0.9
    moved = settled(parts, PRIOR, 50, 0.5, np.random.default_rng(2))
    assert right([moved])["accuracy"] == 1.0
    assert np.ptp(parts.judged.margin - moved.margin) < 1e-6  # one threshold for the whole lift


def test_reviews_say_which_heap_a_single_one_is() -> None:
    """All closed, and as far off as an open heap lies: only a label can tell, and five do."""
    parts, prior = split(lift("a", -0.6), 40), replace(PRIOR, correlation=0.9)
    lost = settled(parts, prior, 200, 0.0, np.random.default_rng(2))
    told = settled(parts, prior, 200, 0.0, np.random.default_rng(2), reviewed=5)
    assert right([lost])["accuracy"] == 0.5
    assert right([told])["accuracy"] > 0.9


def test_figures_by_hand() -> None:
    """Lift a: 3 of 6 pictures and 1 of 2 passages right; lift b: all. Two rounds count once."""
    flags = np.array([True] * 3 + [False] * 3)
    none = np.zeros(6, np.float32)
    a = Scores("a", np.array([-1, -1, -1, -1, -1, -1], np.float32), none, flags, flags, none)
    b = Scores("b", np.array([-1, -1, -1, 1, 1, 1], np.float32), none, flags, flags, none)
    once, twice = right([a, b]), right([a, b, a, b], rounds=2)
    assert once == twice
    assert once["accuracy"] == 0.75
    assert once["accuracy_per_passage"] == 0.75
    assert once["accuracy_of_lifts"] == {"a": 0.5, "b": 1.0}


def test_the_table_names_the_lift_that_lost_most() -> None:
    lifts = [split(lift(name, offset), 40) for name, offset in (("a", 0.4), ("b", 0.0))]
    result = {"rows": list(rows(lifts, PRIOR, COUNTS, 1, 0))}
    assert [row["passages"] for row in result["rows"]] == [0] + [20] * 5 + [50] * 5 + [200] * 20
    assert [row["reviewed"] for row in result["rows"][16:]] == [5] * 5 + [20] * 5 + [100] * 5
    assert result["rows"][8]["accuracy"] > result["rows"][0]["accuracy"]
    assert "| 50 | 0 | 50 % | 100.00" in markdown("x", result)
    assert "(b) |" in markdown("x", result)
