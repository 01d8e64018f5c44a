"""Every carrier once, at its time, in its place: over scripted lines whose truth is known."""

import copy
import functools
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest

from lifts.decision.reasons import Reason
from lifts.geometry import apply, middle_fraction, pose_at, to_canonical
from lifts.schema import Lift
from service.domain.camera import WatchedLift
from service.domain.errors import ConfigurationError
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.passages.extractor import PassageExtractor
from tests.service.passages.scripted import AWAY_TRACK, Scene, crossing_s, frames, watched

EVERY_4_S = tuple(1.0 + 4.0 * k for k in range(8))
Line = functools.partial(Scene, fps=8.0)
"""A scene that is quickly drawn and watched: most of what is tested does not ask for more frames."""
THREE = Line(seconds=14.0, carriers=EVERY_4_S[:3])
FIRST = 2
"""Carriers that pass before the extractor knows what carriers look like: they are reported late."""

Found = list[tuple[Passage, float]]
LEARNT_S = 15.6
"""By then the line is learnt, three times over."""


def passages_of(scene: Scene, source: Iterable[Frame] | None = None) -> tuple[Found, list[str]]:
    """Return each passage with the media time at which it was reported, and the reported line speeds."""
    extractor = PassageExtractor(watched(scene), run_id="test")
    found, speeds = watch(extractor, frames(scene) if source is None else source)
    return found + [(passage, scene.seconds) for passage in extractor.finish()], speeds


def watch(extractor: PassageExtractor, source: Iterable[Frame]) -> tuple[Found, list[str]]:
    found: Found = []
    speeds: list[str] = []
    for frame in source:
        found += [(passage, frame.t_s) for passage in extractor.step(frame)]
        speeds.append(extractor.line_speed)
    return found, speeds


@functools.cache
def begun() -> tuple[PassageExtractor, Found, list[str]]:
    """A line that has run evenly until it was learnt."""
    scene = Line(seconds=LEARNT_S, carriers=EVERY_4_S)
    extractor = PassageExtractor(watched(scene), run_id="test")
    return (extractor, *watch(extractor, frames(scene)))


def passages_of_even_beginning(
    scene: Scene, change: Callable[[Frame], Frame] = lambda frame: frame
) -> tuple[Found, list[str]]:
    """Do as `passages_of` for a scene in which nothing happens until the line is learnt.

    change: made to each frame after that.
    """
    extractor, found, speeds = copy.deepcopy(begun())
    then_found, then_speeds = watch(extractor, map(change, frames(scene, len(speeds) / scene.fps)))
    found += then_found + [(passage, scene.seconds) for passage in extractor.finish()]
    return found, speeds + then_speeds


def assert_right(scene: Scene, found: Found) -> None:
    """Each carrier once and in order: middle within 0.2 s, reported before its end, pictures in place."""
    middle = middle_fraction(scene.track)
    whole = [begin_s for begin_s in scene.carriers if crossing_s(scene, begin_s, 1.0) < scene.seconds]
    assert len(found) == len(whole)
    for k, ((passage, reported_s), begin_s) in enumerate(zip(found, whole, strict=True)):
        assert passage.t_middle_s == pytest.approx(crossing_s(scene, begin_s, middle), abs=0.2)
        assert passage.t_begin_s < passage.t_middle_s < passage.t_end_s
        if k >= FIRST:
            assert reported_s <= crossing_s(scene, begin_s, 1.0)
        assert len(passage.pictures) == 3
        for picture in passage.pictures:
            assert picture.image.shape == (200, 200, 3)
            assert picture.problem is None
        picture = passage.pictures[1]
        assert picture.pose is not None
        assert picture.quality > 0.5
        if not scene.pace:
            true = pose_at(scene.track, (picture.t_s - begin_s) * scene.way_per_s)
            off_px = apply(to_canonical(picture.pose), [(true.x, true.y)])[0] - 100.0
            assert np.hypot(*off_px) < (6.0 if scene.fps > 5 else 9.0)


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(Scene(seconds=18, snow=80, carriers=EVERY_4_S[:4]), id="people and snow"),
        pytest.param(
            Scene(seconds=8.5, fps=60, way_per_s=0.7, carriers=(1.0, 3.0, 5.0, 7.0)),
            id="fast, 60 frames a second",
        ),
        pytest.param(
            Scene(seconds=24, fps=5, carriers=EVERY_4_S[:5]),
            id="5 frames a second",
            marks=pytest.mark.thorough,
        ),
        pytest.param(
            Line(seconds=20, track=AWAY_TRACK, carriers=EVERY_4_S[:5]),
            id="away from the camera",
            marks=pytest.mark.thorough,
        ),
        pytest.param(
            Line(seconds=18, carriers=tuple(1 + 2.0 * k for k in range(7))), id="two carriers in view"
        ),
    ],
)
def test_each_carrier_once(scene: Scene) -> None:
    """Each carrier once, at its time, in its place; ids and numbers unlike."""
    found, _ = passages_of(scene)
    assert_right(scene, found)
    assert [passage.number for passage, _ in found] == list(range(1, len(found) + 1))
    assert len({passage.id for passage, _ in found}) == len(found)


@pytest.mark.thorough
def test_a_line_that_stops_holds_its_carrier() -> None:
    """A stop of 6 s with a carrier in view: it is one carrier, its times include the stop."""
    scene = Line(seconds=31, carriers=EVERY_4_S[:6], pace=((19.0, 0.0), (25.0, 1.0)))
    found, speeds = passages_of_even_beginning(scene)
    assert_right(scene, found)
    fps = scene.fps
    assert all("s per passage" in line for line in speeds[int(16 * fps) : int(18 * fps)])
    assert speeds[int(22 * fps)] == speeds[int(24 * fps)] == "stopped"
    assert "s per passage" in speeds[int(28 * fps)]


@pytest.mark.thorough
def test_a_line_that_backs_reports_no_carrier_twice() -> None:
    """Stopped, run backwards by half a carrier's way and on again: each carrier once all the same."""
    pace = ((19.0, 0.0), (21.0, -0.5), (25.0, 0.0), (26.0, 1.0))
    scene = Line(seconds=35, carriers=EVERY_4_S[:6], pace=pace)
    found, speeds = passages_of_even_beginning(scene)
    assert_right(scene, found)
    assert "backwards" in speeds


@pytest.mark.thorough
def test_a_slow_stretch() -> None:
    """The line creeps for 10 s: no carrier is lost, none is invented."""
    scene = Line(seconds=33, carriers=EVERY_4_S[:6], pace=((16.0, 0.4), (26.0, 1.0)))
    found, _ = passages_of_even_beginning(scene)
    assert len(found) == len(scene.carriers)
    middle = middle_fraction(scene.track)
    for (passage, _), begin_s in zip(found, scene.carriers, strict=True):
        assert passage.t_middle_s == pytest.approx(crossing_s(scene, begin_s, middle), abs=0.3)


def test_a_gap_on_the_rope_is_no_carrier() -> None:
    """One carrier is in the garage: nothing is reported in its place, and the others are."""
    carriers = tuple(begin_s for k, begin_s in enumerate(EVERY_4_S[:7]) if k != 5)
    scene = Line(seconds=31, carriers=carriers)
    found, _ = passages_of_even_beginning(scene)
    middle = middle_fraction(scene.track)
    assert len(found) == len(carriers)
    for (passage, _), begin_s in zip(found, carriers, strict=True):
        assert passage.t_middle_s == pytest.approx(crossing_s(scene, begin_s, middle), abs=0.2)
        assert [picture.problem for picture in passage.pictures[1:]] == [None, None]


@pytest.fixture(scope="module")
def three() -> list[Frame]:
    """Three carriers pass."""
    return list(frames(THREE))


def test_people_alone_are_no_carriers() -> None:
    """Walkers before a line without carriers make no passage."""
    found, speeds = passages_of(Line(seconds=14.0, carriers=(), people=5))
    assert found == []
    assert set(speeds) == {"unknown"}


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("references", "carriers"),
    [
        pytest.param(False, (1.0,), id="masks, one early"),
        pytest.param(False, (1.0, 8.0), id="masks, two"),
        pytest.param(True, (3.0,), id="references, one"),
        pytest.param(False, (3.0,), id="masks, one", marks=pytest.mark.slow),
        pytest.param(True, (1.0,), id="references, one early", marks=pytest.mark.slow),
        pytest.param(True, (1.0, 8.0), id="references, two", marks=pytest.mark.slow),
    ],
)
def test_a_recording_too_short_for_the_line_to_be_learnt(
    references: bool, carriers: tuple[float, ...]
) -> None:
    """No interval of carriers can be measured: each is found separately, once the recording has ended."""
    scene = Line(carriers=carriers, seconds=carriers[-1] + 5.5, people=4, snow=40)
    extractor = PassageExtractor(watched(scene, references), run_id="test")
    found = [passage for frame in frames(scene) for passage in extractor.step(frame)] + extractor.finish()
    middle = middle_fraction(scene.track)
    assert len(found) == len(carriers)
    for passage, begin_s in zip(found, carriers, strict=True):
        assert passage.t_middle_s == pytest.approx(crossing_s(scene, begin_s, middle), abs=0.2)
        assert passage.t_end_s == pytest.approx(crossing_s(scene, begin_s, 1.0), abs=0.4)
        assert [picture.problem for picture in passage.pictures] == [None] * 3


@pytest.mark.thorough
def test_the_same_frames_give_the_same_passages(three: list[Frame]) -> None:
    """Nothing but the frames decides: no clock, no chance. Bit for bit, and numbered round the rope."""
    given = watched(THREE)
    two = replace(given, lift=given.lift.model_copy(update={"carriers": 2}))
    first, second = (watch(PassageExtractor(two, run_id="test"), three)[0] for _ in range(2))
    assert [passage.number for passage, _ in first] == [1, 2, 1]
    for (one, one_s), (other, other_s) in zip(first, second, strict=True):
        assert one_s == other_s
        assert (one.id, one.t_begin_s, one.t_end_s) == (other.id, other.t_begin_s, other.t_end_s)
        for a, b in zip(one.pictures, other.pictures, strict=True):
            assert (a.t_s, a.quality) == (b.t_s, b.quality)
            assert np.array_equal(a.image, b.image)


def test_a_carrier_that_passes_while_frames_are_missing_is_said_not_to_be_seen() -> None:
    """Frames missing for 3 s: the carrier that passed meanwhile is reported, at its time, as not seen."""
    scene = Line(seconds=27.0, carriers=EVERY_4_S[:6])
    extractor, found, said = copy.deepcopy(begun())
    shown = (f for f in frames(scene, len(said) / scene.fps) if not 17.5 < f.t_s < 20.5)
    found += watch(extractor, shown)[0] + [(passage, scene.seconds) for passage in extractor.finish()]
    middle = middle_fraction(scene.track)
    true = [crossing_s(scene, begin_s, middle) for begin_s in scene.carriers]
    assert [passage.t_middle_s for passage, _ in found] == pytest.approx(true, abs=0.2)
    problems = [{picture.problem for picture in passage.pictures} for passage, _ in found]
    assert problems == [{None}] * 4 + [{Reason.NOT_SEEN}] + [{None}]


def test_damaged_frames_are_not_judged() -> None:
    """A carrier all of whose frames are damaged is reported; its pictures say that it must not be judged."""
    scene = Line(seconds=26.0, carriers=EVERY_4_S[:6])
    found, _ = passages_of_even_beginning(
        scene,
        lambda f: Frame.of_bgr(
            f.image, index=f.index, t_s=f.t_s, t_mono_s=f.t_s, damaged=16.4 < f.t_s < 21.2
        ),
    )
    assert len(found) == 6
    assert {picture.problem for picture in found[4][0].pictures} == {"damaged"}
    assert {picture.problem for passage, _ in found[:4] for picture in passage.pictures} == {None}


@pytest.mark.thorough
def test_a_stream_of_another_size_than_the_lift_was_drawn_for(three: list[Frame]) -> None:
    """Poses are in pixels of the camera's size; a sub-stream shows the same at half of it."""
    given = watched(THREE)
    camera = given.lift.camera
    assert camera is not None
    assert given.lift.track is not None
    double = {
        name: pose.model_copy(update={"x": 2 * pose.x + 0.5, "y": 2 * pose.y + 0.5, "scale": pose.scale / 2})
        for name, pose in given.lift.track
    }
    lift = given.lift.model_copy(
        update={
            "camera": camera.model_copy(update={"width": 2 * camera.width, "height": 2 * camera.height}),
            "track": given.lift.track.model_copy(update=double),
        }
    )
    extractor = PassageExtractor(WatchedLift(lift, given.masks, given.references), run_id="test")
    found, _ = watch(extractor, three)
    assert len(found) == 3
    assert all(picture.quality > 0.5 for passage, _ in found for picture in passage.pictures)


def test_a_lift_without_a_track_is_refused() -> None:
    """A lift that was only enrolled with masks cannot be watched, and the error says so."""
    lift = Lift(id="bare", name="Bare")
    with pytest.raises(ConfigurationError, match="bare"):
        PassageExtractor(WatchedLift(lift, None, {}))
