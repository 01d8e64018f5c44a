"""Codes in words."""

from lifts.decision.reasons import Reason
from service.domain.reason_texts import TEXTS, reason_text


def test_every_reason_has_words_of_its_own() -> None:
    """A reason that was added without words, or with those of another, is a fault."""
    assert set(TEXTS) == set(Reason)
    assert len(set(TEXTS.values())) == len(Reason)


def test_several_reasons_are_separated() -> None:
    assert reason_text((Reason.DARK, Reason.NOT_REGISTERED)) == (
        "too dark; the carrier was not recognised in the picture"
    )
    assert reason_text(()) == ""
