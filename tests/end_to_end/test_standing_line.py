"""A live camera over RTSP whose line stands: spared while it does, awake in time when it sets off."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from service.domain.camera import CameraState, CameraStatus
from service.domain.health import Health
from service.domain.passage import Passage
from service.station.worker import CameraWorker, WorkerOptions
from tests.end_to_end.conftest import Serve
from tests.service.passages.scripted import Scene, frames, watched
from tests.service.station.streams.still import encode

SCENE = Scene(
    seconds=84.0,
    way_per_s=0.3,
    carriers=tuple(1.0 + 4.0 * k for k in range(14)),
    pace=((34.0, 0.0), (66.0, 1.0)),
    people=0,
    noise=0.6,
)
SEEN_S = 80.0


@pytest.mark.slow
def test_a_standing_line_costs_a_live_camera_little_and_its_next_carriers_nothing(
    rtsp: Serve, tmp_path: Path
) -> None:
    """It says that key frames are enough, stays live, drops nothing, and reports carriers before TF."""
    video = encode(tmp_path / "a.mp4", frames(SCENE), key_every=13)
    known = watched(SCENE)
    with rtsp({"a": video}) as addresses:
        assert known.lift.camera is not None
        camera = known.lift.camera.model_copy(update={"url": addresses["a"]})
        lift = known.lift.model_copy(update={"camera": camera})
        worker = CameraWorker(replace(known, lift=lift), WorkerOptions(hardware="none"))
        worker.start()
        passages: list[tuple[Passage, float]] = []
        statuses: list[CameraStatus] = []
        end_s = time.monotonic() + SEEN_S
        while time.monotonic() < end_s:
            for event in worker.step():
                assert not isinstance(event, Health)
                if isinstance(event, Passage):
                    passages.append((event, time.monotonic()))
                elif isinstance(event, CameraStatus):
                    statuses.append(event)
        worker.stop()
    spared = [status for status in statuses if status.key_frames_only]
    assert spared
    assert {status.state for status in spared} == {CameraState.LIVE}
    assert {status.line_speed for status in spared} == {"stopped"}
    assert statuses[-1].frames_left_out > 0
    assert statuses[-1].frames_dropped == 0
    assert not statuses[-1].key_frames_only
    after = [(passage, at_s) for passage, at_s in passages if passage.t_end_s > 66.0]
    assert len(after) >= 3
    for passage, at_s in after:
        assert all(picture.problem is None for picture in passage.pictures)
        assert passage.left_mono_s is not None
        assert at_s < passage.left_mono_s
