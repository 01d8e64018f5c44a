"""Open and closed taken for each other is seen by the picture's up and down, where all else agrees."""

import cv2
import numpy as np
import pytest

from lifts.decision.arming import Arming, ArmingReason
from lifts.folder import read_lift_folder
from lifts.schema import MaskPair
from service.domain.reason_texts import not_armed_text
from service.site.upright import UNDECIDED, checked_upright
from service.usecases.samples import sample_folders


def masks(open_y: int, close_y: int) -> MaskPair:
    drawn = [cv2.line(np.zeros((200, 200), np.uint8), (50, y), (150, y), 255, 8) for y in (open_y, close_y)]
    return MaskPair(open=np.asarray(drawn[0], np.uint8), close=np.asarray(drawn[1], np.uint8))


@pytest.mark.parametrize("reason", sorted(UNDECIDED, key=str))
def test_an_open_bar_below_the_closed_one_arms_nothing(reason: ArmingReason | None) -> None:
    """However well all else agrees; by how much is said, and what to do."""
    found = checked_upright(Arming(reason), masks(130, 50))
    assert (found.reason, found.armed, dict(found.parameters)) == (
        ArmingReason.OPEN_BAR_BELOW,
        False,
        {"below_px": 80.0},
    )
    assert "80 pixels" in not_armed_text(found)


def test_what_is_graver_stays_and_what_is_upright_too() -> None:
    """Another reason is not hidden by this one; a hand's breadth is none."""
    swapped = Arming(ArmingReason.MASKS_SWAPPED)
    assert checked_upright(swapped, masks(130, 50)) is swapped
    armed = Arming(None)
    for pair in (masks(50, 130), masks(100, 96)):
        assert checked_upright(armed, pair) is armed


def test_the_sample_lifts_hang_as_they_should() -> None:
    """Each of them, as drawn; swapped, each is refused."""
    for folder in sample_folders():
        pair = read_lift_folder(folder).masks
        assert checked_upright(Arming(None), pair).armed
        assert not checked_upright(Arming(None), MaskPair(open=pair.close, close=pair.open)).armed
