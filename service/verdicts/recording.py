"""What is kept of a passage: its record, its evidence, and the alarm that is committed with it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from lifts.decision.verdict import Inference, Judgement
from service.alarms.policy import passage_alarm
from service.domain.arrays import Image
from service.domain.passage import Passage, Picture
from service.inference.why import bar_maps
from service.store import alarms, passages
from service.store.records import PassageRecord, PictureRecord


def maps_of(answer: Future[Inference] | None, cells: int) -> Image:
    """Return the maps of an answer that has come (service.inference.why); none where it failed."""
    if answer is None or answer.exception(0) is not None:
        return np.zeros((0, 0, 0), np.uint8)
    return bar_maps(answer.result(0), cells)


def record_of(
    passage: Passage,
    judgement: Judgement,
    seen_at: datetime,
    evidence: Sequence[tuple[Picture, str | None, str | None]],
) -> PassageRecord:
    """Put a passage's record together.

    Args:
        passage: what was seen.
        judgement: what is said of it.
        seen_at: when, aware.
        evidence: pictures that are kept, each with the names of its file and of its map.
    """
    return PassageRecord(
        id=passage.id,
        lift_id=passage.lift_id,
        number=passage.number,
        seen_at=seen_at,
        t_begin_s=passage.t_begin_s,
        t_middle_s=passage.t_middle_s,
        t_end_s=passage.t_end_s,
        judgement=judgement,
        pictures=tuple(
            PictureRecord(file, float(picture.t_s), float(picture.quality), picture.problem, why)
            for picture, file, why in evidence
        ),
    )


def files_of(record: PassageRecord) -> list[str]:
    """Return the names of all files that a record names."""
    return [name for picture in record.pictures for name in (picture.file, picture.why) if name]


def store_passage(session: Session, record: PassageRecord) -> bool:
    """Store the passage and its alarm in one transaction; says whether the passage was new."""
    if not passages.add(session, record):
        return False
    evidence = tuple(
        f"/passages/{record.id}/pictures/{n}.jpg"
        for n, picture in enumerate(record.pictures, 1)
        if picture.file
    )
    draft = passage_alarm(record.id, record.lift_id, record.judgement, evidence)
    if draft is not None:
        alarms.raise_alarm(session, draft)
    return True
