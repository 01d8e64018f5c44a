"""The line counts as learnt only where the station's carriers are those of the track that was found."""

import pytest

from lifts.schema import Pose, Track
from service.setup.jobs.carriers import AGREED, agrees
from service.setup.jobs.state import TrackProposal

INTERVAL_S, PASSAGE_S = 5.0, 3.0
TRACK = Track(
    begin=Pose(x=60, y=90, scale=0.5), middle=Pose(x=160, y=90, scale=0.5), end=Pose(x=260, y=90, scale=0.5)
)


def found(carriers: int) -> TrackProposal:
    return TrackProposal(
        track=TRACK,
        interval_s=INTERVAL_S,
        passage_s=PASSAGE_S,
        middles_s=tuple(3.0 + INTERVAL_S * k for k in range(carriers)),
        confidence=0.9,
        steady=True,
    )


@pytest.mark.parametrize("carriers", [18, 9, 5])
@pytest.mark.parametrize(("off_s", "agreed"), [(0.0, True), (0.2, True), (2 * AGREED * PASSAGE_S, False)])
def test_carriers_of_all_of_the_recording_agree_with_a_track_of_its_beginning(
    carriers: int, off_s: float, agreed: bool
) -> None:
    """What came after the part that the track was found in says nothing against it, and nothing for it."""
    seen = [3.0 + off_s + INTERVAL_S * k for k in range(18)]
    assert agrees(seen, TRACK, found(carriers)) is agreed
    after = [one for one in seen if one > 3.0 + INTERVAL_S * carriers]
    assert agrees(after, TRACK, found(carriers)) is False
