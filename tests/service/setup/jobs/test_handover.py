"""What a set-up has learnt of the line is what the lift's camera begins with: it is never blind."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from lifts.folder import read_lift_folder
from lifts.geometry import pose_at, to_camera
from lifts.schema import Lift, MaskPair
from service.capture.files import FileSource
from service.domain.arrays import Image
from service.domain.camera import WatchedLift
from service.domain.passage import Passage
from service.passages.learnt import Learnt, load_from_setup, memory_of_setup
from service.passages.options import ExtractorOptions
from service.setup.jobs.carriers import progress_of
from service.setup.jobs.messages import LEARNT, SetupDone, SetupOrder
from service.setup.jobs.process import set_up
from service.station.step import Station
from service.usecases.samples import sample_folder, video_of


def carried(mask: Image, old: Lift, new: Lift) -> Image:
    """A mask of a sample's own track, in the frame of the track that was found."""
    assert old.track is not None
    assert new.track is not None
    on_old = pose_at(old.track, progress_of(old.track, new.track.middle))
    square = [np.vstack([to_camera(pose), [0, 0, 1]]) for pose in (on_old, new.track.middle)]
    matrix = (square[1] @ np.linalg.inv(square[0]))[:2]
    return (np.asarray(cv2.warpAffine(mask, matrix, (200, 200))) > 127).astype(np.uint8) * 255


def lateness(watched: WatchedLift, video: Path, learnt: Learnt | None) -> list[float]:
    """By how many seconds after TF each of the first carriers was complete; negative is in time."""
    options = ExtractorOptions(pictures=3, pause_s=2.0)
    station = Station(watched, 0.0, options=options, run_id="live", learnt=learnt)
    late = []
    for frame in FileSource(video, max_fps=12.5):
        found = [event for event in station.take(frame, frame.t_s) if isinstance(event, Passage)]
        late += [frame.t_s - passage.t_end_s for passage in found]
        if frame.t_s > 16.0:
            break
    return late


@pytest.mark.slow
def test_the_first_carriers_are_complete_in_time_with_new_masks(tmp_path: Path) -> None:
    """Before TF from the very first on; without the set-up the first comes seconds after it."""
    folder = sample_folder("demo-double")
    assert folder is not None
    sample, video = read_lift_folder(folder), video_of(folder)
    assert sample.lift.camera is not None
    lift = sample.lift.model_copy(
        update={"camera": sample.lift.camera.model_copy(update={"url": str(video)}), "track": None}
    )
    done = set_up(SetupOrder(tmp_path, 1, lift, 30.0), lambda _: None)
    assert isinstance(done, SetupDone)
    assert done.learnt
    lift = lift.model_copy(update={"track": done.proposal.track})
    drawn = [carried(mask, sample.lift, lift) for mask in (sample.masks.open, sample.masks.close)]
    watched = WatchedLift(lift, MaskPair(open=drawn[0], close=drawn[1]), {})
    memory = tmp_path / "demo-double.npz"
    (tmp_path / LEARNT).replace(memory_of_setup(memory))
    learnt = load_from_setup(memory, watched)
    assert learnt is not None
    late = lateness(watched, video, learnt)
    assert len(late) >= 3
    assert max(late) < 0
    assert lateness(watched, video, None)[0] > 1
    redrawn = replace(watched, masks=MaskPair(open=drawn[0], close=np.roll(drawn[1], 3, 0)))
    assert load_from_setup(memory, redrawn) is not None
