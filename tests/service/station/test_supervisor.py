"""A camera's process is watched over: it reports, and when it dies or hangs another takes its place."""

import os
import queue
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lifts.schema import Camera, Lift, Pose, Track
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, CameraState, CameraStatus, Snapshot, WatchedLift
from service.domain.health import Health
from service.station.supervisor import CameraSupervisor
from tests.service.capture.videos import write_video

TRACK = Track(
    begin=Pose(x=80, y=90, scale=2.0), middle=Pose(x=160, y=90, scale=2.0), end=Pose(x=240, y=90, scale=2.0)
)
Events = queue.Queue[CameraEvent]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[tuple[CameraSupervisor, Events]]:
    """A supervisor over a looped recording, started."""
    video = write_video(tmp_path / "a.mp4", list(range(0, 4000, 40)))
    camera = Camera(url=str(video), width=320, height=180)
    lift = Lift(id="test", name="Test", camera=camera, track=TRACK)
    events: Events = queue.Queue()
    supervisor = CameraSupervisor(WatchedLift(lift, None, {}, loop_file=True), events.put)
    supervisor.start()
    yield supervisor, events
    supervisor.stop()


def await_event(
    events: Events, wanted: Callable[[CameraEvent], bool], timeout_s: float = 30.0
) -> CameraEvent:
    end_s = time.monotonic() + timeout_s
    while (left_s := end_s - time.monotonic()) > 0:
        event = events.get(timeout=left_s)
        if wanted(event):
            return event
    raise AssertionError("the event did not come")


def live(event: CameraEvent) -> bool:
    return isinstance(event, CameraStatus) and event.state is CameraState.LIVE


def down(active: bool) -> Callable[[CameraEvent], bool]:
    return lambda event: (
        isinstance(event, Health) and event.kind is AlarmKind.WORKER_DOWN and event.active is active
    )


@pytest.mark.fault(9)
def test_it_reports_and_is_replaced_when_it_dies_or_hangs(camera: tuple[CameraSupervisor, Events]) -> None:
    """Killed, crashed or stopped dead it is reported down meanwhile, and frames come again within 5 s.

    A busy machine, on which the first start takes as long, has three starts' time more.
    """
    supervisor, events = camera
    began_s = time.monotonic()
    await_event(events, live)
    within_s = 5.0 + 3.0 * (time.monotonic() - began_s)
    assert supervisor.status.decoder.startswith("h264")
    snapshot = await_event(events, lambda event: isinstance(event, Snapshot))
    assert isinstance(snapshot, Snapshot)
    assert snapshot.jpeg.startswith(b"\xff\xd8")
    for restarts, blow in enumerate((signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP), start=1):
        pid = supervisor.pid
        assert pid is not None
        struck_s = time.monotonic()
        os.kill(pid, blow)
        await_event(events, down(True))
        await_event(events, down(False))
        assert time.monotonic() - struck_s <= within_s, blow.name
        assert supervisor.status.state is CameraState.LIVE
        assert supervisor.restarts == restarts
        assert supervisor.pid != pid
    supervisor.stop()
    assert supervisor.pid is None


def test_stopping_ends_the_process_and_the_reports(camera: tuple[CameraSupervisor, Events]) -> None:
    """After stop() no process is left and no event is reported."""
    supervisor, events = camera
    await_event(events, live)
    pid = supervisor.pid
    assert pid is not None
    supervisor.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    while not events.empty():
        events.get_nowait()
    assert events.empty()
