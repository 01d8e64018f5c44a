"""What a camera costs is taken slice by slice, both ways in turns, the start apart."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from service.bench import cost as bench
from service.bench.beside.earlier import EarlierPath, earlier_memory
from service.bench.beside.peers import OpenCvReader, ffmpeg_ratio, motion_ratio
from service.bench.cameras import FPS, SimulatedCamera, mbit_per_s, recording, sample, watched
from service.bench.cost import Decoding, WholePath, cost
from service.domain.passage import Passage
from tests.service.capture.videos import write_video

TINY = SimulatedCamera("tiny", 320, 180, 300)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Two seconds of it."""
    folder = tmp_path / "some-lift"
    folder.mkdir()
    return write_video(folder / "demo.mp4", range(0, 2000, 40))


def test_a_camera_sends_what_it_was_told_to_and_is_encoded_once(video: Path, tmp_path: Path) -> None:
    """Size, rate and B pictures as wanted; a second call takes what is there."""
    made = recording(TINY, video, tmp_path / "cache")
    assert made.name == "some-lift-320x180-300-0.mp4"
    assert 0.0 < mbit_per_s(made) < 1.0
    stamp = made.stat().st_mtime_ns
    assert recording(TINY, video, tmp_path / "cache") == made
    assert made.stat().st_mtime_ns == stamp
    assert not list(made.parent.glob("*.part*"))


def test_slices_take_turns_and_the_start_stands_apart(video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """0.8 s of start in one slice, then two of 0.4 s; each ratio is that of its slice."""
    folder, _ = sample()
    order: list[str] = []
    clock = iter(range(1000))

    def decode(_: Decoding, seconds: float) -> None:
        order.append(f"decoding {seconds}")
        next(clock)

    def whole(_: WholePath, seconds: float, passages: list[Passage]) -> None:
        order.append(f"whole {seconds}")
        for _step in range(3):
            next(clock)

    monkeypatch.setattr(Decoding, "go_on", decode)
    monkeypatch.setattr(WholePath, "go_on", whole)
    monkeypatch.setattr("time.process_time", lambda: float(next(clock)))
    found = cost(video, watched(folder, video), lambda _: None, 0.8, start_s=0.8, slice_s=0.4)
    assert order == [
        *("whole 0.8", "decoding 0.8"),
        *("whole 0.4", "decoding 0.4", "decoding 0.4", "whole 0.4"),
    ]
    assert (found["slices"], found["passages"], found["judging_ms_per_passage"]) == (2, 0, None)
    assert found["decoding_ms"] == pytest.approx(2 / 0.4 * 1e3)  # a step of the clock, and the reading itself
    assert found["ratio"] == {"p5": 2.0, "median": 2.0, "p95": 2.0}
    assert found["start"]["worst_slice_ms"] == pytest.approx(4e3)


def test_both_go_on_through_a_recording_that_ends(video: Path) -> None:
    """The whole path takes in what decoding alone does, through the end of the file."""
    folder, _ = sample()
    decoding, whole = Decoding(video), WholePath(video, watched(folder, video))
    passages: list[Passage] = []
    for _ in range(3):
        decoding.go_on(1.0)
        whole.go_on(1.0, passages)
    assert whole._t_s == pytest.approx(3.0, abs=2.0 / FPS)
    assert passages == []


def test_the_lifts_recording_stands_for_its_camera(video: Path) -> None:
    """Only the address and, if given, the id are changed."""
    folder, _ = sample()
    lift = watched(folder, video, "camera-7").lift
    assert (lift.id, lift.camera and lift.camera.url) == ("camera-7", str(video))
    assert lift.track == folder.lift.track


def test_no_slice_no_start() -> None:
    """A run without a start says so."""
    assert bench._start(np.zeros((0, 2)), 0.0) == {"seconds": 0.0}


@pytest.mark.thorough
def test_earlier_code_goes_on_in_a_process_of_its_own(video: Path) -> None:
    """A checkout's whole path takes its turns and says what they took; one that cannot run says so."""
    checkout = Path(__file__).parents[3]
    made = recording(TINY, video, video.parent / "cache")
    with EarlierPath(checkout, made) as earlier:
        assert earlier.go_on(0.4) > 0.0
        assert earlier.go_on(0.4) > 0.0
    with EarlierPath(video.parent, made) as nothing, pytest.raises(RuntimeError, match="does not run here"):
        nothing.go_on(0.4)


@pytest.mark.slow
def test_earlier_codes_memory_is_measured_too(video: Path) -> None:
    """By that checkout's own benchmark, in its own processes."""
    checkout = Path(__file__).parents[3]
    found = earlier_memory(checkout, video, 2, limit_s=0.1, settle_s=0.0)
    assert len(found["added_mb"]) == 1
    assert found["first_mb"] > 0.0
    with pytest.raises(RuntimeError, match="does not run here"):
        earlier_memory(video.parent, video, 1)


@pytest.mark.slow
def test_the_daemon_motion_is_measured_where_it_is_installed(tmp_path: Path) -> None:
    """It plays a recording as a camera would; elsewhere there is no row of it."""
    if shutil.which("motion") is None:
        pytest.skip("the daemon motion is not installed")
    made = write_video(tmp_path / "a.mp4", range(0, 20000, 40))
    found = motion_ratio(made, (320, 180), 3.0, lambda _: 0.05)
    assert found is not None
    assert found > 0.0


def test_peers_read_the_same_recording(video: Path) -> None:
    """OpenCV goes round at its end; FFmpeg's program is measured where it is installed."""
    OpenCvReader(video).go_on(4.5)
    with pytest.raises(RuntimeError, match="cannot read"):
        OpenCvReader(video.with_name("none.mp4")).go_on(0.4)
    found = ffmpeg_ratio(video, 1.0, lambda _: 0.05)
    assert found is None or found > 0.0
