"""Reasons in English, for the log, the command line and the API's sentences. Never parsed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lifts.decision.arming import Arming
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Seat
from service.domain.errors import SourceProblem
from service.words.catalogue import ENGLISH, words_in

_ENGLISH = words_in(ENGLISH)
SEAT_TEXTS: Mapping[Seat, str] = {seat: _ENGLISH["seats"][seat] for seat in Seat}
TEXTS: Mapping[Reason, str] = {reason: _ENGLISH["reasons"][reason] for reason in Reason}
SOURCE_PROBLEMS: Mapping[SourceProblem, str] = {one: _ENGLISH["causes"][one] for one in SourceProblem}


def reason_text(reasons: Sequence[Reason]) -> str:
    """Return the reasons in words, separated by semicolons; empty for none."""
    return "; ".join(TEXTS[reason] for reason in reasons)


def not_armed_text(state: Arming) -> str:
    """Return `not armed: …` in words; empty for an armed lift."""
    if state.reason is None:
        return ""
    text = _ENGLISH["notArmed"][state.reason]
    why, what = (_ENGLISH.fill(text[part], state.parameters) for part in ("why", "what"))
    return f"not armed: {why}; {what}"


def counted(number: float, noun: str, form: str | None = None) -> str:
    """Return a number with its noun: "1 picture", "2 pictures".

    form: how it is written, see `format`; by default whole numbers have all their digits, others up to six.
    """
    written = format(number, form or ("d" if isinstance(number, int) else "g"))
    return f"{written} {noun}" if written == "1" else f"{written} {noun}s"
