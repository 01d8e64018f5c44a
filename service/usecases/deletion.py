"""Pictures that a person asks to be deleted: the files go, their digests and the records stay."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from service.domain.errors import ConflictError
from service.store import passages
from service.store.audit.entries import record
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.upkeep import holds
from service.verdicts.recording import drop_evidence

STEP = 50
"""Passages of one transaction: alarms wait for no longer one."""


def delete_pictures(store: Store, pictures: Pictures, passage_id: str) -> int:
    """Delete pictures and maps of a passage; return how many files.

    Raises:
        NotFoundError, DamagedError: of the passage.
        ConflictError: an alarm of it is held as evidence.
        StoreError: the database takes no write.
    """
    files = store.write(partial(_forget, passage_id=passage_id)).result()
    pictures.remove(files)
    return len(files)


def delete_pictures_between(
    store: Store, pictures: Pictures, from_: datetime, to: datetime, lift_id: str | None
) -> tuple[int, int]:
    """Delete the pictures of the passages seen in a time, held ones aside; return passages and files.

    Args:
        store: has the records. pictures: have the files.
        from_: seen at or after this aware time. to: seen before this one.
        lift_id: of this lift only; None: of all.
    """
    done = files = 0
    before: int | None = None
    while True:
        with store.reading() as session:
            page = passages.listing(session, lift_id=lift_id, from_=from_, to=to, before=before, limit=STEP)
            named = [one.id for one in page.items if any(kept.file or kept.why for kept in one.pictures)]
        if named:
            gone = store.write(partial(_forget_many, names=named)).result()
            for some in gone:
                pictures.remove(some)
            done, files = done + len(gone), files + sum(map(len, gone))
        if page.next is None:
            break
        before = page.next
    span, of = f"{from_.isoformat()}/{to.isoformat()}", lift_id or "all lifts"
    note = partial(record, action="pictures.delete_range", subject=of, span=span, passages=done, files=files)
    store.write(note).result()
    return done, files


def _forget_many(session: Session, names: list[str]) -> list[tuple[str, ...]]:
    """Take the files out of the records; held ones keep theirs."""
    gone = []
    for name in names:
        try:
            gone.append(_forget(session, name))
        except ConflictError:
            continue
    return gone


def _forget(session: Session, passage_id: str) -> tuple[str, ...]:
    if holds.is_held(session, passage_id):
        raise ConflictError(f"an alarm of passage {passage_id!r} is held as evidence", "held")
    kept = passages.get(session, passage_id).pictures
    files = tuple(name for one in kept for name in (one.file, one.why) if name is not None)
    if files:
        drop_evidence(session, passage_id, files, "pictures were deleted on request")
        record(session, "pictures.delete", passage_id, files=len(files))
    return files
