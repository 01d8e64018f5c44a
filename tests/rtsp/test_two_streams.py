"""A real camera of two streams over RTSP: what is judged is what following the first alone judges."""

import contextlib
import json
import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lifts.folder import read_lift_folder
from service.capture.files import FileSource
from service.commands.bench import judge_of
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, CameraStatus, WatchedLift
from service.domain.health import Health
from service.domain.passage import Passage
from service.passages.options import ExtractorOptions
from service.settings import load_settings
from service.station.step import Station
from service.station.streams.first import StreamFault
from service.station.supervisor import CameraSupervisor
from service.usecases.samples import sample_folder, video_of
from tests.end_to_end.conftest import Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.station.streams.recorded import encode

PATIENCE_S = 120.0
SAME_S = 0.15
UNTIL_S = 34.0
"""Of the recording. The second stream is pulled out at `PULLED_S`."""

PULLED_S = 22.0


@contextlib.contextmanager
def running(watched: WatchedLift, events: "queue.Queue[CameraEvent]") -> Iterator[None]:
    supervisor = CameraSupervisor(watched, events.put)
    supervisor.start()
    try:
        yield
    finally:
        supervisor.stop()


@pytest.mark.slow
def test_two_streams_over_rtsp_are_judged_as_one_and_replace_each_other(rtsp: Serve, tmp_path: Path) -> None:
    """Carriers, times and verdicts as of the first alone, also once the second is pulled: none is lost."""
    folder = sample_folder("demo-quad")
    assert folder is not None
    content, video = read_lift_folder(folder), video_of(folder)
    assert content.lift.camera is not None
    second = encode(tmp_path / "second.mp4", FileSource(video), (640, 360), key_every=50)
    alone = WatchedLift(lift=content.lift, masks=content.masks, references=content.references)
    station = Station(alone, 0.0, options=ExtractorOptions(in_background=False))
    expected = [
        each
        for frame in FileSource(video, max_fps=12.5)
        if frame.t_s < UNTIL_S
        for each in station.take(frame, frame.t_s)
        if isinstance(each, Passage)
    ]
    events: queue.Queue[CameraEvent] = queue.Queue()
    passages: list[Passage] = []
    told: list[tuple[str, bool]] = []
    pulled_s = None
    with contextlib.ExitStack() as plugged, rtsp({"cam": video}) as firsts:
        seconds = plugged.enter_context(rtsp({"cam": second}))
        camera = content.lift.camera.model_copy(
            update={"url": firsts["cam"], "substream": seconds["cam"], "stream": "both"}
        )
        both = WatchedLift(
            lift=content.lift.model_copy(update={"camera": camera}),
            masks=content.masks,
            references=content.references,
        )
        with running(both, events):
            began_s, live_s = time.monotonic(), None
            while time.monotonic() - began_s < PATIENCE_S and len(passages) < len(expected):
                event = events.get(timeout=PATIENCE_S)
                if isinstance(event, Passage):
                    passages.append(event)
                elif isinstance(event, Health):
                    told.append((event.cause, event.active))
                    assert event.kind is AlarmKind.STREAM_FAILED, event
                elif isinstance(event, CameraStatus) and event.frames_read and live_s is None:
                    live_s = time.monotonic()
                if live_s is not None and pulled_s is None and time.monotonic() - live_s > PULLED_S:
                    plugged.close()
                    pulled_s = time.monotonic()
    assert told == [(StreamFault.SECOND_LOST, True)]
    found_s = [each.t_middle_s for each in passages]
    assert found_s == pytest.approx([each.t_middle_s for each in expected], abs=SAME_S)
    judge = judge_of(content, load_settings(device="cpu"))
    verdicts = [judge(each).verdict for each in passages]
    assert verdicts == [judge(each).verdict for each in expected]
    truth = json.loads((folder / "truth.json").read_text())["carriers"]
    assert [each.value for each in verdicts] == [one["state"] for one in truth[: len(verdicts)]]
