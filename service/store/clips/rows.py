"""What is recorded of clips: one row an alarm. Each change has an entry of its own in the audit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from math import isfinite
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Exists, Select, delete, not_, select
from sqlalchemy.orm import Session

from service.domain.errors import ConflictError, GoneError, NotFoundError
from service.domain.evidence.clip import NoClip, StoredClip
from service.domain.people import SYSTEM
from service.store import alarms
from service.store.audit.entries import record
from service.store.damage import intact
from service.store.tables import AlarmRow, ClipRow

_CLIP = TypeAdapter(StoredClip)

_GONE = {
    NoClip.EXPIRED: "clip_expired",
    NoClip.DELETED: "clip_deleted",
    NoClip.MISSING: "clip_missing",
}
"""What there was once, and the codes that say so."""


class TakenAway(NamedTuple):
    """A clip that was taken out of its record: its file, and the alarm's moment."""

    file: str
    at: datetime


def add(session: Session, clip: StoredClip) -> bool:
    """Record an alarm's clip, or why there is none; return False if it has one already, or is gone.

    The alarm's evidence names the clip from then on, under a new seq.
    """
    before = session.get(ClipRow, clip.alarm_id)
    if (before is not None and before.none != NoClip.PENDING) or not _is_known(session, clip.alarm_id):
        return False
    session.merge(
        ClipRow(
            alarm_id=clip.alarm_id,
            lift_id=clip.lift_id,
            at=clip.at,
            none=clip.none or "",
            file=clip.file,
            sha256=clip.sha256,
            bytes=clip.bytes,
            codec=clip.codec,
            begins_s=clip.begins_s,
            ends_s=clip.ends_s,
            cut_short=clip.cut_short,
        )
    )
    if clip.none is NoClip.PENDING:
        return True
    if clip.none is not None:
        record(session, "clip.none", clip.alarm_id, by=SYSTEM, reason=clip.none.value)
        return True
    span: dict[str, float | bool] = {"begins_s": round(clip.begins_s, 3), "ends_s": round(clip.ends_s, 3)}
    span |= {"cut_short": True} if clip.cut_short else {}
    record(session, "clip.store", clip.alarm_id, by=SYSTEM, sha256=clip.sha256, bytes=clip.bytes, **span)
    alarms.show_clip(session, clip.alarm_id, True, "a clip was stored")
    return True


def await_all(session: Session, clips: Sequence[StoredClip]) -> None:
    """Note alarms whose clips are awaited (PENDING), so that a service that is killed leaves word of them."""
    for clip in clips:
        if session.get(ClipRow, clip.alarm_id) is None:
            add(session, clip)


def give_up_awaited(session: Session) -> int:
    """Record of each clip that is noted as awaited that the service ended before; return how many."""
    awaited = session.scalars(select(ClipRow).where(ClipRow.none == NoClip.PENDING)).all()
    for row in awaited:
        row.none = NoClip.SERVICE_ENDED.value
        record(session, "clip.none", row.alarm_id, by=SYSTEM, reason=row.none)
    return len(awaited)


def find(session: Session, alarm_id: str) -> StoredClip | None:
    """Return what is recorded of an alarm's clip; None if nothing is (yet). Raises DamagedError."""
    with intact(session, ClipRow.__tablename__, alarm_id, f"the clip of alarm {alarm_id!r} is"):
        row = session.get(ClipRow, alarm_id)
        return None if row is None else _clip(row)


def file_of(session: Session, alarm_id: str) -> str:
    """Return the name of an alarm's file.

    Raises:
        GoneError: it was there, and is no longer kept: expired, deleted or missing.
        NotFoundError: there is none, with the reason.
        DamagedError: nobody knows.
    """
    clip = find(session, alarm_id)
    if clip is not None and clip.none in _GONE:
        raise GoneError(f"the clip is gone: {clip.none}", _GONE[clip.none], sha256=clip.sha256 or "")
    if clip is None or clip.file is None:
        reason = NoClip.PENDING if clip is None else clip.none
        raise NotFoundError(f"there is no clip: {reason}", "no_clip", reason=str(reason))
    return clip.file


def take_away(session: Session, alarm_ids: Collection[str], why: NoClip) -> tuple[TakenAway, ...]:
    """Take the files out of records, held ones aside unless they are gone; return them.

    The digests stay. Whoever asks for it is in the audit; what goes by its age or for room is counted there
    by the caller.
    """
    query = select(ClipRow).where(ClipRow.alarm_id.in_(alarm_ids), ClipRow.file.is_not(None))
    rows = list(session.scalars(query if why is NoClip.MISSING else query.where(not_(_held()))))
    files = tuple(TakenAway(row.file, row.at) for row in rows if row.file is not None)
    for row in rows:
        row.file, row.none = None, why.value
        if why is not NoClip.EXPIRED:
            by = SYSTEM if why is NoClip.MISSING else None
            verb = "missing" if why is NoClip.MISSING else "delete"
            record(session, f"clip.{verb}", row.alarm_id, by=by, sha256=row.sha256)
            if _is_known(session, row.alarm_id):
                alarms.show_clip(session, row.alarm_id, False, f"the clip was {why.value}")
    return files


def delete_of(session: Session, alarm_id: str) -> tuple[TakenAway, ...]:
    """Take an alarm's clip away because a person asks; return it.

    Raises:
        NotFoundError: no such alarm. DamagedError: of the alarm.
        ConflictError: the alarm is held as evidence.
    """
    alarms.get(session, alarm_id)
    if session.scalar(select(AlarmRow.held).where(AlarmRow.id == alarm_id)):
        raise ConflictError(f"alarm {alarm_id!r} is held as evidence", "held")
    return take_away(session, [alarm_id], NoClip.DELETED)


def kept(
    session: Session,
    *,
    from_: datetime | None = None,
    to: datetime | None = None,
    lift_id: str | None = None,
    limit: int | None = None,
) -> Sequence[str]:
    """Return the alarms whose clips are there and not held, the oldest first.

    from_ (included), to: by their moments. lift_id: of this lift only. limit: at most so many.
    """
    query = select(ClipRow.alarm_id).where(ClipRow.file.is_not(None), not_(_held())).order_by(ClipRow.at)
    if from_ is not None:
        query = query.where(ClipRow.at >= from_)
    if to is not None:
        query = query.where(ClipRow.at < to)
    if lift_id is not None:
        query = query.where(ClipRow.lift_id == lift_id)
    return session.scalars(query.limit(limit)).all()


def lifts(session: Session) -> Sequence[str]:
    """Return the lifts of which clips are there."""
    return session.scalars(select(ClipRow.lift_id).where(ClipRow.file.is_not(None)).distinct()).all()


def of_passages(session: Session, passage_ids: Collection[str]) -> Sequence[str]:
    """Return the alarms of passages."""
    return session.scalars(select(AlarmRow.id).where(AlarmRow.passage_id.in_(passage_ids))).all()


def sizes(session: Session) -> Iterable[tuple[str, int]]:
    """Return each alarm whose clip is there and not held, with its bytes, the newest first."""
    query = select(ClipRow.alarm_id, ClipRow.bytes).where(ClipRow.file.is_not(None), not_(_held()))
    return [(alarm_id, size) for alarm_id, size in session.execute(query.order_by(ClipRow.at.desc()))]


def named(session: Session) -> dict[str, str]:
    """Return the file of each alarm that has one."""
    query = select(ClipRow.alarm_id, ClipRow.file).where(ClipRow.file.is_not(None))
    return {alarm_id: file for alarm_id, file in session.execute(query) if file is not None}


def orphans(session: Session) -> Sequence[str]:
    """Return the alarms that are gone and whose clips are there."""
    return session.scalars(_orphans().where(ClipRow.file.is_not(None))).all()


def forget_orphans(session: Session) -> int:
    """Delete what is recorded of alarms that are gone, and has no file; return how many rows."""
    gone = session.scalars(_orphans().where(ClipRow.file.is_(None)).limit(100)).all()
    if gone:
        session.execute(delete(ClipRow).where(ClipRow.alarm_id.in_(gone)))
    return len(gone)


def _orphans() -> Select[str]:
    known = select(AlarmRow.row).where(AlarmRow.id == ClipRow.alarm_id).exists()
    return select(ClipRow.alarm_id).where(not_(known))


def _is_known(session: Session, alarm_id: str) -> bool:
    return session.scalar(select(AlarmRow.row).where(AlarmRow.id == alarm_id)) is not None


def _held() -> Exists:
    return select(AlarmRow.row).where(AlarmRow.id == ClipRow.alarm_id, AlarmRow.held).exists()


def _clip(row: ClipRow) -> StoredClip:
    columns = {field.name: getattr(row, field.name) for field in fields(StoredClip)}
    clip = _CLIP.validate_python({**columns, "none": NoClip(row.none) if row.none else None})
    if not isfinite(clip.begins_s) or not isfinite(clip.ends_s):
        raise ValueError("its times are no numbers")
    return clip
