"""The replay guard itself: the same frames give the same digests, and any difference shows."""

from dataclasses import replace

import numpy as np
import pytest

from lifts.decision.reasons import Reason
from lifts.folder import read_lift_folder
from service.domain.camera import WatchedLift
from service.domain.passage import Passage
from service.usecases.samples import sample_folders, video_of
from tests.tools.recorded import frames_of
from tests.tools.replay import digest_of, replayed

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def twice() -> tuple[list[Passage], list[Passage]]:
    """What the first 13 s of a sample give, two times over."""
    content = read_lift_folder(sample_folders()[0])
    watched = WatchedLift(lift=content.lift, masks=content.masks, references=content.references)
    frames = list(frames_of(video_of(sample_folders()[0]), step=2, seconds=13.0))
    return replayed(watched, frames), replayed(watched, frames)


def test_a_sample_replays_bit_for_bit(twice: tuple[list[Passage], list[Passage]]) -> None:
    """Twice in one process: the same passages to the last bit."""
    first, second = twice
    assert len(first) >= 2
    assert [digest_of(passage) for passage in first] == [digest_of(passage) for passage in second]


def test_one_bit_of_one_picture_changes_the_digest(twice: tuple[list[Passage], list[Passage]]) -> None:
    """A pixel, a time or a problem that differs gives another digest."""
    passage = twice[0][0]
    picture = passage.pictures[0]
    other = picture.image.copy()
    other[0, 0, 0] ^= 1
    changed = [
        replace(passage, t_end_s=float(np.nextafter(passage.t_end_s, np.inf))),
        replace(passage, pictures=(replace(picture, image=other), *passage.pictures[1:])),
        replace(passage, pictures=(replace(picture, problem=Reason.DARK), *passage.pictures[1:])),
    ]
    assert len({digest_of(each) for each in (passage, *changed)}) == 4
