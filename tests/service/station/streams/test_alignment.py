"""Clocks of two streams are told by what moves in both; a picture of another moment or view never agrees."""

import numpy as np
import pytest

from service.domain.arrays import Image
from service.station.streams.alignment import BOUND_S, Alignment

BEHIND = np.random.default_rng(1).uniform(60, 180, (24, 60))


def picture(t_s: float, *, noise: int = 0, moves: bool = True) -> Image:
    """What a camera sees: a bright thing that crosses the view in six seconds."""
    seen = BEHIND.copy()
    left = round(10.0 * t_s) % 60 if moves else 20
    seen[6:18, left : left + 8] = 230 - 40 * (np.arange(12) % 3)[:, None]
    grain = np.random.default_rng(noise).normal(0, 1.0, seen.shape)
    return np.clip(seen + grain, 0, 255).astype(np.uint8)


def aligned(*, moves: bool = True) -> Alignment:
    made = Alignment()
    for number in range(75):
        made.note(number * 0.08, picture(number * 0.08, noise=number, moves=moves))
    return made


@pytest.mark.parametrize("shift_s", [-1.2, 0.0, 0.35])
def test_the_shift_between_two_clocks_is_found(shift_s: float) -> None:
    """From pictures of a second and a half, wherever the other clock is within reach."""
    pictures = [
        (t_s - shift_s, picture(t_s, noise=1000 + k)) for k, t_s in enumerate(np.arange(3.5, 5.0, 0.04))
    ]
    found = aligned().measure(pictures, 0.0)
    assert found is not None
    assert found.shift_s == pytest.approx(shift_s, abs=BOUND_S)


def test_nothing_is_found_where_nothing_moves_or_nothing_is_alike() -> None:
    """A standing line tells no clock, and another view has none in common."""
    still = [(t_s, picture(t_s, noise=9, moves=False)) for t_s in np.arange(3.5, 5.0, 0.04)]
    assert aligned(moves=False).measure(still, 0.0) is None
    assert not aligned(moves=False).moving
    other = [(t_s, picture(t_s)[::-1, ::-1]) for t_s in np.arange(3.5, 5.0, 0.04)]
    assert aligned().moving
    assert aligned().measure(other, 0.0) is None


def test_a_picture_agrees_with_its_own_moment_alone() -> None:
    """Not with one a second ago, which is what a stream that froze shows, and not with another view."""
    known = aligned()
    assert known.agrees(5.52, picture(5.52, noise=7))
    assert not known.agrees(5.52, picture(4.4, noise=7))
    assert not known.agrees(5.52, picture(5.52)[::-1])
    assert not known.agrees(99.0, picture(5.52))
