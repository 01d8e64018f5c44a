"""Whatever a recording went through, each picture comes at its time, or the account says that it does not."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.capture.files import FileSource
from tests.service.capture.containers import RAW, STAMPED, Handling, Image, record
from tests.service.capture.videos import drawn

SIZE = (160, 96)
FPS = 24
PICTURES = [drawn(number, SIZE) for number in range(96)]
LEVELS = [float(picture.mean()) for picture in PICTURES]
NEAR_S = 0.03  # the sound's first packet, half of one off

aspects = st.sampled_from([Fraction(1), Fraction(2), Fraction(1, 2), Fraction(4, 3)])
stamped = st.builds(
    Handling,
    ending=st.sampled_from(STAMPED),
    codec=st.sampled_from(["h264", "hevc"]),
    every=st.sampled_from([1, 2, 4, 12]),
    late_s=st.sampled_from([0.0, 0.0, 1.5, 3.0]),
    gap=st.none() | st.tuples(st.floats(0.5, 3.0), st.floats(6.0, 40.0)),
    aspect=aspects,
    clips=st.sampled_from([1, 1, 2]),
)
turned = st.builds(Handling, degrees=st.sampled_from([90, 180, 270]), aspect=aspects)
resized = st.builds(Handling, ending=st.just("ts"), halved_s=st.floats(1.0, 3.0))
uncounted = st.sampled_from(RAW).flatmap(
    lambda name: st.builds(
        Handling,
        ending=st.just(name),
        codec=st.just(name),
        aspect=st.just(Fraction(1)) if name == "mjpeg" else aspects,
        clips=st.sampled_from([1, 3]),
    )
)
dvr = st.builds(Handling, ending=st.just("avi"), codec=st.sampled_from(["h264", "mpeg4", "mjpeg"]))
broken = st.builds(
    Handling,
    ending=st.sampled_from(["mp4", "mkv", "ts", "avi", "h264"]),
    codec=st.just("h264"),
    cut=st.floats(0.3, 0.9),
) | st.builds(
    Handling,
    ending=st.sampled_from(["mp4", "mkv", "ts"]),
    codec=st.just("h264"),
    zeroed=st.floats(0.3, 0.6).map(lambda first: (first, first + 0.2)),
)


def due(handling: Handling) -> list[tuple[float, float]]:
    """Return (time, brightness) of each picture that was recorded."""
    numbers = range(0, len(PICTURES), handling.every)
    length_s = len(numbers) * handling.every / FPS
    times = [(handling.time_of(number / FPS, length_s), LEVELS[number]) for number in numbers]
    return [(each[clip], level) for clip in range(handling.clips) for each, level in times]


def seen(path: Path, fps: float | None = None) -> tuple[FileSource, list[tuple[float, Image]]]:
    source = FileSource(path, fps=fps)
    return source, [(frame.t_s, frame.bgr()) for frame in source]


def check_whole(path: Path, handling: Handling) -> None:
    """A recording that can be read: every picture, upright, square, at its time, on each reading."""
    path = record(path, PICTURES, FPS, handling)
    # An elementary stream of pictures knows no rate: 25 is FFmpeg's guess.
    source, found = seen(path, FPS if handling.ending == "mjpeg" else None)
    expected = due(handling)
    assert [t_s for t_s, _ in found] == pytest.approx([t_s for t_s, _ in expected], abs=NEAR_S)
    assert [picture.mean() for _, picture in found] == pytest.approx([level for _, level in expected], abs=4)
    assert all(picture.shape == found[0][1].shape for _, picture in found)
    assert found[0][1].shape[1] / found[0][1].shape[0] == pytest.approx(SIZE[0] / SIZE[1], rel=0.02)
    assert np.abs(found[0][1][::16, ::16].astype(int).mean(axis=0) - _thumb(found[0][1])).max() < 12
    account = source.account
    assert account.whole
    assert account.end_s == pytest.approx(expected[-1][0] + handling.every / FPS, abs=2 * NEAR_S)
    gaps = [] if handling.gap is None else [handling.gap[1]] * handling.clips
    assert [to_s - from_s for from_s, to_s in account.gaps if from_s > 0.0] == pytest.approx(
        [gap + handling.every / FPS for gap in gaps], abs=NEAR_S
    )


def _thumb(picture: Image) -> npt.NDArray[np.float64]:
    """The first control picture's columns, as far as a picture of this size shows them."""
    columns = np.linspace(0, SIZE[0] - 1, picture.shape[1]).round().astype(int)[::16]
    return np.asarray(PICTURES[0][0, columns], np.float64)


def check_broken(path: Path, handling: Handling) -> None:
    """A recording that cannot be read wholly: no picture at a wrong time, and the loss is reported."""
    path = record(path, PICTURES, FPS, handling)
    source, found = seen(path)
    account = source.account
    if handling.ending != "h264":  # which has neither length nor packets: nobody can know
        assert not account.whole
        assert account.read_s < len(PICTURES) / FPS - 0.1
    expected = due(handling)
    lost = [*account.damaged, (account.end_s - 0.2, 99.0)]
    for t_s, picture in found:
        near_s, level = min(expected, key=lambda each: abs(each[0] - t_s))
        assert near_s == pytest.approx(t_s, abs=NEAR_S)
        if not any(from_s - 0.1 <= t_s <= to_s + 0.1 for from_s, to_s in lost):
            assert picture.mean() == pytest.approx(level, abs=4)


quick = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
thorough = settings(quick, max_examples=60)


@quick
@given(stamped | turned | resized | uncounted | dvr)
def test_every_picture_comes_at_its_time(tmp_path: Path, handling: Handling) -> None:
    """A few containers at random."""
    check_whole(tmp_path / "a", handling)


@quick
@given(broken)
def test_what_is_lost_is_reported(tmp_path: Path, handling: Handling) -> None:
    """A few broken copies at random."""
    check_broken(tmp_path / "a", handling)


@pytest.mark.slow
@thorough
@given(stamped | turned | resized | uncounted | dvr)
def test_every_picture_comes_at_its_time_in_many_containers(tmp_path: Path, handling: Handling) -> None:
    """Many containers at random."""
    check_whole(tmp_path / "a", handling)


@pytest.mark.slow
@thorough
@given(broken)
def test_what_is_lost_of_many_copies_is_reported(tmp_path: Path, handling: Handling) -> None:
    """Many broken copies at random."""
    check_broken(tmp_path / "a", handling)
