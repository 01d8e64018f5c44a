"""Two streams of a camera: carriers and times as with one, pictures of the first, and none that is not so."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from service.domain.passage import Passage
from service.station.streams.alignment import BOUND_S
from service.station.streams.first import CHECK_S, StreamFault
from tests.service.passages.scripted import HEIGHT, WIDTH, Scene, frames, watched
from tests.service.station.streams.recorded import encode, play

# 12.5 pictures a second, and a key frame every second.
SCENE = Scene(seconds=20.0, way_per_s=0.5, carriers=tuple(1.0 + 3.0 * k for k in range(7)), people=1)
KNOWN = 4
"""From this carrier on the line is known."""

SMALL = WIDTH // 2, HEIGHT // 2
SAME_S = 0.05
LIFT = watched(SCENE)
KEY_EVERY = 12


@pytest.fixture(scope="module")
def streams(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The first and the second stream of one camera."""
    folder, pictures = tmp_path_factory.mktemp("streams"), list(frames(SCENE))
    first = encode(folder / "first.mp4", pictures, (WIDTH, HEIGHT), KEY_EVERY)
    return first, encode(folder / "second.mp4", pictures, SMALL, KEY_EVERY)


@pytest.fixture(scope="module")
def on_first(streams: tuple[Path, Path]) -> list[Passage]:
    """What is found by following the first."""
    return play(LIFT, streams[0], None).passages


def middles_s(passages: list[Passage]) -> list[float]:
    return [each.t_middle_s for each in passages]


def sharpness(passages: list[Passage]) -> float:
    """How much detail pictures show, grey levels."""
    pictures = [picture.image for each in passages for picture in each.pictures]
    return float(np.mean([np.abs(cv2.Laplacian(image, cv2.CV_32F)).mean() for image in pictures]))


@pytest.mark.slow
@pytest.mark.parametrize(("shift_s", "late_s"), [(0.7, 0.12), (0.0, 0.0)])
def test_what_is_found_is_what_following_the_first_finds(
    streams: tuple[Path, Path], on_first: list[Passage], shift_s: float, late_s: float
) -> None:
    """The same carriers at the same times, and pictures of the first, also where its clock is another one."""
    first, second = streams
    played = play(LIFT, second, first, shift_s=shift_s, late_s=late_s)
    assert middles_s(played.passages) == pytest.approx(middles_s(on_first), abs=SAME_S)
    assert played.shift_s == pytest.approx(shift_s, abs=BOUND_S)
    later = played.passages[KNOWN:]
    assert played.given >= 2 * len(later)
    assert played.fault is None
    assert played.health == []
    assert sharpness(later) > 0.75 * sharpness(on_first[KNOWN:])


@pytest.mark.slow
def test_less_of_the_first_is_decoded_than_it_sends(streams: tuple[Path, Path]) -> None:
    """Once the line is known, a carrier costs a few pictures around its moments."""
    first, second = streams
    assert play(LIFT, second, first).decoded < 0.6 * SCENE.seconds * SCENE.fps


@pytest.mark.slow
def test_the_second_streams_pictures_show_less(streams: tuple[Path, Path], on_first: list[Passage]) -> None:
    """The sharpness above can fail: it tells the second's pictures from the first's."""
    alone = play(LIFT, streams[1], None).passages
    assert sharpness(alone[KNOWN:]) < 0.6 * sharpness(on_first[KNOWN:])


@pytest.mark.slow
def test_while_the_line_stands_key_frames_alone_are_decoded_and_no_carrier_is_missed_after_it(
    tmp_path: Path,
) -> None:
    """One that stands just before it would leave is found as on the first, once the line runs again."""
    stands_s, runs_s = 11.6, 16.6
    scene = replace(SCENE, pace=((stands_s, 0.0), (runs_s, 1.0)), seconds=24.0)
    pictures = list(frames(scene))
    first = encode(tmp_path / "first.mp4", pictures, (WIDTH, HEIGHT), KEY_EVERY)
    second = encode(tmp_path / "second.mp4", pictures, SMALL, KEY_EVERY)
    played, alone = play(LIFT, second, first), play(LIFT, first, None)
    assert middles_s(played.passages) == pytest.approx(middles_s(alone.passages), abs=SAME_S)
    assert [each.t_end_s for each in played.passages] == pytest.approx(
        [each.t_end_s for each in alone.passages], abs=2 * SAME_S
    )
    standing = [decoded for t_s, decoded in played.by_then if stands_s + 1.5 < t_s < runs_s]
    assert standing[-1] - standing[0] <= 1 + (runs_s - stands_s) / CHECK_S


@pytest.mark.slow
def test_a_first_stream_of_something_else_gives_no_picture(
    streams: tuple[Path, Path], on_first: list[Passage], tmp_path: Path
) -> None:
    """Another view, or an old one: carriers are found and judged by the second, and the fault is told."""
    other = replace(SCENE, seed=7, carriers=())
    first = encode(tmp_path / "other.mp4", frames(other), (WIDTH, HEIGHT), KEY_EVERY)
    played = play(LIFT, streams[1], first)
    assert played.given == 0
    assert played.fault is StreamFault.STREAMS_DIFFER
    assert middles_s(played.passages) == pytest.approx(middles_s(on_first), abs=SAME_S)


@pytest.mark.slow
def test_a_first_stream_that_is_frozen_gives_no_picture(
    streams: tuple[Path, Path], on_first: list[Passage], tmp_path: Path
) -> None:
    """However well it decodes: what it shows is not what the second shows at that moment."""
    still = list(frames(SCENE))[30]
    pictures = (replace(still, t_s=k / SCENE.fps) for k in range(int(SCENE.seconds * SCENE.fps)))
    first = encode(tmp_path / "still.mp4", pictures, (WIDTH, HEIGHT), KEY_EVERY)
    played = play(LIFT, streams[1], first)
    assert played.given == 0
    assert middles_s(played.passages) == pytest.approx(middles_s(on_first), abs=SAME_S)
