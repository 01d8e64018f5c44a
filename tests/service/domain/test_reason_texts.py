"""Codes in words."""

import pytest

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.reasons import Reason
from lifts.decision.view import ViewReason
from service.domain.reason_texts import TEXTS, counted, not_armed_text, reason_text


def test_every_reason_has_words_of_its_own() -> None:
    """A reason that was added without words, or with those of another, is a fault."""
    assert set(TEXTS) == set(Reason)
    assert len(set(TEXTS.values())) == len(Reason)


def test_several_reasons_are_separated() -> None:
    assert reason_text((Reason.DARK, Reason.NOT_REGISTERED)) == (
        "too dark; the carrier was not recognised in the picture"
    )
    assert reason_text(()) == ""


def test_one_is_not_counted_as_several() -> None:
    """As it is written: 0.999 with three digits is 1 too."""
    assert counted(1, "picture") == counted(0.9999, "picture", ".3g") == "1 picture"
    assert counted(0, "carrier") == "0 carriers"
    assert counted(2.08, "picture") == "2.08 pictures"
    assert counted(2_160_000, "frame") == "2160000 frames"
    assert counted(1.0, "picture", ".1f") == "1.0 pictures"


@pytest.mark.parametrize("reason", [reason for reason in ViewReason if reason != "passages_do_not_part"])
def test_a_view_that_cannot_show_the_bar_is_no_go_with_what_to_do(reason: ViewReason) -> None:
    """The sentence has the numbers, and says where the camera should stand."""
    names = ("extent_px", "strength", "needed", "unknown_share", "seen")
    said = not_armed_text(Arming(ArmingReason(reason.value), dict.fromkeys(names, 12.25)))
    assert said.startswith("not armed: NO-GO: ")
    assert "12" in said
    assert "move the camera" in said
    assert "{" not in said
