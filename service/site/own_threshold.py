"""What a lift learns from the passages that it has watched: no label needed, reviews count where given.

Their stored pictures are looked at again, all by the same masks and model and nothing learnt before:
first for what always shows, then by masks that know it. Nothing here changes a verdict: what is found is a
proposal, which an operator looks at and activates.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from lifts.prototypes import MOMENTS, always_seen, learn
from service.domain.arrays import Float32
from service.domain.errors import ConflictError
from service.domain.masks import MaskVersion, Threshold, judged_by
from service.domain.passage import Picture
from service.domain.verdict import TOO_CLOSE, Verdict
from service.inference.judge import judge, problem_of
from service.inference.protocol import Engine, answered
from service.store.records import PassageRecord

FEWEST = 20
"""Passages from which the heaps are worth looking at."""

NEWEST = 200
"""Passages that are looked at: what a lift looked like months ago is not asked for."""

GO_BELOW = 0.02
"""A lift whose heaps overlap less than this may be judged by the threshold between them."""

Read = Callable[[PassageRecord], Sequence[Picture]]
"""A passage's stored pictures; those that are gone are left out."""


def find_threshold(
    watched: Sequence[PassageRecord], masks: MaskVersion, engine: Engine, read: Read
) -> Threshold:
    """Learn from a lift's passages; blocks until the engine has looked at each, once or twice.

    One passage at a time is with the engine, so that a carrier that comes meanwhile waits for one at most.

    Args:
        watched: passages that these masks and this model saw well enough, in any order (passages.watched).
        masks: the lift's active ones.
        engine: runs the network.
        read: a passage's stored pictures.

    Raises:
        ConflictError: too few passages could be judged, or the artefact knows nothing of heaps.
        EngineUnavailableError: the embedder is down.
    """
    calibration = engine.manifest.calibration
    if calibration.heaps is None:
        raise ConflictError("this model does not know how the margins of lifts lie: export it again")
    _enough(len(watched), "were seen well enough so far")
    alone = dataclasses.replace(masks, threshold=None)
    prior = calibration.heaps.prior()
    told = _judged(watched, read, engine, alone, None)
    always = always_seen(told.margins, np.stack(told.embeddings), prior)
    if always is not None:
        told = _judged(watched, read, engine, alone, always)
    labels = [_label(record) for record in told.kept]
    learnt = learn(told.margins, np.stack(told.embeddings), prior, labels)
    return Threshold(
        lift_id=masks.lift_id,
        version=0,
        mask_version=masks.version,
        model=masks.model,
        heaps=learnt.heaps,
        margins=tuple(round(float(margin), 4) for margin in learnt.margins),
        reviewed=sum(label is not None for label in labels),
        active=False,
        created_at=datetime.now(UTC),
        always=always,
        prototypes=learnt.prototypes,
        watched=len(watched),
        labelled=sum(_label(record) is not None for record in watched),
    )


class _Told(NamedTuple):
    """Passages that could be judged, and their margins and embeddings float32[3, D]."""

    kept: list[PassageRecord]
    margins: list[float]
    embeddings: list[Float32]


def _judged(
    watched: Sequence[PassageRecord], read: Read, engine: Engine, masks: MaskVersion, always: Float32 | None
) -> _Told:
    told, by = _Told([], [], []), judged_by(masks.drawn, always)
    calibration = engine.manifest.calibration
    for record in watched:  # read one by one: all their pictures together are many megabytes
        pictures = [picture for picture in read(record) if not problem_of(picture, calibration)]
        if not pictures:
            continue
        seen = answered(engine.submit_pictures(np.stack([picture.image for picture in pictures]), by))
        judgement = judge(pictures, seen, masks, calibration)
        if judgement.verdict is not Verdict.UNKNOWN or judgement.reason == TOO_CLOSE:
            told.kept.append(record)
            told.margins.append(judgement.margin)
            told.embeddings.append(_by_moment(seen.embeddings))
    _enough(len(told.kept), "that were seen well enough still have pictures that can be judged")
    return told


def _enough(count: int, what: str) -> None:
    if count < FEWEST:
        raise ConflictError(f"{count} passages {what}: {FEWEST} are needed")


def _by_moment(embeddings: Float32) -> Float32:
    """float32[3, D]: begin, middle, end; of fewer pictures the moments are unknown, all get their mean."""
    if len(embeddings) == MOMENTS:
        return embeddings
    return np.repeat(embeddings.mean(0, keepdims=True), MOMENTS, 0)


def _label(passage: PassageRecord) -> bool | None:
    if passage.review is None or passage.review.verdict is Verdict.UNKNOWN:
        return None
    return passage.review.verdict is Verdict.OPEN
