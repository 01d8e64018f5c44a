"""A real RTSP camera: its frames come with their times; lost, it is reported, and comes back by itself."""

import itertools
import os
import queue
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from lifts.schema import Camera, Lift, Pose, Track
from service.capture.files import FileSource
from service.capture.source import StreamSource
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, CameraState, CameraStatus, WatchedLift
from service.domain.errors import SourceError
from service.domain.frame import Frame
from service.domain.health import Health
from service.health.limits import HealthLimits
from service.station.supervisor import CameraSupervisor
from tests.end_to_end.conftest import PYTHON, SERVER, Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.capture.videos import drawn, write_video

PATIENCE_S = 120.0
"""Far beyond what a busy machine needs."""

TRACK = Track(
    begin=Pose(x=80, y=90, scale=2.0), middle=Pose(x=160, y=90, scale=2.0), end=Pose(x=240, y=90, scale=2.0)
)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("recording") / "a.mp4", list(range(0, 12000, 40)))


class Plug:
    """A camera on a fixed port that can be unplugged and plugged in again."""

    def __init__(self, recording: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"rtsp://127.0.0.1:{self.port}/cam"
        self._recording = recording
        self._process: subprocess.Popen[str] | None = None

    def put_in(self) -> None:
        environ = {**os.environ, "RTSP_PORT": str(self.port)}
        command = [PYTHON, str(SERVER), f"cam={self._recording}"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ)
        assert self._process.stdout is not None
        assert self._process.stdout.readline().split() == ["cam", self.url]

    def pull(self) -> None:
        if self._process is not None and self._process.stdout is not None:
            self._process.kill()
            self._process.wait()
            self._process.stdout.close()
            self._process = None


@pytest.fixture
def plug(recording: Path, rtsp: Serve) -> Iterator[Plug]:
    camera = Plug(recording)
    yield camera
    camera.pull()


def await_event(
    events: queue.Queue[CameraEvent], wanted: Callable[[CameraEvent], bool], timeout_s: float
) -> float:
    """Return how long the event took."""
    start_s = time.monotonic()
    while (left_s := start_s + timeout_s - time.monotonic()) > 0:
        try:
            if wanted(events.get(timeout=left_s)):
                return time.monotonic() - start_s
        except queue.Empty:
            break
    raise AssertionError(f"the event did not come within {timeout_s} s")


def state(wanted: CameraState) -> Callable[[CameraEvent], bool]:
    return lambda event: isinstance(event, CameraStatus) and event.state is wanted


def lost(active: bool) -> Callable[[CameraEvent], bool]:
    return lambda event: (
        isinstance(event, Health) and event.kind is AlarmKind.CAMERA_LOST and event.active is active
    )


def nearest(frame: Frame) -> int:
    """Return which picture of the recording a frame shows."""
    off = [np.abs(frame.bgr().astype(int) - drawn(index)).mean() for index in range(100)]
    assert min(off) < 8
    return int(np.argmin(off))


def test_a_camera_is_recorded_as_it_comes(recording: Path, rtsp: Serve, tmp_path: Path) -> None:
    """Undecoded, with its times: the file holds what the camera showed."""
    path, shares = tmp_path / "recorded.mkv", [0.0]
    with rtsp({"cam": recording}) as addresses:
        StreamSource(addresses["cam"]).record(path, 1.5, shares.append)
    frames = list(FileSource(path))
    assert frames[-1].t_s == pytest.approx(1.5, abs=0.15)
    steps = [b.t_s - a.t_s for a, b in itertools.pairwise(frames)]
    assert sorted(steps)[len(steps) // 2] == pytest.approx(0.04, abs=0.005)
    first, later = (nearest(frame) for frame in (frames[5], frames[30]))
    assert later - first == round((frames[30].t_s - frames[5].t_s) / 0.04)
    assert shares == sorted(shares)
    assert shares[-1] > 0.9


def test_a_recording_begins_with_what_came_first(rtsp: Serve, tmp_path: Path) -> None:
    """Also where pictures are sent in another order than they are shown: not with the next key frame."""
    camera, path = write_video(tmp_path / "a.mp4", range(0, 4000, 40), key_every=50), tmp_path / "a.mkv"
    with rtsp({"cam": camera}) as addresses:
        StreamSource(addresses["cam"]).record(path, 0.8)
    frames = list(FileSource(path))
    assert nearest(frames[0]) < 10
    assert frames[-1].t_s == pytest.approx(0.8, abs=0.15)
    assert all(0.0 < b.t_s - a.t_s < 0.1 for a, b in itertools.pairwise(frames))


def test_a_camera_that_breaks_off_while_it_is_recorded_says_so(rtsp: Serve, tmp_path: Path) -> None:
    """A recording shorter than asked for is never reported as complete."""
    short = write_video(tmp_path / "short.mp4", range(0, 800, 40))
    with rtsp({"cam": short}) as addresses, pytest.raises(SourceError, match="while it was recorded"):
        StreamSource(addresses["cam"]).record(tmp_path / "a.mkv", 600.0)


def test_frames_come_with_their_times(recording: Path, rtsp: Serve) -> None:
    """Over RTSP, frames are the recording's, 40 ms apart, and strictly in time."""
    with rtsp({"cam": recording}) as addresses:
        frames = list(itertools.islice(StreamSource(addresses["cam"]), 20))
    steps = [b.t_s - a.t_s for a, b in itertools.pairwise(frames)]
    assert all(step > 0 for step in steps)
    assert sorted(steps)[len(steps) // 2] == pytest.approx(0.04, abs=0.005)
    assert frames[0].bgr().shape == (180, 320, 3)


class Took(NamedTuple):
    """How long a camera's changes took, in seconds: each since it was plugged in, or pulled out."""

    live: float
    degraded: float
    lost: float
    back: float


def lost_and_back(plug: Plug, limits: HealthLimits) -> Took:
    """Watch a camera that is absent at first, plugged in, pulled out and plugged in again."""
    lift = Lift(id="test", name="Test", camera=Camera(url=plug.url, width=320, height=180), track=TRACK)
    events: queue.Queue[CameraEvent] = queue.Queue()
    # The small recording is a moving ramp without carriers: only presence matters here.
    supervisor = CameraSupervisor(WatchedLift(lift, None, {}), events.put, health=limits)
    supervisor.start()
    try:
        await_event(events, lost(True), PATIENCE_S)
        plug.put_in()
        live_s = await_event(events, state(CameraState.LIVE), PATIENCE_S)
        plug.pull()
        degraded_s = await_event(events, state(CameraState.DEGRADED), PATIENCE_S)
        lost_s = degraded_s + await_event(events, lost(True), PATIENCE_S)
        plug.put_in()
        return Took(live_s, degraded_s, lost_s, await_event(events, lost(False), PATIENCE_S))
    finally:
        supervisor.stop()


@pytest.mark.fault(2)
@pytest.mark.fault(1)
def test_a_lost_camera_is_reported_and_comes_back(plug: Plug) -> None:
    """Absent, live, killed, degraded, lost, back by itself; what it is patient for is shortened here."""
    lost_and_back(plug, HealthLimits(degraded_s=0.5, lost_s=2.0))


@pytest.mark.slow
@pytest.mark.fault(2)
@pytest.mark.fault(1)
def test_a_lost_camera_is_reported_in_time(plug: Plug) -> None:
    """Absent at first: live in 35 s. Killed: degraded in 3 s, lost in 10 s; back 10 s after its return."""
    took = lost_and_back(plug, HealthLimits())
    assert took.live <= 35.0
    assert took.degraded <= 3.0
    assert took.lost <= 10.0
    assert took.back <= 10.0
