"""The demonstration's camera: a recording as a live stream that never ends."""

import contextlib
import itertools
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from service.capture.source import StreamSource
from tests.end_to_end.conftest import PYTHON, Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.capture.videos import drawn, write_video

SERVER = Path(__file__).resolve().parents[2] / "docker" / "camera" / "server.py"
FRAMES = 50


@pytest.fixture
def camera(tmp_path: Path, rtsp: Serve) -> Iterator[str]:  # rtsp: for its look whether GStreamer is there
    """The address of a camera that shows two seconds, again and again."""
    video = write_video(tmp_path / "a.mp4", range(0, FRAMES * 40, 40), b_frames=2)
    process = subprocess.Popen(
        [PYTHON, str(SERVER), f"cam={video}"],
        env={**os.environ, "RTSP_PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[1].replace("0.0.0.0", "127.0.0.1")
    finally:
        process.terminate()
        assert process.wait(120) == 0
        process.stdout.close()


@pytest.mark.thorough
def test_whoever_connects_sees_what_the_others_see(camera: str) -> None:
    """By whatever name it is asked, and later than the first: the same picture at the same time."""
    with contextlib.closing(StreamSource(camera)) as first, ThreadPoolExecutor() as threads:
        list(itertools.islice(first, 3 * FRAMES // 2))
        with contextlib.closing(StreamSource(camera.replace("127.0.0.1", "localhost"))) as second:
            one, other = threads.map(seen, (first, second))
    apart = [abs((t_s - one[index] + 1.0) % 2.0 - 1.0) for index, t_s in other.items() if index in one]
    assert len(apart) > FRAMES // 2
    assert np.median(apart) < 0.25


def seen(source: StreamSource) -> dict[int, float]:
    """Return which of the video's pictures came, and when, once the stream flows (monotonic)."""
    frames = list(itertools.islice(source, FRAMES, 2 * FRAMES))  # all of them first: to tell one takes longer
    return {shown(frame.bgr()): frame.t_mono_s for frame in frames}


def shown(picture: npt.NDArray[np.uint8]) -> int:
    """Which of the video's pictures this is."""
    return int(np.argmin([np.abs(picture.astype(int) - drawn(index)).mean() for index in range(FRAMES)]))


def test_the_end_goes_over_into_the_beginning(camera: str) -> None:
    """Two rounds and a half in one connection: no frame is damaged or missing, each is at its time."""
    source = StreamSource(camera)
    with contextlib.closing(source):
        frames = list(itertools.islice(source, 5 * FRAMES // 2))
    assert not any(frame.damaged for frame in frames)
    steps = [b.t_s - a.t_s for a, b in itertools.pairwise(frames[1:])]
    assert steps == pytest.approx([0.04] * len(steps), abs=0.011)
    for index in (0, 10, FRAMES, FRAMES + 10, 2 * FRAMES):
        assert np.abs(frames[index].bgr().astype(int) - drawn(index % FRAMES)).mean() < 8
