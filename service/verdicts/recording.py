"""Turns a passage and its judgement into a record, its evidence and the alarm committed with it."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy.orm import Session

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Inference, Judgement
from lifts.pictures.bar_maps import bar_maps
from lifts.schema import MaskPair
from service.alarms.policy import passage_alarm
from service.domain.alarm import AlarmKind, AlarmState, Severity
from service.domain.arrays import Image
from service.domain.passage import CarrierSighting, CommittedTest, Passage, PassageTest
from service.store import alarms, passages
from service.store.owners import accounted, clocks, leases
from service.store.pictures import Pictures
from service.store.records import PassageRecord, PictureRecord
from service.store.trials import self_tests

NOT_WRITTEN = "pictures could not be written"


@dataclass(frozen=True, eq=False)
class PassageDraft:
    """A passage on its way into the database.

    record: names the files of its evidence. files: the picture to write under each name once the record is
    committed (uint8[H, W, 3] RGB or uint8[H, W]). decided_mono_s: time.monotonic() of its last picture.
    masks: of its lift; what lies apart from them may be hidden in what is stored. None: nothing is hidden.
    sighting: by which lease its carrier was seen, of several the first; None: by none.
    complete: see Passage.
    """

    record: PassageRecord
    decided_mono_s: float
    files: dict[str, Image] = field(default_factory=dict)
    masks: MaskPair | None = None
    sighting: CarrierSighting | None = None
    complete: bool = True

    @property
    def severity(self) -> Severity | None:
        """How urgent the alarm is that is committed with it; None if there is none."""
        alarm = passage_alarm(self.record, ())
        return None if alarm is None else alarm.severity

    @property
    def has_alarm(self) -> bool:
        """Whether an alarm is committed with it."""
        return self.severity is not None

    def without_pictures(self) -> PassageDraft:
        """Return it without its evidence."""
        bare = tuple(replace(picture, file=None, why=None) for picture in self.record.pictures)
        return replace(self, record=replace(self.record, pictures=bare), files={}, masks=None)


def draft_of(
    passage: Passage,
    judgement: Judgement,
    maps: Image | None = None,
    pictures: Pictures | None = None,
    masks: MaskPair | None = None,
) -> PassageDraft:
    """Build the record of a passage and the files that belong to it.

    Args:
        passage: the carrier that was seen.
        judgement: its verdict.
        maps: uint8[N, C, C], where the network saw the bar, N pictures or none.
        pictures: where its pictures will be written; without it none are kept.
        masks: what lies apart from them may be hidden in what is stored; None: nothing is.
    """
    # Cameras stamp frames with the monotonic clock, which a change of the wall clock does not affect.
    seen_at = wall_time(passage.decided_mono_s)
    records, files = [], {}
    stem = Pictures.stem(passage.lift_id, seen_at, passage.id)
    for n, picture in enumerate(passage.pictures if pictures is not None else (), 1):
        file, why = None, None
        if pictures is not None and pictures.has_room:
            file = f"{stem}_{n}.jpg"
            files[file] = picture.image
            if maps is not None and len(maps):
                why = f"{stem}_{n}.png"
                files[why] = maps[n - 1]
        records.append(PictureRecord(file, float(picture.t_s), float(picture.quality), picture.problem, why))
    record = PassageRecord(
        id=passage.id,
        lift_id=passage.lift_id,
        number=passage.number,
        seen_at=seen_at,
        t_begin_s=passage.t_begin_s,
        t_middle_s=passage.t_middle_s,
        t_end_s=passage.t_end_s,
        judgement=judgement,
        pictures=tuple(records),
        left_at=None if passage.left_mono_s is None else wall_time(passage.left_mono_s),
        carriers=passage.carriers,
    )
    return PassageDraft(record, passage.decided_mono_s, files, masks, passage.sighting, passage.complete)


def coalesced(first: PassageRecord, more: PassageRecord) -> PassageRecord:
    """Return one record of both passages' carriers (see `crowd_of`)."""
    return replace(
        crowd_of(first),
        t_end_s=max(first.t_end_s, more.t_end_s),
        left_at=more.left_at or first.left_at,
        carriers=first.carriers + more.carriers,
    )


def crowd_of(record: PassageRecord) -> PassageRecord:
    """Return a record that others can be added to; it never shares an id with one that was committed.

    Of passages with an alarm it stays one with an alarm; of others it is unknown, for too many came at once.
    """
    if is_crowd(record):
        return record
    alarm = passage_alarm(record, ()) is not None
    judgement = replace(record.judgement, images=()) if alarm else unknown(Reason.OVERLOADED)
    return replace(record, id=record.id + _CROWD, judgement=judgement, pictures=())


def is_crowd(record: PassageRecord) -> bool:
    """Say whether the record was made by `crowd_of`."""
    return record.id.endswith(_CROWD)


_CROWD = ".and-others"


def wall_time(mono_s: float) -> datetime:
    """Return the UTC wall time of a reading of time.monotonic()."""
    return datetime.now(UTC) - timedelta(seconds=time.monotonic() - mono_s)


def maps_of(answer: Future[Inference], cells: int, rows: Sequence[int]) -> Image:
    """Return the maps of an answer that has come (lifts.pictures.bar_maps); none where it failed.

    rows: of which of its pictures.
    """
    if answer.exception(0) is not None:
        return np.zeros((0, 0, 0), np.uint8)
    return bar_maps(answer.result(0).embeddings[list(rows)], cells)


def evidence_of(record: PassageRecord) -> tuple[str, ...]:
    """Return the addresses of the pictures that the record names."""
    return tuple(
        f"/passages/{record.id}/pictures/{n}.jpg" for n, kept in enumerate(record.pictures, 1) if kept.file
    )


def store_passage(
    session: Session,
    record: PassageRecord,
    at: datetime | None = None,
    sighting: CarrierSighting | None = None,
    complete: bool = True,
) -> bool:
    """Store the passage and its alarm in one transaction; return whether the passage was new.

    at: when the alarm is raised, an aware time; now if not given. sighting: by which lease it was seen.
    complete: whether every carrier is stored that left before those that are.

    Raises FencedError: another owner of the camera has to report the carrier.
    """
    if sighting is not None:
        if record.left_at is not None and record.carriers == 1:  # of several, each time is another's
            clocks.note(session, record.lift_id, sighting, record.left_at)
        leases.check_carrier(session, record.lift_id, sighting, record.left_at)
    if record.left_at is not None:
        accounted.mark(session, record.lift_id, complete)
    if not passages.add(session, record):
        return False
    draft = passage_alarm(record, evidence_of(record))
    if draft is not None:
        alarms.raise_alarm(session, draft, at)
    return True


def store_test(session: Session, record: PassageRecord, test: PassageTest) -> CommittedTest:
    """Store a self-test's passage as `store_passage` does a carrier's; its alarm is over at once.

    So nobody is alarmed, and what follows the outbox has something to follow.
    """
    draft, seq = passage_alarm(record, ()), None
    if draft is not None and test.publishes:
        told = replace(
            draft, kind=AlarmKind.SELF_TEST, passage_id=None, message=f"Self-test: {draft.message}"
        )
        alarm = alarms.raise_alarm(session, told, state=AlarmState.CLEARED)
        seq = None if alarm is None else alarm.seq
    judged = record.judgement
    reasons = tuple(reason.value for reason in judged.reasons)
    found = CommittedTest(judged.verdict, judged.confidence, draft is not None, reasons, seq)
    self_tests.add_passage(session, test.self_test, record.id, found)
    return found


def drop_evidence(session: Session, passage_id: str, files: Collection[str], note: str = NOT_WRITTEN) -> None:
    """Remove files that could not be written, or are to go, from the passage's record and from its alarm.

    Raises NotFoundError, DamagedError.
    """
    record = passages.drop_files(session, passage_id, files)
    alarms.replace_evidence(session, passage_id, evidence_of(record), note)
