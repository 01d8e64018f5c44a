"""Media time never runs backwards."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.capture.clock import MediaClock


def test_true_stamps_are_kept() -> None:
    """Stamps that advance are only moved to begin at 0, uneven as they are."""
    clock = MediaClock()
    assert [clock.stamp(t) for t in (7.0, 7.08, 7.12, 7.4)] == pytest.approx([0.0, 0.08, 0.12, 0.4])


def test_a_step_back_or_a_leap_is_a_new_beginning() -> None:
    """After a camera sets its clock the frame follows one interval after the last, and time goes on."""
    clock = MediaClock(nominal_interval_s=0.04)
    stamps = [clock.stamp(t) for t in (0.0, 0.04, -3600.0, -3599.96, 9000.0, 9000.04)]
    assert stamps == pytest.approx([0.0, 0.04, 0.08, 0.12, 0.16, 0.2])


def test_a_gap_that_truly_passed_is_believed() -> None:
    """A live camera that was silent for 8 s leaves 8 s in the media time."""
    clock = MediaClock()
    clock.stamp(0.0, 0.0)
    assert clock.stamp(8.0, 8.1) == pytest.approx(8.0)


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=2, max_size=60))
def test_it_always_increases(raw: list[float]) -> None:
    """Whatever comes, each stamp is after the one before."""
    clock = MediaClock()
    stamps = [clock.stamp(t) for t in raw]
    assert all(b > a for a, b in itertools.pairwise(stamps))
