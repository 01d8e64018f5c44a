"""A live camera is recorded as it comes: over HTTP, from a server of the test."""

import errno
import functools
import http.server
import resource
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from lifts.schema import Camera, Lift
from service.capture import source
from service.capture.source import StreamSource
from service.domain.errors import SourceError, SourceProblem
from service.setup.jobs import process, recorder
from service.setup.jobs.messages import SetupFailed, SetupOrder
from tests.service.capture.videos import write_video

Serve = Callable[[Path], str]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serve the test's folder; gives a file's address."""
    handler = functools.partial(QuietHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield lambda path: f"http://127.0.0.1:{server.server_port}/{path.name}"
        server.shutdown()
        thread.join()


def test_a_full_disk_is_said_to_be_full(serve: Serve, tmp_path: Path) -> None:
    """While packets are written as well as at the end; it is not the camera's fault."""
    # Large pictures, so that FFmpeg's buffer overflows in the midst of the recording.
    video = write_video(tmp_path / "a.ts", range(0, 24_000, 40), key_every=1)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OSError) as full:  # noqa: PT011 - its number is looked at
            StreamSource(serve(video)).record(tmp_path / "recorded.mkv", 600.0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert full.value.errno == errno.EFBIG
    assert video.stat().st_size > 4 * 20_000


def test_a_camera_whose_clock_stands_still_is_not_recorded_for_ever(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one that never sends a whole picture: real time counts too."""
    video = write_video(tmp_path / "a.ts", range(0, 800, 40))
    monkeypatch.setattr(source, "LATE_S", -600.0)
    with pytest.raises(SourceError) as late:
        StreamSource(serve(video)).record(tmp_path / "recorded.mkv", 600.0)
    assert late.value.problem is SourceProblem.TIMED_OUT


@pytest.mark.parametrize("watched", [False, True], ids=["recorded", "watched"])
def test_a_camera_that_dies_meanwhile_has_sent_pictures(serve: Serve, tmp_path: Path, watched: bool) -> None:
    """It answered and sent what it could: that it sends no picture would send people to its settings."""
    camera = StreamSource(serve(write_video(tmp_path / "a.ts", range(0, 800, 40))))
    recording = partial(camera.record, tmp_path / "recorded.mkv", 600.0)
    with pytest.raises(SourceError) as died:
        deque(camera, maxlen=0) if watched else recording()
    assert died.value.problem is SourceProblem.BROKE_OFF


def test_a_recording_leaves_room_for_the_alarms(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A camera that sends more than was thought of fills no disk: the set-up gives up, and says why."""
    video = write_video(tmp_path / "a.ts", range(0, 800, 40))
    lift = Lift(id="a", name="A", camera=Camera(url=serve(video), width=320, height=180))
    usage = shutil.disk_usage("/")._replace(free=recorder.LEAST_FREE_BYTES - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    done = process.set_up(SetupOrder(tmp_path / "set-up", 1, lift, 600.0), lambda _: None)
    assert isinstance(done, SetupFailed)
    assert done.problem.code == "no_space"
