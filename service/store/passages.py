"""Stored passages: the carrier, its verdict, and the operator's own label."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from lifts.decision.verdict import Verdict
from service.domain.errors import DamagedError, NotFoundError
from service.domain.former_reasons import reason_of, reasons_of
from service.store.audit import entries
from service.store.counting import carriers
from service.store.damage import intact, readable
from service.store.pictures import numbers_beside
from service.store.records import Page, PassageRecord, PictureRecord, Review
from service.store.tables import PassageRow, filters

MAX_PAGE = 500

_RECORD, _JSON = TypeAdapter(PassageRecord), TypeAdapter(Review)

_TIMES = ("t_begin_s", "t_middle_s", "t_end_s")
_AS_THEY_ARE = ("id", "lift_id", "number", "seen_at", *_TIMES, "left_at", "carriers")


def add(session: Session, record: PassageRecord) -> bool:
    """Store and count the passage; a second one of the same id changes nothing. Says whether it was new."""
    if session.scalar(select(PassageRow.row).where(PassageRow.id == record.id)) is not None:
        return False
    judged = record.judgement
    session.add(
        PassageRow(
            **{name: getattr(record, name) for name in _AS_THEY_ARE},
            verdict=judged.verdict.value,
            occupied=judged.occupied,
            mask_version=judged.mask_version,
            judgement=dataclasses.asdict(judged),
            pictures=[dataclasses.asdict(picture) for picture in record.pictures],
            has_files=any(picture.file for picture in record.pictures),
            review=None,
        )
    )
    session.flush()
    carriers.count(session, record.lift_id, record.seen_at, judged, record.carriers)
    return True


def get(session: Session, passage_id: str) -> PassageRecord:
    """Return the passage; raises NotFoundError, DamagedError."""
    return _row(session, passage_id)[1]


def picture_file(session: Session, passage_id: str, number: int) -> str:
    """Return the file name (below the pictures folder) of picture 1, 2 or 3.

    Raises NotFoundError, DamagedError.
    """
    shown = _picture(get(session, passage_id), number)
    if shown is None or shown.file is None:
        raise NotFoundError(f"passage {passage_id!r} has no picture {number} (any more)")
    return shown.file


def why_file(session: Session, passage_id: str, number: int) -> tuple[str, PassageRecord]:
    """Return the map's file of picture 1, 2 or 3, and the passage.

    Raises NotFoundError, DamagedError.
    """
    record = get(session, passage_id)
    shown = _picture(record, number)
    if shown is None or shown.why is None:
        raise NotFoundError(f"passage {passage_id!r} has no map of picture {number} (any more)")
    return shown.why, record


def _picture(record: PassageRecord, number: int) -> PictureRecord | None:
    return record.pictures[number - 1] if 1 <= number <= len(record.pictures) else None


def listing(
    session: Session,
    *,
    lift_id: str | None = None,
    lifts: Collection[str] | None = None,
    verdict: Verdict | None = None,
    occupied: bool | None = None,
    reviewed: bool | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> Page[PassageRecord]:
    """Return a page of passages, newest first.

    Args:
        session: the caller's.
        lift_id, lifts: of this lift only; of these only.
        verdict: with this verdict only. occupied: occupied or empty carriers only.
        reviewed: with or without an operator's label only.
        from_, to: seen at or after this aware time; before this one.
        before: the cursor: `next` of the page before. limit: at most this many, 1..MAX_PAGE.
    """
    within = filters.Within(from_, to, before)
    query = within.in_order(session, select(PassageRow), PassageRow.row, PassageRow.seen_at)
    if lift_id is not None:
        query = query.where(PassageRow.lift_id == lift_id)
    if verdict is not None:
        of = filters.unindexed(PassageRow.verdict) if within.timed else PassageRow.verdict
        query = query.where(of == verdict.value)
    if occupied is not None:
        other = within.timed or lift_id is not None or verdict is not None or reviewed is not None
        query = query.where(
            (filters.unindexed(PassageRow.occupied) if other else PassageRow.occupied) == occupied
        )
    if reviewed is not None:
        query = query.where(filters.reviewed() if reviewed else PassageRow.review.is_(None))
    if lifts is not None:
        query = query.where(filters.unindexed(PassageRow.lift_id).in_(lifts))
    limit = min(max(limit, 1), MAX_PAGE)
    rows = readable(session, query.limit(limit + 1), PassageRow.row, record_of)
    return Page.of(rows, limit)


def watched(
    session: Session,
    lift_id: str,
    mask_version: int,
    model: filters.Names,
    limit: int,
    since: datetime | None = None,
) -> tuple[PassageRecord, ...]:
    """Return what a lift's threshold is found from: its passages with these masks and model, newest first.

    Only those that were seen well enough, at most `limit`. Up to half of them are the newest that somebody
    labelled, however old: 200 passages of a busy lift are half an hour, and labels are worth more than that.
    None from before `since`.
    """
    mine = filters.seen(lift_id, mask_version, model, since)
    newest = select(PassageRow).where(*mine).order_by(PassageRow.row.desc())
    some = newest.where(filters.labelled()).limit(limit // 2)
    labelled = readable(session, some, PassageRow.row, record_of)
    recent = readable(session, newest.limit(limit), PassageRow.row, record_of)
    found = {row: record for row, record in (*labelled, *recent) if record is not None}
    return tuple(found[row] for row in sorted(list(found)[:limit], reverse=True))


def count_seen(
    session: Session, lift_id: str, mask_version: int, model: filters.Names, since: datetime | None = None
) -> tuple[int, int]:
    """Return how many passages these masks and this model saw well enough, and how many of them are labelled.

    None from before `since` counts. Reads every passage of the lift: half a second for a season of them.
    """
    query = select(func.count(), func.count().filter(filters.labelled()))
    seen, labelled = session.execute(query.where(*filters.seen(lift_id, mask_version, model, since))).one()
    return int(seen), int(labelled)


def recent(
    session: Session,
    lift_id: str,
    mask_version: int,
    model: filters.Names,
    limit: int,
    of_each: int,
    since: datetime,
) -> tuple[PassageRecord, ...]:
    """Return what shows whether these masks fit the lift: its passages with them, newest first.

    The newest `limit` that were seen well enough or did not look like this lift's, and the newest `of_each`
    that were called open and that were called closed: one state may be rare. None from before `since`.
    """
    mine = (*filters.judged_by(lift_id, mask_version, model), filters.seen_since(since))
    newest = select(PassageRow).where(*mine).order_by(PassageRow.row.desc())
    queries = [newest.where(or_(filters.seen_well(), filters.not_this_lift())).limit(limit)]
    states = (Verdict.OPEN, Verdict.CLOSED)
    queries += [newest.where(PassageRow.verdict == state.value).limit(of_each) for state in states]
    found: dict[int, PassageRecord | None] = {}
    for query in queries:
        found |= dict(readable(session, query, PassageRow.row, record_of))
    return tuple(record for _, record in sorted(found.items(), reverse=True) if record is not None)


def with_other_masks(
    session: Session, lift_id: str, mask_version: int, model: filters.Names, limit: int, since: datetime
) -> tuple[PassageRecord, ...]:
    """Return the newest passages with pictures that other masks or another model saw well or refused.

    None from before `since`.
    """
    by = filters.part(PassageRow.judgement, "$.model")
    other = or_(PassageRow.mask_version != mask_version, by.not_in(filters.names(model)))
    query = select(PassageRow).where(
        PassageRow.lift_id == lift_id,
        PassageRow.has_files,
        filters.seen_since(since),
        other,
        or_(filters.seen_well(), filters.not_this_lift()),
    )
    rows = readable(session, query.order_by(PassageRow.row.desc()).limit(limit), PassageRow.row, record_of)
    return tuple(record for _, record in rows if record is not None)


def confirmed(session: Session, lift_id: str, of_each: int, since: datetime) -> tuple[PassageRecord, ...]:
    """Return the newest passages of the lift that somebody labelled open, and labelled closed.

    None that was seen before `since`, whenever it was labelled.
    """
    found: list[PassageRecord] = []
    for state in (Verdict.OPEN, Verdict.CLOSED):
        label = filters.part(PassageRow.review, "$.verdict")
        query = select(PassageRow).where(PassageRow.lift_id == lift_id, filters.reviewed())
        query = query.where(label == state.value, filters.seen_since(since))
        query = query.order_by(PassageRow.row.desc()).limit(of_each)
        found += [one for _, one in readable(session, query, PassageRow.row, record_of) if one is not None]
    return tuple(found)


def drop_files(session: Session, passage_id: str, files: Collection[str]) -> PassageRecord:
    """Remove missing files from the passage's record; return the record.

    Raises NotFoundError, DamagedError.
    """
    row, _ = _row(session, passage_id)
    row.pictures = [
        {**picture, **{key: None for key in ("file", "why") if picture.get(key) in files}}
        for picture in row.pictures
    ]
    row.has_files = any(picture["file"] for picture in row.pictures)
    session.flush()
    return record_of(row)


def note_digests(session: Session, digests: Mapping[str, Mapping[str, str]]) -> None:
    """Store the SHA-256 of files that were written: passage -> file -> digest; of no others."""
    for passage_id, files in digests.items():
        try:
            row, _ = _row(session, passage_id)
        except (NotFoundError, DamagedError):
            continue
        row.pictures = [
            picture | {key: files.get(name, picture.get(key)) for key, name in _digested(picture).items()}
            for picture in row.pictures
        ]


def _digested(picture: Mapping[str, Any]) -> dict[str, str]:
    file = str(picture["file"])
    return {"sha256": file, "why_sha256": str(picture.get("why")), "numbers_sha256": numbers_beside(file)}


def review(
    session: Session, passage_id: str, label: Review | None, said: Mapping[str, Any] | None = None
) -> PassageRecord:
    """Set what people's answers came to, None: nothing; said: for the audit. As `get` raises."""
    row, _ = _row(session, passage_id)
    row.review = None if label is None else _JSON.dump_python(label, mode="json")
    if label is not None:
        said = {"verdict": label.verdict.value, "occupied": label.occupied, **(said or {})}
    action = "passage.review" if label is not None else "passage.review_take_back"
    entries.record(session, action, passage_id, **(said or {}))
    return record_of(row)


def _row(session: Session, passage_id: str) -> tuple[PassageRow, PassageRecord]:
    with intact(session, PassageRow.__tablename__, passage_id, f"passage {passage_id!r} is"):
        row = session.scalar(select(PassageRow).where(PassageRow.id == passage_id))
        if row is not None:
            return row, record_of(row)
    raise NotFoundError(f"no passage {passage_id!r}")


def record_of(row: PassageRow) -> PassageRecord:
    """Return a row as the service knows it; raises what reading a damaged one raises."""
    judgement = {name: value for name, value in row.judgement.items() if name != "reason"}
    return _RECORD.validate_python(
        {
            "id": row.id,
            "lift_id": row.lift_id,
            "number": row.number,
            "seen_at": row.seen_at,
            "t_begin_s": row.t_begin_s,
            "t_middle_s": row.t_middle_s,
            "t_end_s": row.t_end_s,
            "judgement": {**judgement, "reasons": reasons_of(row.judgement)},
            "pictures": [{**picture, "problem": reason_of(picture["problem"])} for picture in row.pictures],
            "review": row.review,
            "left_at": row.left_at,
            "carriers": row.carriers,
        }
    )
