"""How margins are read, of networks that have learnt something and of those that have not."""

import numpy as np
import pytest

from ml.export.manifest import MISS_COST, UNKNOWN_COST, fit_scale


def test_margins_of_a_good_network_are_read_by_their_fit() -> None:
    """Negative margins are open: p(open) is high there and low on the other side."""
    margin = np.array([-1.0, -0.5, 0.4, -0.4, 0.5, 1.0])
    scale, offset = fit_scale(margin, np.array([True, True, True, False, False, False]))
    p = 1 / (1 + np.exp(scale * margin + offset))
    assert scale > 0
    assert p[0] > 0.7
    assert p[-1] < 0.3


@pytest.mark.parametrize("turned", [-1.0, 0.0])
def test_a_network_that_tells_nothing_makes_everything_unknown(turned: float) -> None:
    """Margins the wrong way round, or all alike: no passage is called closed or open."""
    margin = turned * np.array([-1.0, -0.5, 0.5, 1.0])
    scale, offset = fit_scale(margin, np.array([True, True, False, False]))
    p = 1 / (1 + np.exp(scale * margin + offset))
    assert scale > 0
    assert (np.abs(p - 0.5) < 0.5 - UNKNOWN_COST / MISS_COST).all()
