"""Records of an earlier version, whose reasons were words, are read as the codes of today."""

from lifts.decision.reasons import Reason
from service.domain.former_reasons import FORMER, reason_of, reasons_of


def test_words_become_codes() -> None:
    """Several were joined by semicolons; each is found, once."""
    assert reasons_of({"reason": "dark; not registered; dark"}) == (Reason.DARK, Reason.NOT_REGISTERED)
    assert reasons_of({"reason": ""}) == ()
    assert reasons_of({"reason": "too close to call"}) == (Reason.TOO_CLOSE,)


def test_what_nobody_knows_is_still_a_reason() -> None:
    """An unknown sentence must not make a stored passage unreadable, nor look as if it had none."""
    assert reasons_of({"reason": "pictures that cannot be judged: 7"}) == (Reason.UNSPECIFIED,)
    assert reason_of("gone with the wind") is Reason.UNSPECIFIED


def test_codes_stay_what_they_are() -> None:
    """Of every reason, and of none."""
    assert reasons_of({"reasons": [reason.value for reason in Reason]}) == tuple(Reason)
    assert reasons_of({"reasons": []}) == ()
    assert reason_of(None) is None
    assert not set(FORMER) & set(Reason) - {"dark", "damaged", "blurred"}
