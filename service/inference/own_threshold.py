"""A lift's own threshold from the passages that it has watched: no label needed, reviews count where given.

Nothing here changes a verdict: what is found is a proposal, which an operator looks at and activates.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from lifts.heaps import heaps_of
from service.errors import ConflictError
from service.inference.artefact import Calibration
from service.store.records import PassageRecord
from service.types import MaskVersion, Threshold, Verdict

FEWEST = 20
"""Passages from which the heaps are worth looking at."""

NEWEST = 200
"""Passages that are looked at: what a lift looked like months ago is not asked for."""

GO_BELOW = 0.02
"""A lift whose heaps overlap less than this may be judged by the valley between them."""


def find_threshold(
    watched: Sequence[PassageRecord], masks: MaskVersion, calibration: Calibration
) -> Threshold:
    """Find where the lift's passages part.

    Args:
        watched: passages that these masks and this model saw well enough, in any order (passages.watched).
        masks: the lift's active ones.
        calibration: the model's.

    Raises:
        ConflictError: too few passages could be judged, or the artefact knows nothing of heaps.
    """
    if calibration.heaps is None:
        raise ConflictError("this model does not know how the margins of lifts lie: export it again")
    if len(watched) < FEWEST:
        raise ConflictError(f"{len(watched)} passages were seen well enough so far: {FEWEST} are needed")
    labels = [_label(passage) for passage in watched]
    margins = [passage.judgement.margin for passage in watched]
    heaps = heaps_of(margins, calibration.heaps.prior(), labels)
    return Threshold(
        lift_id=masks.lift_id,
        version=0,
        mask_version=masks.version,
        model=masks.model,
        heaps=heaps,
        margins=tuple(round(margin, 4) for margin in margins),
        reviewed=sum(label is not None for label in labels),
        active=False,
        created_at=datetime.now(UTC),
    )


def _label(passage: PassageRecord) -> bool | None:
    if passage.review is None or passage.review.verdict is Verdict.UNKNOWN:
        return None
    return passage.review.verdict is Verdict.OPEN
