"""Translates reasons in records from before 0.6, which were English text, into the codes used since."""

from __future__ import annotations

from typing import Any

from lifts.decision.reasons import Reason

FORMER_TOO_CLOSE = "too close to call"

FORMER: dict[str, Reason] = {
    "dark": Reason.DARK,
    "over-exposed": Reason.OVER_EXPOSED,
    "no contrast": Reason.NO_CONTRAST,
    "no structure": Reason.NO_STRUCTURE,
    "damaged": Reason.DAMAGED,
    "not registered": Reason.NOT_REGISTERED,
    "not seen": Reason.NOT_SEEN,
    "the network's answer is not a number": Reason.NOT_FINITE,
    "camera frozen": Reason.CAMERA_FROZEN,
    "lens covered": Reason.LENS_COVERED,
    "blurred": Reason.BLURRED,
    "another view": Reason.ANOTHER_VIEW,
    "camera moved": Reason.CAMERA_MOVED,
    "no picture": Reason.NO_PICTURES,
    "does not look like a carrier of this lift": Reason.NOT_THIS_LIFT,
    FORMER_TOO_CLOSE: Reason.TOO_CLOSE,
    "no masks enrolled": Reason.NO_MASKS,
    "the masks are not embedded yet": Reason.MASKS_NOT_EMBEDDED,
    "overloaded: too many passages were waiting": Reason.OVERLOADED,
    "the embedder is overloaded: too many pictures are waiting": Reason.OVERLOADED,
    "the embedder did not answer before the deadline": Reason.LATE,
    "the embedder's worker died": Reason.WORKER_DOWN,
    "the embedder's worker does not answer": Reason.WORKER_DOWN,
}


def reason_of(stored: str | None) -> Reason | None:
    """Return a stored code, or the code for a former text."""
    if stored is None:
        return None
    return Reason(stored) if stored in set(Reason) else FORMER.get(stored, Reason.UNSPECIFIED)


def reasons_of(judgement: dict[str, Any]) -> tuple[Reason, ...]:
    """Return the reasons of a stored judgement, each once."""
    stored = judgement.get("reasons")
    if stored is None:
        stored = [part for part in judgement.get("reason", "").split("; ") if part]
    found = (reason_of(part) for part in stored)
    return tuple(dict.fromkeys(reason for reason in found if reason is not None))
