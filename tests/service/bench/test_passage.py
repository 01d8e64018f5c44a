"""What more pictures of a passage cost: both ways in turns, by hand."""

import pytest

from service.bench.passage import summary


def test_the_figures_of_both_ways() -> None:
    """Slices of 0.1 + 0.01 s against 0.1 + 0.034 s: 24 ms more, 1.218 times as much."""
    found = summary({3: [(0.1, 0.01)] * 3, 12: [(0.1, 0.034)] * 3}, [12, 11, 12], 12)
    assert found["ratio"]["median"] == pytest.approx(0.134 / 0.11)
    assert found["added_ms"] == pytest.approx(24.0)
    assert found["cost"]["3"]["judging_ms"] == pytest.approx(10.0)
    assert (found["judged_pictures_median"], found["slices"]) == (12.0, 3)
