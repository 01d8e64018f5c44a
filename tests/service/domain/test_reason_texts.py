"""Codes in words."""

from lifts.decision.reasons import Reason
from service.domain.reason_texts import TEXTS, counted, reason_text


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
