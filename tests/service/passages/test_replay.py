"""The replay guard itself: the same frames give the same digests, and any difference shows."""

from dataclasses import replace

import numpy as np

from lifts.decision.reasons import Reason
from lifts.folder import read_lift_folder
from service.domain.camera import WatchedLift
from service.usecases.samples import sample_folders, video_of
from tests.tools.recorded import frames_of
from tests.tools.replay import digest_of, replayed


def test_a_sample_replays_bit_for_bit() -> None:
    """The first 16 s of a sample, twice in one process: the same passages to the last bit."""
    content = read_lift_folder(sample_folders()[0])
    watched = WatchedLift(lift=content.lift, masks=content.masks, references=content.references)
    frames = list(frames_of(video_of(sample_folders()[0]), step=2, seconds=16.0))
    first, second = replayed(watched, frames), replayed(watched, frames)
    assert len(first) >= 2
    assert [digest_of(passage) for passage in first] == [digest_of(passage) for passage in second]


def test_one_bit_of_one_picture_changes_the_digest() -> None:
    """A pixel, a time or a problem that differs gives another digest."""
    content = read_lift_folder(sample_folders()[0])
    watched = WatchedLift(lift=content.lift, masks=content.masks, references=content.references)
    passage = replayed(watched, frames_of(video_of(sample_folders()[0]), step=2, seconds=12.0))[0]
    picture = passage.pictures[0]
    other = picture.image.copy()
    other[0, 0, 0] ^= 1
    changed = [
        replace(passage, t_end_s=float(np.nextafter(passage.t_end_s, np.inf))),
        replace(passage, pictures=(replace(picture, image=other), *passage.pictures[1:])),
        replace(passage, pictures=(replace(picture, problem=Reason.DARK), *passage.pictures[1:])),
    ]
    assert len({digest_of(each) for each in (passage, *changed)}) == 4
