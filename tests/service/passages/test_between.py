"""Pictures from between begin, middle and end: a dozen of a passage are judged, and none is waited for."""

import functools
from collections.abc import Iterable

import numpy as np
import pytest

from lifts.geometry import apply, pose_at, to_canonical
from service.domain.frame import Frame
from service.domain.passage import Passage, Picture
from service.passages.extractor import PassageExtractor
from service.passages.moments import places_between
from service.passages.options import ExtractorOptions
from tests.service.passages.scripted import Scene, crossing_s, frames, watched

EVERY_4_S = tuple(1.0 + 4.0 * k for k in range(4))
SCENE = Scene(seconds=17.0, fps=8.0, carriers=EVERY_4_S)
LAST = slice(3, None)
"""The carrier that passes once the line is known."""


def extracted(shown: Iterable[Frame], pictures: int) -> list[tuple[Passage, float]]:
    extractor = PassageExtractor(watched(SCENE), options=ExtractorOptions(pictures=pictures), run_id="test")
    return [(passage, frame.t_s) for frame in shown for passage in extractor.step(frame)]


@functools.cache
def shown() -> tuple[Frame, ...]:
    """A line on which four carriers pass."""
    return tuple(frames(SCENE))


@functools.cache
def found(pictures: int) -> tuple[tuple[Passage, float], ...]:
    return tuple(extracted(shown(), pictures))


def off_px(picture: Picture, begin_s: float) -> float:
    """How far a picture is from where the carrier truly was, canonical pixels."""
    true = pose_at(SCENE.track, (picture.t_s - begin_s) * SCENE.way_per_s)
    assert picture.pose is not None
    return float(np.hypot(*(apply(to_canonical(picture.pose), [(true.x, true.y)])[0] - 100.0)))


@pytest.mark.parametrize(
    ("middle", "most", "further"),
    [
        (0.5, 3, []),
        (0.5, 5, [0.25, 0.75]),
        (0.3, 5, [0.5, 0.75]),  # the middle picture is in the place of the one at 0.25
        (0.5, 2, []),
    ],
)
def test_further_pictures_are_spaced_evenly(middle: float, most: int, further: list[float]) -> None:
    """Each place that is given counts among the pictures, in the place of the nearest."""
    places, _ = places_between((0.0, middle, 1.0), most)
    assert places == pytest.approx(further)


@pytest.mark.thorough
def test_a_dozen_pictures_of_a_passage_are_judged() -> None:
    """In order of time, each of a frame of its own, spread over the way, and where the carrier was."""
    for (passage, _), begin_s in list(zip(found(12), EVERY_4_S, strict=True))[LAST]:
        assert len(passage.pictures) == 3
        assert len(passage.judged) == 12
        times = [picture.t_s for picture in passage.judged]
        assert times == sorted(set(times))
        assert max(np.diff(times)) < 0.5
        assert passage.shown == (0, 6, 11)
        assert [passage.judged[row] for row in passage.shown] == list(passage.pictures)
        farthest_px = max(off_px(picture, begin_s) for picture in passage.pictures)
        for picture in passage.between:
            assert picture.problem is None
            assert picture.quality > 0.5
            assert off_px(picture, begin_s) < farthest_px + 1.0


@pytest.mark.thorough
def test_nothing_else_depends_on_how_many_are_judged() -> None:
    """Begin, middle and end are the same to the last bit, and reported with the same frame, before TF."""
    for (few, few_s), (many, many_s) in zip(found(3), found(12), strict=True):
        assert few_s == many_s
        assert few.between == ()
        assert (few.t_begin_s, few.t_middle_s, few.t_end_s) == (many.t_begin_s, many.t_middle_s, many.t_end_s)
        for one, other in zip(few.pictures, many.pictures, strict=True):
            assert (one.t_s, one.quality, one.pose) == (other.t_s, other.quality, other.pose)
            assert np.array_equal(one.image, other.image)
    for (_, reported_s), begin_s in list(zip(found(12), EVERY_4_S, strict=True))[LAST]:
        assert reported_s <= crossing_s(SCENE, begin_s, 1.0)


@pytest.mark.thorough
def test_few_frames_a_second_give_fewer_pictures() -> None:
    """No frame counts twice: a carrier that is seen in ten frames has at most ten pictures."""
    sparse = [frame for k, frame in enumerate(shown()) if k % 3 == 0]
    for passage, _ in extracted(sparse, 12)[LAST]:
        assert 3 <= len(passage.judged) <= 10
        assert len({picture.t_s for picture in passage.judged}) == len(passage.judged)


@pytest.mark.thorough
def test_damaged_frames_from_between_are_left_out() -> None:
    """A picture that may show what never was is not judged; the three that are stored say so themselves."""
    damaged = [
        Frame.of_bgr(f.image, index=f.index, t_s=f.t_s, t_mono_s=f.t_s, damaged=13.5 < f.t_s < 14.5)
        for f in shown()
    ]
    (passage, _), *_ = extracted(damaged, 12)[LAST]
    assert 6 <= len(passage.judged) < 12
    assert all(not 13.5 < picture.t_s < 14.5 for picture in passage.between)
