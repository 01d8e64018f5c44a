"""Does it see? What a lift's own carriers say of its masks and view: go, wait or no go, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.verdict import Verdict
from service.domain.masks import MaskVersion
from service.store import lifts, passages
from service.store.database import Store
from service.store.records import PassageRecord

SHOWN, CLUSTERED = 10, 100
"""Carriers that a person looks at, and those whose margins are shown."""


class SetupDecision(StrEnum):
    """Whether a lift's set-up is good: armed; not yet, but nothing speaks against it; or not so."""

    GO = "go"
    WAIT = "wait"
    NO_GO = "no_go"


class Advice(StrEnum):
    """What to do about a reason. Part of the API."""

    WAIT = "wait"
    DRAW_MASKS = "draw_masks"
    REDRAW = "redraw"
    SWAP_OR_CORRECT = "swap_or_correct"
    REVIEW_MORE = "review_more"
    GIVE_REFERENCES = "give_references"
    SEND_OTHER_STATE = "send_other_state"
    MOVE_CAMERA = "move_camera"


ADVICE: Mapping[ArmingReason, tuple[SetupDecision, Advice]] = {
    ArmingReason.NO_MASKS: (SetupDecision.NO_GO, Advice.DRAW_MASKS),
    ArmingReason.MASKS_NOT_EMBEDDED: (SetupDecision.WAIT, Advice.WAIT),
    ArmingReason.NOT_CHECKED: (SetupDecision.WAIT, Advice.WAIT),
    ArmingReason.MASKS_SWAPPED: (SetupDecision.NO_GO, Advice.SWAP_OR_CORRECT),
    ArmingReason.OPEN_BAR_BELOW: (SetupDecision.NO_GO, Advice.SWAP_OR_CORRECT),
    ArmingReason.CONFIRMED_MISJUDGED: (SetupDecision.NO_GO, Advice.REDRAW),
    ArmingReason.MASKS_OF_ANOTHER_LIFT: (SetupDecision.NO_GO, Advice.REDRAW),
    ArmingReason.NOT_CONFIRMED: (SetupDecision.WAIT, Advice.REVIEW_MORE),
    ArmingReason.PLACE_UNCERTAIN: (SetupDecision.NO_GO, Advice.GIVE_REFERENCES),
    ArmingReason.TOO_FEW_PASSAGES: (SetupDecision.WAIT, Advice.WAIT),
    ArmingReason.ONE_STATE_ONLY: (SetupDecision.WAIT, Advice.SEND_OTHER_STATE),
    ArmingReason.NOT_MEASURED: (SetupDecision.WAIT, Advice.WAIT),
    ArmingReason.OPEN_BAR_SHORT: (SetupDecision.NO_GO, Advice.MOVE_CAMERA),
    ArmingReason.CLOSED_BAR_SHORT: (SetupDecision.NO_GO, Advice.MOVE_CAMERA),
    ArmingReason.OPEN_BAR_HIDDEN: (SetupDecision.NO_GO, Advice.MOVE_CAMERA),
    ArmingReason.CLOSED_BAR_HIDDEN: (SetupDecision.NO_GO, Advice.MOVE_CAMERA),
    ArmingReason.PASSAGES_DO_NOT_PART: (SetupDecision.NO_GO, Advice.MOVE_CAMERA),
    ArmingReason.TOO_MANY_UNKNOWN: (SetupDecision.NO_GO, Advice.MOVE_CAMERA),
}


@dataclass(frozen=True, slots=True)
class LiftCheck:
    """What a lift's own carriers say.

    advice: None where it is armed. since: since when the masks and the view are these. recent: the newest
    carriers judged by these masks, newest first, then older ones of which a person
    said something else. margins: of the newest, by verdict. threshold: between them.
    """

    decision: SetupDecision
    advice: Advice | None
    since: datetime | None
    recent: tuple[PassageRecord, ...]
    margins: Mapping[Verdict, tuple[float, ...]]
    threshold: float


def check_lift(store: Store, lift_id: str, state: Arming, version: MaskVersion | None) -> LiftCheck:
    """Put together what is known of a lift.

    Args:
        store: the database.
        lift_id: the lift's.
        state: whether it is armed.
        version: its active masks, None if it has none.

    Raises:
        NotFoundError: there is no such lift.
        StoreError: the database cannot answer.
    """
    decision, advice = (SetupDecision.GO, None) if state.reason is None else ADVICE[state.reason]
    with store.reading() as session:
        lifts.get(session, lift_id)
        if version is None:
            return LiftCheck(decision, advice, None, (), {}, 0.0)
        since = max(lifts.view_since(session, lift_id), version.created_at)
        page = passages.listing(session, lift_id=lift_id, from_=since, limit=CLUSTERED)
    judged = tuple(one for one in page.items if one.judgement.mask_version == version.version)
    margins = {
        verdict: tuple(one.judgement.margin for one in judged if one.judgement.verdict is verdict)
        for verdict in (Verdict.OPEN, Verdict.CLOSED)
    }
    threshold = 0.0 if version.site is None else version.site.calibration.fit.threshold
    # A wrong tap can disarm a lift: it stays in sight, to be taken back.
    disputed = tuple(one for one in judged[SHOWN:] if _is_disputed(one))
    return LiftCheck(decision, advice, since, judged[:SHOWN] + disputed, margins, threshold)


def _is_disputed(one: PassageRecord) -> bool:
    label = one.review
    return label is not None and label.verdict not in (Verdict.UNKNOWN, one.judgement.verdict)
