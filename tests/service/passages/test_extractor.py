"""Every carrier once, at its time, in its place: over scripted lines whose truth is known."""

from collections.abc import Iterable

import numpy as np
import pytest

from lifts.geometry import apply, middle_fraction, pose_at, to_canonical
from lifts.schema import Lift
from service.errors import ConfigurationError
from service.passages.extractor import PassageExtractor
from service.types import Frame, Passage, WatchedLift
from tests.service.passages.scripted import Scene, crossing_s, frames, watched

FPS = 12.5


def passages_of(scene: Scene, source: Iterable[Frame] | None = None) -> list[tuple[Passage, float]]:
    """Return each passage with the media time at which it was reported."""
    extractor = PassageExtractor(watched(scene), run_id="test")
    found = []
    for frame in source or frames(scene):
        found += [(passage, frame.t_s) for passage in extractor.step(frame)]
    return found + [(passage, scene.seconds) for passage in extractor.finish()]


def assert_right(scene: Scene, found: list[tuple[Passage, float]]) -> None:
    """Each carrier once and in order: middle within 0.2 s, reported before its end, pictures in place."""
    middle = middle_fraction(scene.track)
    assert len(found) == len(scene.carriers)
    for (passage, reported_s), begin_s in zip(found, scene.carriers, strict=True):
        assert passage.t_middle_s == pytest.approx(crossing_s(scene, begin_s, middle), abs=0.2)
        assert passage.t_begin_s < passage.t_middle_s < passage.t_end_s
        assert reported_s <= crossing_s(scene, begin_s, 1.0)
        assert len(passage.pictures) == 3
        for picture in passage.pictures:
            assert picture.image.shape == (200, 200, 3)
            assert picture.problem is None
        picture = passage.pictures[1]
        assert picture.pose is not None
        assert picture.quality > 0.5
        true = pose_at(scene.track, (picture.t_s - begin_s) * scene.way_per_s) if scene.stop is None else None
        if true is not None:
            off_px = apply(to_canonical(picture.pose), [(true.x, true.y)])[0] - 100.0
            assert np.hypot(*off_px) < 6.0


def test_carriers_among_people_and_snow() -> None:
    """A queue, walkers and snowfall: each carrier once, at its time, in its place; ids and numbers unlike."""
    scene = Scene(fps=FPS, seconds=16.5, snow=150, carriers=(2.5, 10.5))
    found = passages_of(scene)
    assert_right(scene, found)
    assert [passage.number for passage, _ in found] == [1, 2]
    assert len({passage.id for passage, _ in found}) == 2


def test_a_line_that_stops_holds_its_carrier() -> None:
    """A stop of 4.5 s with a carrier in view: it is one carrier, and its times include the stop."""
    scene = Scene(fps=FPS, seconds=13.0, stop=(4.5, 9.0), carriers=(2.5,))
    assert_right(scene, passages_of(scene))


def test_a_fast_line_at_a_high_frame_rate() -> None:
    """Less than two seconds from begin to end, 60 frames a second."""
    scene = Scene(fps=60, seconds=7.0, way_per_s=0.6, carriers=(2.0, 5.0))
    assert_right(scene, passages_of(scene))


def test_a_line_that_runs_backwards_has_no_passages() -> None:
    """Carriers that come back are not boarding."""
    assert passages_of(Scene(fps=FPS, seconds=14.0, backwards=True, carriers=(2.5, 10.5))) == []


def test_people_alone_are_no_carriers() -> None:
    """Walkers before a line without carriers make no passage."""
    assert passages_of(Scene(fps=FPS, seconds=14.0, carriers=(), people=5)) == []


def test_the_same_frames_give_the_same_passages() -> None:
    """Nothing but the frames decides: no clock, no chance (sums may differ in their last digits)."""
    scene = Scene(fps=FPS, seconds=8.5, carriers=(2.5,))
    shown = list(frames(scene))
    (first, _), (second, _) = passages_of(scene, shown)[0], passages_of(scene, shown)[0]
    assert first.id == second.id
    assert (first.t_begin_s, first.t_end_s) == pytest.approx((second.t_begin_s, second.t_end_s), abs=1e-4)
    for a, b in zip(first.pictures, second.pictures, strict=True):
        assert a.t_s == b.t_s
        assert np.abs(a.image.astype(int) - b.image).mean() < 0.5


def test_a_gap_in_the_stream_makes_no_false_carrier() -> None:
    """Frames missing for 3 s while a carrier passes: it is not reported from half of what was seen."""
    scene = Scene(fps=FPS, seconds=15.5, carriers=(2.5, 10.0))
    shown = [frame for frame in frames(scene) if not 4.0 < frame.t_s < 7.0]
    found = passages_of(scene, shown)
    middle = middle_fraction(scene.track)
    assert all(abs(p.t_middle_s - crossing_s(scene, 10.0, middle)) < 0.3 for p, _ in found)


def test_a_lift_without_a_track_is_refused() -> None:
    """A lift that was only enrolled with masks cannot be watched, and the error says so."""
    lift = Lift(id="bare", name="Bare")
    with pytest.raises(ConfigurationError, match="bare"):
        PassageExtractor(WatchedLift(lift, None, {}))
