"""Reasons in English, for people: the one place where a code becomes a sentence. Never parsed."""

from __future__ import annotations

from collections.abc import Sequence

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Seat, Verdict
from lifts.decision.view import STATES
from service.domain.errors import SourceProblem

SEAT_TEXTS = {
    Seat.OCCUPIED: "occupied",
    Seat.EMPTY: "empty",
    Seat.UNCLEAR: "occupied or not: unclear",
}

TEXTS: dict[Reason, str] = {
    Reason.DARK: "too dark",
    Reason.OVER_EXPOSED: "over-exposed",
    Reason.NO_CONTRAST: "no contrast",
    Reason.NO_STRUCTURE: "nothing visible but haze or snow",
    Reason.DAMAGED: "the stream was damaged",
    Reason.NOT_REGISTERED: "the carrier was not recognised in the picture",
    Reason.NOT_SEEN: "the carrier was not seen",
    Reason.NOT_FINITE: "the network's answer is not a number",
    Reason.CAMERA_FROZEN: "the camera's picture was frozen",
    Reason.LENS_COVERED: "the lens is covered",
    Reason.LENS_PARTLY_COVERED: "much of the lens is covered",
    Reason.BLURRED: "the camera's picture is blurred",
    Reason.ANOTHER_VIEW: "the camera shows another view",
    Reason.CAMERA_MOVED: "the camera has moved",
    Reason.NO_FRAMES: "the camera sent no frames",
    Reason.NO_CARRIERS: "no carriers are recognised",
    Reason.SLOW_CAMERA: "the camera sends too few pictures",
    Reason.TOO_FEW_PICTURES: "too few pictures a second for this line",
    Reason.NO_PICTURES: "no picture of the carrier was taken",
    Reason.PICTURES_UNUSABLE: "the pictures cannot be judged",
    Reason.NOT_THIS_LIFT: "does not look like a carrier of this lift",
    Reason.TOO_CLOSE: "too close to call",
    Reason.MOVING: "the bar was still moving as the carrier left",
    Reason.NO_MASKS: "no masks are enrolled",
    Reason.MASKS_NOT_EMBEDDED: "the masks are not embedded yet",
    Reason.WORKER_DOWN: "the embedder is down",
    Reason.OVERLOADED: "overloaded: too many passages were waiting",
    Reason.LATE: "the embedder did not answer in time",
    Reason.FAILED: "judging failed unexpectedly; the log says why",
    Reason.UNSPECIFIED: "not recorded",
}


SOURCE_PROBLEMS = {
    SourceProblem.NO_SUCH_HOST: "there is no such host: check its name, and this machine's name server",
    SourceProblem.REFUSED: "the connection is refused: check the port, and whether the stream is switched on",
    SourceProblem.UNREACHABLE: "this host cannot be reached: check cable, network and firewall",
    SourceProblem.WRONG_PASSWORD: "the camera refuses the name or the password",
    SourceProblem.NOT_FOUND: "there is no stream at this path: check what follows the host",
    SourceProblem.NO_VIDEO: "it answers, but sends no video that can be decoded",
    SourceProblem.BROKE_OFF: "it answered, then its stream broke off",
    SourceProblem.NOT_A_CAMERA: "something answers, but it is not a camera's stream: check port and path",
    SourceProblem.TIMED_OUT: "timed out: no answer, or no picture, within a few seconds",
    SourceProblem.NO_SUCH_SECRET: "no user and password are stored under this name: store them",
    SourceProblem.SECRET_UNREADABLE: (
        "the stored user and password cannot be decrypted: the key is another one, or lost; restore the key, "
        "or store them again"
    ),
    SourceProblem.REDIRECTED: (
        "the camera sends whoever asks to another host, which its password is not for: give that address"
    ),
    SourceProblem.SECRET_OF_ANOTHER_HOST: (
        "the user and password are stored for another host: store them for this one"
    ),
}


def reason_text(reasons: Sequence[Reason]) -> str:
    """Return the reasons in words, separated by semicolons; empty for none."""
    return "; ".join(TEXTS[reason] for reason in reasons)


_MOVE = "move the camera to the other side, higher or nearer"

_SHORT = (
    "NO-GO: in the drawings, what tells the STATE bar from the OTHER one spans {extent_px:.0f} pixels, less "
    "than {needed:.0f}; draw the whole bar, and if no more of it can be seen, " + _MOVE
)

_HIDDEN = (
    "NO-GO: this view does not show the STATE bar: where it is drawn, STATE carriers hardly look different "
    "from OTHER ones (contrast {strength:.1f}, {needed:.1f} needed); "
    + _MOVE
    + ", or redraw the mask if it misses the bar"
)


def _about(text: str, state: Verdict, other: Verdict) -> str:
    return text.replace("STATE", state.value).replace("OTHER", other.value)


NOT_ARMED: dict[ArmingReason, str] = {
    ArmingReason.NO_MASKS: "no masks are enrolled",
    ArmingReason.MASKS_NOT_EMBEDDED: "the masks are not embedded yet; wait for the embedder",
    ArmingReason.NOT_CHECKED: "the masks are being checked",
    ArmingReason.PLACE_UNCERTAIN: (
        "it is not certain where on the track carriers are: several places fit nearly as well; enrol, "
        "with the masks, a picture of an open and one of a closed carrier, each lying where they are drawn"
    ),
    ArmingReason.MASKS_SWAPPED: (
        "the masks are swapped, or the confirmed pictures are: {open_wrong} of {open} confirmed as open look "
        "closed, and {closed_wrong} of {closed} confirmed as closed look open; look at both, and correct the "
        "wrong pair"
    ),
    ArmingReason.OPEN_BAR_BELOW: (
        "open and closed were taken for each other: the open mask lies {below_px:.0f} pixels below the close "
        "mask, and an open bar hangs higher; mark the pictures again, and swap the masks"
    ),
    ArmingReason.CONFIRMED_MISJUDGED: (
        "these masks judge {open_right} of {open} confirmed as open and {closed_right} of {closed} confirmed "
        "as closed correctly; check masks, reference pictures and reviews"
    ),
    ArmingReason.MASKS_OF_ANOTHER_LIFT: (
        "the carriers do not match the masks: another lift's masks, a drawing that misses the bar, or "
        "a camera that was moved; draw the masks on this lift's own picture"
    ),
    ArmingReason.NOT_CONFIRMED: (
        "confirmed so far: {open} open, {closed} closed; give a reference picture of each, or review a "
        "carrier of each"
    ),
    ArmingReason.TOO_FEW_PASSAGES: "{seen} of {needed} carriers seen; wait for more",
    ArmingReason.ONE_STATE_ONLY: (
        "{open} open and {closed} closed among {seen} carriers, {needed} of each are needed; send a few with "
        "the bar in the other position"
    ),
    ArmingReason.NOT_MEASURED: (
        "the stored pictures of {seen} carriers are not enough to measure the masks; wait for more"
    ),
    ArmingReason.PASSAGES_DO_NOT_PART: (
        "open and closed carriers do not separate ({overlap:.1%} overlap, less than {needed:.0%} needed); "
        "check masks and camera, or use a site calibration"
    ),
    ArmingReason.OPEN_BAR_SHORT: _about(_SHORT, *STATES),
    ArmingReason.CLOSED_BAR_SHORT: _about(_SHORT, *STATES[::-1]),
    ArmingReason.OPEN_BAR_HIDDEN: _about(_HIDDEN, *STATES),
    ArmingReason.CLOSED_BAR_HIDDEN: _about(_HIDDEN, *STATES[::-1]),
    ArmingReason.TOO_MANY_UNKNOWN: (
        "NO-GO: {unknown_share:.0%} of {seen:.0f} carriers are too close to call, more than {needed:.0%}; "
        "move the camera to where both positions of the bar are seen, or use a site calibration"
    ),
}
"""Why a lift is not armed and what to do, with places for the parameters."""


def not_armed_text(state: Arming) -> str:
    """Return `not armed: …` in words; empty for an armed lift."""
    if state.reason is None:
        return ""
    return f"not armed: {NOT_ARMED[state.reason].format(**state.parameters)}"


def counted(number: float, noun: str, form: str | None = None) -> str:
    """Return a number with its noun: "1 picture", "2 pictures".

    form: how it is written, see `format`; by default whole numbers have all their digits, others up to six.
    """
    written = format(number, form or ("d" if isinstance(number, int) else "g"))
    return f"{written} {noun}" if written == "1" else f"{written} {noun}s"
