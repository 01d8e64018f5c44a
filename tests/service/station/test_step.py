"""One step for cameras and recordings: what the camera cannot see is unknown in both."""

from dataclasses import replace

import numpy as np
import pytest

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState
from service.domain.frame import Frame
from service.domain.health import Health
from service.domain.passage import Passage
from service.health.load import Load
from service.station.step import Station
from service.station.worker import CameraWorker, WorkerOptions
from tests.service.passages.scripted import Scene, frames, watched
from tests.tools.replay import digest_of

SCENE = Scene(seconds=38.0, fps=8.0, carriers=tuple(1.0 + 4.0 * k for k in range(9)))


def dark(frame: Frame) -> Frame:
    """The lamps are off."""
    return Frame.of_bgr(frame.image // 24, index=frame.index, t_s=frame.t_s, t_mono_s=frame.t_mono_s)


@pytest.fixture(scope="module")
def day() -> list[Frame]:
    """The scene's frames."""
    return list(frames(SCENE))


@pytest.mark.thorough
def test_what_is_dark_is_unknown_in_a_recording_too(day: list[Frame]) -> None:
    """Dark from 15 to 29 s: reported, and its end too; no carrier is lost, and none is judged meanwhile."""
    station = Station(watched(SCENE), 0.0, run_id="test")
    events = [
        event
        for frame in day
        for event in station.take(dark(frame) if 15.0 < frame.t_s < 29.0 else frame, frame.t_s)
    ]
    said = [(event.kind, event.active, event.cause) for event in events if isinstance(event, Health)]
    assert said == [(AlarmKind.LOW_VISIBILITY, active, Reason.DARK) for active in (True, False)]
    passages = [event for event in events if isinstance(event, Passage)]
    middles = sorted(passage.t_middle_s for passage in passages)
    assert middles == pytest.approx([at_s + 1.625 for at_s in SCENE.carriers], abs=0.8)
    meanwhile = [passage for passage in passages if passage.t_begin_s > 15.5 and passage.t_end_s < 29.0]
    assert len(meanwhile) >= 2
    assert all(picture.problem is not None for passage in meanwhile for picture in passage.pictures)


@pytest.mark.thorough
def test_the_camera_s_process_and_a_recording_are_one_path(day: list[Frame]) -> None:
    """The same frames through the worker and through a bare station give the same passages, bit for bit."""
    shown = [frame for frame in day if frame.t_s < 21.0]
    station = Station(watched(SCENE), 0.0, run_id="test")
    bare = [each for f in shown for each in station.take(f, f.t_s) if isinstance(each, Passage)]
    worker = CameraWorker(watched(SCENE), WorkerOptions(in_background=False))
    live = [each for f in shown for each in worker.take(f, f.t_s) if isinstance(each, Passage)]
    assert len(bare) == len(live) == 5
    first, second = ([digest_of(replace(each, id="")) for each in found] for found in (bare, live))
    assert first == second


def test_a_camera_that_is_too_much_for_the_machine_is_degraded() -> None:
    """Frames come, and a seventh of them is dropped: not live, with the message that says so."""
    station = Station(watched(SCENE), 0.0, run_id="test")
    shown = next(iter(frames(SCENE)))
    said: list[object] = []
    for step in range(150):
        now_s = step / 12.5
        noisy = np.roll(shown.image, step, axis=1)
        frame = Frame.of_bgr(np.ascontiguousarray(noisy), index=step, t_s=now_s, t_mono_s=now_s)
        station.take(frame, now_s)
        said += station.tick(now_s, Load(2 * step, step, step // 7, now_s, 0.5 * now_s))
    assert [event.kind for event in said if isinstance(event, Health)] == [AlarmKind.OVERLOADED]
    assert station.state is CameraState.DEGRADED
    assert station.trouble is not None
    assert "cannot keep up" in station.trouble.message
