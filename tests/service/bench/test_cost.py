"""What a camera costs is taken slice by slice, both ways in turns, the start apart."""

from pathlib import Path

import numpy as np
import pytest

from service.bench import cost as bench
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
