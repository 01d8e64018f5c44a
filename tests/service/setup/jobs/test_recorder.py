"""The camera is recorded while what has come already is looked at: nobody waits for the rest."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from lifts.schema import Camera, Lift, Pose, Track
from service.domain.errors import CalibrationError
from service.setup.jobs import process
from service.setup.jobs.messages import RECORDING, SetupDone, SetupMessage, SetupOrder, SetupView, TrackFound
from service.setup.jobs.recorder import CameraRecorder
from service.setup.jobs.state import FoundCarrier, SetupWarning, TrackProposal
from service.setup.video import read_recording
from tests.service.capture.videos import write_video
from tests.tools.http_server import Quiet, web_server

SECONDS, FIRST_PART = 60.0, 0.7
POSES = [Pose(x=x, y=90.0, scale=0.5) for x in (60.0, 160.0, 260.0)]
CLEAR = TrackProposal(
    track=Track(begin=POSES[0], middle=POSES[1], end=POSES[2]),
    interval_s=5.0,
    passage_s=3.0,
    middles_s=tuple(5.0 * k for k in range(8)),
    confidence=0.95,
    steady=True,
)


class PacedCamera:
    """A camera that sends the first part of a video at once, and the rest when the test says so."""

    def __init__(self, folder: Path) -> None:
        self.video = write_video(folder / "a.ts", range(0, round(1000 * SECONDS) + 2000, 80)).read_bytes()
        self.go_on = threading.Event()
        self.port, self.folder = 0, folder / "set-up"

    @property
    def order(self) -> SetupOrder:
        url = f"http://127.0.0.1:{self.port}/a.ts"
        lift = Lift(id="a", name="A", camera=Camera(url=url, width=320, height=180))
        return SetupOrder(self.folder, 1, lift, SECONDS)


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[PacedCamera]:
    made = PacedCamera(tmp_path)

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            first = round(FIRST_PART * len(made.video))
            self.wfile.write(made.video[:first])
            made.go_on.wait()
            self.wfile.write(made.video[first:])

    with web_server(Handler) as port:
        made.port = port
        yield made
        made.go_on.set()


@pytest.mark.thorough
def test_what_has_come_can_be_read_while_the_rest_has_not(camera: PacedCamera) -> None:
    """Half of the recording is in the file while the camera still sends; afterwards all of it is."""
    path, sent = camera.folder / RECORDING, list[SetupMessage]()
    assert camera.order.lift.camera is not None
    with CameraRecorder(camera.order, camera.order.lift.camera, sent.append) as recorder:
        recorder.await_seconds(36.0)
        early = read_recording(path, 36.0 - process.WRITTEN_WITHIN_S)
        assert not camera.go_on.is_set()
        camera.go_on.set()
        recorder.await_end()
    assert early.times_s[-1] == pytest.approx(36.0 - process.WRITTEN_WITHIN_S, abs=0.2)
    assert read_recording(path, SECONDS).times_s[-1] == pytest.approx(SECONDS, abs=0.2)
    assert any(isinstance(message, SetupView) for message in sent)


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("early", "looked_s"),
    [
        (CLEAR, [44.0]),
        (CLEAR.model_copy(update={"confidence": 0.7}), [44.0, SECONDS]),
        (CLEAR.model_copy(update={"middles_s": (1.0, 6.0, 11.0)}), [44.0, SECONDS]),
        (CLEAR.model_copy(update={"warnings": (SetupWarning.TURNING,)}), [44.0, SECONDS]),
        (None, [44.0, SECONDS]),
    ],
)
def test_a_doubtful_track_is_looked_for_in_all_of_the_recording(
    camera: PacedCamera,
    monkeypatch: pytest.MonkeyPatch,
    early: TrackProposal | None,
    looked_s: list[float],
) -> None:
    """One that the recording's beginning shows without a doubt is taken; carriers come from all of it."""
    asked, cut = list[float](), list[float]()

    def find(path: Path, seconds: float, send: object) -> TrackFound:
        asked.append(seconds)
        if len(asked) == 1 and early is None:
            raise CalibrationError("nothing repeats", "no_carrier")
        return TrackFound(early if len(asked) == 1 and early else CLEAR, 320, 180)

    def cut_out(path: Path, *rest: object) -> tuple[tuple[FoundCarrier, ...], bool]:
        cut.append(float(read_recording(path, SECONDS).times_s[-1]))
        return (FoundCarrier(number=1, t_s=3.0),), True

    monkeypatch.setattr(process, "_find", find)
    monkeypatch.setattr(process, "cut_out", cut_out)
    camera.go_on.set()
    done = process.set_up(camera.order, lambda _: None)
    assert isinstance(done, SetupDone)
    assert asked == looked_s
    assert cut == [pytest.approx(SECONDS, abs=0.2)]


def test_nobody_waits_for_more_carriers_than_are_needed(
    camera: PacedCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a track and a dozen carriers the set-up goes on while the camera still sends."""
    clear = TrackFound(CLEAR.model_copy(update={"interval_s": 3.0}), 320, 180)
    cut = list[float]()

    def cut_out(path: Path, *rest: object) -> tuple[tuple[FoundCarrier, ...], bool]:
        cut.append(float(read_recording(path, SECONDS).times_s[-1]))
        return (FoundCarrier(number=1, t_s=3.0),), True

    monkeypatch.setattr(process, "EARLY_S", 30.0)
    monkeypatch.setattr(process, "_find", lambda *_: clear)
    monkeypatch.setattr(process, "cut_out", cut_out)
    done = process.set_up(camera.order, lambda _: None)
    assert isinstance(done, SetupDone)
    assert not camera.go_on.is_set()
    assert process.ENOUGH_CARRIERS * 3.0 - 1.0 < cut[0] < SECONDS - 5.0
