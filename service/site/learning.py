"""Finds a site calibration in the passages that a lift has watched (`lifts.decision.site`), without labels.

They are judged again (`service.site.stored`), all by the same masks and model. The result is a
proposal, which an operator inspects and activates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from lifts.arrays import Float32
from lifts.decision.judge import judge, problem_of
from lifts.decision.references import reference_embeddings
from lifts.decision.site import PassageSample, arrange_by_moment, calibrate_site, is_informative
from lifts.decision.verdict import Verdict
from service.domain.errors import ConflictError, TooFewPassagesError
from service.domain.masks import MaskVersion, SiteCalibrationVersion
from service.inference.protocol import Engine
from service.site.stored import Read, inferred
from service.store.records import PassageRecord

MIN_PASSAGES = 20
"""Fewer passages are not worth learning from."""

MAX_PASSAGES = 200
"""The newest passages are used: what a lift looked like months ago does not matter."""

GO_BELOW = 0.02
"""A lift whose clusters overlap by less than this may be judged by the threshold between them."""


def find_site_calibration(
    watched: Sequence[PassageRecord],
    masks: MaskVersion,
    engine: Engine,
    read: Read,
    beat: Callable[[], object] = lambda: None,
) -> SiteCalibrationVersion:
    """Learn from a lift's passages; blocks until the engine has embedded each, once or twice.

    Only one passage at a time is submitted, so that a carrier that comes meanwhile waits for at most one.

    Args:
        watched: passages seen well enough by the present masks and model, in any order (passages.watched).
        masks: the lift's active masks.
        engine: runs the network.
        read: returns a passage's stored pictures (`service.site.stored.reader`).
        beat: called before each passage: long work is no hang.

    Raises:
        TooFewPassagesError: too few passages could be judged.
        ConflictError: the artefact holds no prior for the clusters.
        EngineUnavailableError: the embedder is down.
    """
    prior = engine.manifest.calibration.clusters
    if prior is None:
        raise ConflictError("this model holds no prior for the clusters: export it again", "no_prior")
    _require(len(watched), "were seen well enough so far")
    alone = masks.alone()
    seat = engine.manifest.calibration.seat
    found = calibrate_site(
        lambda background: _judged(watched, read, engine, alone, background, beat),
        prior,
        None if seat is None else seat.clusters,
    )
    return SiteCalibrationVersion(
        lift_id=masks.lift_id,
        version=0,
        mask_version=masks.version,
        model=masks.model,
        calibration=found.calibration,
        margins=tuple(round(float(margin), 4) for margin in found.margins),
        reviewed=sum(label is not None for label in found.sample.is_open),
        active=False,
        created_at=datetime.now(UTC),
        watched=len(watched),
        labelled=sum(_label(record) is not None for record in watched),
    )


def _judged(
    watched: Sequence[PassageRecord],
    read: Read,
    engine: Engine,
    masks: MaskVersion,
    background: Float32 | None,
    beat: Callable[[], object],
) -> PassageSample:
    margins: list[float] = []
    embeddings: list[Float32] = []
    labels: list[bool | None] = []
    occupancy: list[float] = []
    taken: list[bool | None] = []
    references = reference_embeddings(masks.embeddings[:, 0], background)
    calibration = engine.manifest.calibration
    for record in watched:  # read one by one: all their pictures together are many megabytes
        beat()
        pictures = [picture for picture in read(record) if problem_of(picture, calibration) is None]
        if not pictures:
            continue
        inference = inferred(engine, pictures, references)
        judgement = judge(pictures, inference, masks.lift_references(), calibration)
        if is_informative(judgement):
            margins.append(judgement.margin)
            embeddings.append(arrange_by_moment(inference.embeddings))
            labels.append(_label(record))
            occupancy.append(judgement.occupancy)
            taken.append(None if record.review is None else record.review.occupied)
    _require(len(margins), "that were seen well enough still have pictures that can be judged")
    return PassageSample(margins, np.stack(embeddings), labels, occupancy, taken)


def _require(count: int, what: str) -> None:
    if count < MIN_PASSAGES:
        raise TooFewPassagesError(count, MIN_PASSAGES, what)


def _label(passage: PassageRecord) -> bool | None:
    if passage.review is None or passage.review.verdict is Verdict.UNKNOWN:
        return None
    return passage.review.verdict is Verdict.OPEN
