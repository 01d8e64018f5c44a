"""A line that was learnt is followed on other days: at another speed, and with less in the picture."""

import functools

import pytest

from lifts.geometry import middle_fraction
from service.passages.extractor import PassageExtractor
from service.passages.learnt import Learnt
from tests.service.passages.scripted import Scene, crossing_s, frames, watched

WAY_PER_S, APART_S = 0.9, 6.0
"""Carriers are on the track for a second or so, and nowhere to be seen for most of the six until the next."""


def day(pace: float, people: int, snow: int, seconds: float, seed: int = 1) -> Scene:
    """A day on which the line runs at `pace` of its speed."""
    apart_s = APART_S / pace
    carriers = tuple(1.0 + apart_s * k for k in range(int(seconds / apart_s) + 1))
    return Scene(
        way_per_s=WAY_PER_S * pace,
        carriers=carriers,
        seconds=seconds,
        people=people,
        snow=snow,
        seed=seed,
        fps=12.5,
    )


@functools.cache
def learnt() -> Learnt:
    """Thirteen carriers pass among people, while it snows."""
    scene = day(1.0, people=6, snow=120, seconds=80.0)
    extractor = PassageExtractor(watched(scene), run_id="first")
    for frame in frames(scene):
        extractor.step(frame)
    assert extractor.learnt is not None
    return extractor.learnt


@pytest.mark.thorough
@pytest.mark.parametrize("pace", [0.75, 1.0, 1.3])
def test_every_carrier_is_found_on_a_quieter_day(pace: float) -> None:
    """Nobody walks and nothing falls: a view that is quiet between two carriers is no line that stands."""
    scene = day(pace, people=0, snow=0, seconds=54.0, seed=2)
    extractor = PassageExtractor(watched(scene), run_id="test", learnt=learnt())
    found = [passage for frame in frames(scene) for passage in extractor.step(frame)]
    middle = middle_fraction(scene.track)
    passed = [begin_s for begin_s in scene.carriers if crossing_s(scene, begin_s, 1.0) < scene.seconds - 0.5]
    due = [crossing_s(scene, begin_s, middle) for begin_s in passed]
    assert [passage.t_middle_s for passage in found] == pytest.approx(due, abs=0.3)
    assert extractor.line_interval_s == pytest.approx(APART_S / pace, rel=0.04)
