"""Which recorded passages a self-test sends: the lift's own, of both states, whose state is known.

Pictures as the camera showed them come first: only they tell all of what the live path makes of a carrier.
Where people are hidden in what is stored, those come first of which numbers were kept besides.

Among these an operator's label counts most, where the judge agreed with it: people mostly review what it
got wrong, and whether masks contradict the labels is what arming finds. Then the reference pictures; then
passages that the present masks saw far from the other state.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lifts.decision.judge import problem_of
from lifts.decision.verdict import Verdict
from service.domain.masks import MaskVersion
from service.domain.passage import KeptPicture, Picture
from service.domain.trials.selftest import PassageSource
from service.inference.artefact import Manifest
from service.site.stored import reader
from service.store import lifts, masks, passages
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.trials.blurred import is_blurred

OF_EACH = 3
"""Passages of each state in a test."""

LOOKED_AT = 30
"""Stored passages of each state that are considered: the newest."""

CLEAR = 0.95
"""The confidence from which a passage that nobody reviewed counts."""

_REFERENCES = {"reference_open": Verdict.OPEN, "reference_close": Verdict.CLOSED}


@dataclass(frozen=True, slots=True, eq=False)
class RecordedPassage:
    """A passage and what it shows.

    occupied: whether somebody sits there; None where nobody knows. hidden: whether people are hidden in its
    pictures. seen: what the network made of the carrier before that, if it was kept.
    """

    id: str
    source: PassageSource
    expected: Verdict
    occupied: bool | None
    pictures: tuple[Picture, ...]
    hidden: bool = False
    seen: tuple[KeptPicture, ...] = ()


def find_recorded(
    session: Session, kept: Pictures, active: MaskVersion, manifest: Manifest
) -> list[RecordedPassage]:
    """Return up to OF_EACH passages of each state, an occupied open one among them if there is any.

    Args:
        session: to read with.
        kept: where the pictures are.
        active: the lift's masks. manifest: of the model that judges.

    Raises:
        NotFoundError: there is no such lift.
        DamagedError: a reference picture is damaged.
    """
    since, models = lifts.view_since(session, active.lift_id), (active.model, *manifest.formerly)
    reviewed = passages.confirmed(session, active.lift_id, LOOKED_AT, since)
    clear = passages.recent(session, active.lift_id, active.version, models, 0, LOOKED_AT, since)
    shown = masks.newest_references(session, active.lift_id)
    stored = _Stored(kept, active, manifest)
    found: list[RecordedPassage] = []
    for state in (Verdict.OPEN, Verdict.CLOSED):
        labelled = [
            one
            for one in reviewed
            if one.review is not None and one.review.verdict is one.judgement.verdict is state
        ]
        known = {one.id for one in labelled}
        clustered = [one for one in clear if _is_clear(one, state) and one.id not in known]
        mine = stored.passages(labelled, PassageSource.REVIEWED)
        mine += [
            RecordedPassage(
                name, PassageSource.REFERENCE, state, None, (Picture(shown[name], None, 0.0, 1.0),)
            )
            for name, shows in _REFERENCES.items()
            if shows is state and name in shown
        ]
        mine += stored.passages(clustered, PassageSource.CLUSTERED)
        found += _chosen(mine)
    return found


def _chosen(mine: list[RecordedPassage]) -> list[RecordedPassage]:
    """Return OF_EACH: whole ones first, then those with numbers; an occupied one in place of the last."""
    ordered = sorted(mine, key=lambda one: (one.hidden, not one.seen))
    first, others = ordered[:OF_EACH], ordered[OF_EACH:]
    occupied = next((one for one in others if one.occupied), None)
    if occupied is None or any(one.occupied for one in first):
        return first
    return [*first[:-1], occupied]


class _Stored:
    """Reads the pictures of passages, and says whether people are hidden in them."""

    def __init__(self, kept: Pictures, active: MaskVersion, manifest: Manifest) -> None:
        self._kept, self._masks, self._calibration = kept, active.masks, manifest.calibration
        self._read = reader(kept, manifest)

    def passages(self, records: Iterable[PassageRecord], source: PassageSource) -> list[RecordedPassage]:
        """Return those that have pictures still, OF_EACH whole ones at most.

        Occupied ones come first, then those that part best.
        """
        found: list[RecordedPassage] = []
        for one in sorted(records, key=lambda one: (not _occupied(one), -abs(one.judgement.margin), one.id)):
            found += self._usable(one, source)
            if sum(not each.hidden for each in found) == OF_EACH:
                break
        return found

    def _usable(self, one: PassageRecord, source: PassageSource) -> Iterator[RecordedPassage]:
        shown = tuple(self._kept.of_passage(one))
        if all(problem_of(picture, self._calibration) is not None for picture in shown):
            return
        hidden = any(picture.numbers_sha256 for picture in one.pictures)
        hidden = hidden or is_blurred(shown[0].image, self._masks)
        seen = tuple(each for each in self._read(one) if isinstance(each, KeptPicture)) if hidden else ()
        yield RecordedPassage(one.id, source, one.judgement.verdict, _occupied(one), shown, hidden, seen)


def _is_clear(one: PassageRecord, state: Verdict) -> bool:
    unreviewed = one.review is None or one.review.verdict is state
    return one.judgement.verdict is state and one.judgement.confidence >= CLEAR and unreviewed


def _occupied(one: PassageRecord) -> bool | None:
    labelled = None if one.review is None else one.review.occupied
    if labelled is not None and labelled is not one.judgement.occupied:
        return None
    return True if one.judgement.occupied else None
