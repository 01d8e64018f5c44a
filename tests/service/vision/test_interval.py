"""The interval is from a carrier to the next one, also where every second one looks more alike."""

import numpy as np
import pytest

from service.vision.interval import Interval, find_interval

INTERVAL_S = 5.6


def interval_of(share: float, kinds: int = 2, seconds: float = 40.0) -> Interval | None:
    """Return what is found where carriers share `share` of their look, of so many kinds in turn."""
    rng = np.random.default_rng(3)
    times = np.arange(0.0, seconds, 0.08)
    phases = (times % INTERVAL_S) / INTERVAL_S
    nearness = np.exp(-(((phases[:, None] - np.linspace(0.1, 0.9, 24)) / 0.03) ** 2))
    kind = np.floor(times / INTERVAL_S).astype(int) % kinds
    own = nearness[:, None, :] * (kind[:, None] == np.arange(kinds))[:, :, None]
    rows = np.hstack([np.sqrt(share) * nearness, np.sqrt(1.0 - share) * own.reshape(len(times), -1)])
    rows = (rows + 0.05 * rng.standard_normal(rows.shape)).astype(np.float32)
    return find_interval(times, rows @ rows.T, ahead=1.0)


@pytest.mark.parametrize(("share", "kinds"), [(0.9, 2), (0.7, 2), (0.3, 2), (0.75, 3)])
def test_alternating_bars_do_not_double_the_interval(share: float, kinds: int) -> None:
    """Neighbours that differ are carriers all the same: open and closed, full and empty may alternate."""
    found = interval_of(share, kinds)
    assert found is not None
    assert found.seconds == pytest.approx(INTERVAL_S, rel=0.01)


def test_carriers_of_two_kinds_repeat_after_two() -> None:
    """Chairs and cabins in turn have next to nothing in common: the view repeats with every second one."""
    found = interval_of(0.15)
    assert found is not None
    assert found.seconds == pytest.approx(2 * INTERVAL_S, rel=0.01)
