"""Which recorded passages a self-test sends: the lift's own, of both states, whose state is known.

An operator's label counts most, where the judge agreed with it: people mostly review what it got wrong, and
whether masks contradict the labels is what arming finds. Then the reference pictures; then passages that the
present masks saw far from the other state.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lifts.decision.calibration import Calibration
from lifts.decision.judge import problem_of
from lifts.decision.verdict import Verdict
from service.domain.masks import MaskVersion
from service.domain.passage import Picture
from service.domain.trials.selftest import PassageSource
from service.store import lifts, masks, passages
from service.store.pictures import Pictures
from service.store.records import PassageRecord

OF_EACH = 3
"""Passages of each state in a test."""

LOOKED_AT = 30
"""Stored passages of each state that are considered: the newest."""

CLEAR = 0.95
"""The confidence from which a passage that nobody reviewed counts."""

_REFERENCES = {"reference_open": Verdict.OPEN, "reference_close": Verdict.CLOSED}


@dataclass(frozen=True, slots=True, eq=False)
class RecordedPassage:
    """A passage and what it shows. occupied: whether somebody sits there; None where nobody knows."""

    id: str
    source: PassageSource
    expected: Verdict
    occupied: bool | None
    pictures: tuple[Picture, ...]


def find_recorded(
    session: Session, kept: Pictures, active: MaskVersion, models: tuple[str, ...], calibration: Calibration
) -> list[RecordedPassage]:
    """Return up to OF_EACH passages of each state, an occupied open one first if there is any.

    Args:
        session: to read with.
        kept: where the pictures are.
        active: the lift's masks. models: the model that judges, and its former names.
        calibration: says which pictures can be judged.

    Raises:
        NotFoundError: there is no such lift.
        DamagedError: a reference picture is damaged.
    """
    since = lifts.view_since(session, active.lift_id)
    reviewed = passages.confirmed(session, active.lift_id, LOOKED_AT, since)
    clear = passages.recent(session, active.lift_id, active.version, models, 0, LOOKED_AT, since)
    shown = masks.newest_references(session, active.lift_id)
    found: list[RecordedPassage] = []
    for state in (Verdict.OPEN, Verdict.CLOSED):
        labelled = [
            one
            for one in reviewed
            if one.review is not None and one.review.verdict is one.judgement.verdict is state
        ]
        mine = list(_recorded(kept, calibration, labelled, PassageSource.REVIEWED))
        mine += [
            RecordedPassage(
                name, PassageSource.REFERENCE, state, None, (Picture(shown[name], None, 0.0, 1.0),)
            )
            for name, shows in _REFERENCES.items()
            if shows is state and name in shown
        ]
        if len(mine) < OF_EACH:
            known = {one.id for one in labelled}
            clustered = [one for one in clear if _is_clear(one, state) and one.id not in known]
            mine += _recorded(kept, calibration, clustered, PassageSource.CLUSTERED)
        found += mine[:OF_EACH]
    return found


def _recorded(
    kept: Pictures, calibration: Calibration, records: Iterable[PassageRecord], source: PassageSource
) -> Iterable[RecordedPassage]:
    """Yield up to OF_EACH that have pictures still: occupied ones first, then those that part best."""
    count = 0
    for one in sorted(records, key=lambda one: (not _occupied(one), -abs(one.judgement.margin), one.id)):
        shown = tuple(kept.of_passage(one))
        if any(problem_of(picture, calibration) is None for picture in shown):
            yield RecordedPassage(one.id, source, one.judgement.verdict, _occupied(one), shown)
            count += 1
        if count == OF_EACH:
            return


def _is_clear(one: PassageRecord, state: Verdict) -> bool:
    unreviewed = one.review is None or one.review.verdict is state
    return one.judgement.verdict is state and one.judgement.confidence >= CLEAR and unreviewed


def _occupied(one: PassageRecord) -> bool | None:
    labelled = None if one.review is None else one.review.occupied
    if labelled is not None and labelled is not one.judgement.occupied:
        return None
    return True if one.judgement.occupied else None
