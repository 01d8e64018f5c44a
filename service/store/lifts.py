"""Lifts as registered. Every function takes the caller's session and neither commits nor closes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, load_only

from lifts.schema import Camera, Lift, Track
from service.domain.errors import DamagedError, NotFoundError
from service.store import tracks
from service.store.audit.entries import record
from service.store.damage import DAMAGE, KeptNote, intact
from service.store.tables import LiftRow, SiteCalibrationRow, TrackVersionRow

_WATCHED = KeptNote("watched_until", TypeAdapter(dict[str, AwareDatetime]))


def put(session: Session, lift: Lift) -> bool:
    """Register the lift or replace its configuration; returns whether it is new."""
    row = _row(session, lift.id)
    config = lift.model_dump(mode="json", exclude_none=True)
    now = datetime.now(UTC)
    if row is None:
        session.add(LiftRow(id=lift.id, config=config, updated_at=now))
        session.flush()
        tracks.note(session, lift.id, lift.track)
        record(session, "lift.create", lift.id)
        return True
    before = _read(session, lift.id)
    if isinstance(before, str) or _view(before) != _view(lift):
        row.updated_at = now
    if isinstance(before, str) or (before.track is not None and before.track != lift.track):
        _retire_calibrations(session, lift.id)
    row.config = config
    tracks.note(session, lift.id, lift.track)
    if before != lift:
        record(session, "lift.change", lift.id, changed=_changed(before, lift))
    return False


def hides_people(session: Session, lift_id: str, by_default: bool) -> bool:
    """Return whether people are hidden in what is stored of a lift: as it says itself, else `by_default`."""
    try:
        own = get(session, lift_id).privacy
    except (NotFoundError, DamagedError):
        own = None
    return by_default if own is None else own == "blur"


def view_since(session: Session, lift_id: str) -> datetime:
    """Return since when the lift has had its camera and track: what was seen before may be another view.

    Raises:
        NotFoundError: there is no such lift.
        DamagedError: nobody knows.
    """
    with intact(session, LiftRow.__tablename__, lift_id, f"lift {lift_id!r} is"):
        since = session.scalar(select(LiftRow.updated_at).where(LiftRow.id == lift_id))
    if since is None:
        raise NotFoundError(f"no lift {lift_id!r}", "no_lift", lift_id=lift_id)
    return since


def track_since(session: Session, lift_id: str) -> datetime | None:
    """Return since when the lift has had its track; None if it never had another one.

    What was learnt or shown before is of pictures that were cut out otherwise. Raises as `view_since`.
    """
    since = view_since(session, lift_id)
    versions = select(func.count()).where(TrackVersionRow.lift_id == lift_id)
    return since if (session.scalar(versions) or 0) > 1 else None


def get(session: Session, lift_id: str) -> Lift:
    """Return the lift.

    Raises:
        NotFoundError: there is none.
        DamagedError: what is stored is no valid configuration; storing another one mends that.
    """
    if not exists(session, lift_id):
        raise NotFoundError(f"no lift {lift_id!r}", "no_lift", lift_id=lift_id)
    read = _read(session, lift_id)
    if isinstance(read, str):
        raise DamagedError(f"lift {lift_id!r} is out of service: {read}")
    return read


def exists(session: Session, lift_id: str) -> bool:
    """Say whether the lift is registered."""
    return session.scalar(select(LiftRow.id).where(LiftRow.id == lift_id)) is not None


def listing(session: Session) -> tuple[Lift, ...]:
    """Return every lift whose configuration is valid, by id."""
    return readable_and_not(session)[0]


def invalid(session: Session) -> dict[str, str]:
    """Return the lifts whose stored configuration is not valid: id -> what is wrong with it."""
    return readable_and_not(session)[1]


def readable_and_not(session: Session) -> tuple[tuple[Lift, ...], dict[str, str]]:
    """Return what `listing` and `invalid` return, in one go."""
    try:
        rows = session.execute(select(LiftRow.id, LiftRow.config).order_by(LiftRow.id)).all()
        found = [(lift_id, _valid(lift_id, config)) for lift_id, config in rows]
    except DAMAGE:
        found = [(lift_id, _read(session, lift_id)) for lift_id in ids(session)]
    good = tuple(read for _, read in found if not isinstance(read, str))
    return good, {lift_id: read for lift_id, read in found if isinstance(read, str)}


def delete(session: Session, lift_id: str) -> None:
    """Remove the lift and its masks; its passages and alarms stay as evidence. Raises NotFoundError."""
    row = _row(session, lift_id)
    if row is None:
        raise NotFoundError(f"no lift {lift_id!r}", "no_lift", lift_id=lift_id)
    session.delete(row)
    record(session, "lift.delete", lift_id)


def watched_until(session: Session) -> dict[str, datetime]:
    """Return until when each registered lift was watched; nothing if none was, or if the note is damaged."""
    found = _WATCHED.read(session) or {}
    return {lift_id: at for lift_id, at in found.items() if exists(session, lift_id)}


def note_watched(session: Session, times: Mapping[str, datetime]) -> None:
    """Store until when each lift was watched, in place of what was stored."""
    _WATCHED.write(session, dict(times))


def _changed(before: Lift | str, now: Lift) -> list[str]:
    """Return the names of the parts that differ; of a damaged configuration nobody knows."""
    if isinstance(before, str):
        return []
    return [name for name in Lift.model_fields if getattr(before, name) != getattr(now, name)]


def _view(lift: Lift) -> tuple[Camera | None, Track | None]:
    """Return what decides what is seen; who dials the camera does not."""
    camera = lift.camera
    return None if camera is None else camera.model_copy(update={"credentials": None}), lift.track


def _retire_calibrations(session: Session, lift_id: str) -> None:
    """Judge by the masks alone: what was learnt is of pictures that another track cut out."""
    session.execute(
        update(SiteCalibrationRow)
        .where(SiteCalibrationRow.lift_id == lift_id)
        .values(active=False)
        .execution_options(synchronize_session="fetch")
    )


def _row(session: Session, lift_id: str) -> LiftRow | None:
    """Return the row without what it holds, which may not be readable."""
    return session.get(LiftRow, lift_id, options=[load_only(LiftRow.id)])


def ids(session: Session) -> tuple[str, ...]:
    """Return the id of every registered lift, whatever its configuration."""
    return tuple(session.scalars(select(LiftRow.id).order_by(LiftRow.id)))


def _read(session: Session, lift_id: str) -> Lift | str:
    """Return the lift, or what is wrong with its configuration: no row keeps the others from being read."""
    try:
        return _valid(lift_id, session.scalar(select(LiftRow.config).where(LiftRow.id == lift_id)))
    except DAMAGE:
        return "its stored configuration is not JSON"


def _valid(lift_id: str, config: object) -> Lift | str:
    try:
        lift = Lift.model_validate(config)
    except ValidationError as error:
        problem = error.errors()[0]
        place = ".".join(str(part) for part in problem["loc"]) or "configuration"
        return f"its stored configuration is not valid: {place}: {problem['msg']}"
    return lift if lift.id == lift_id else f"its stored configuration is another lift's, {lift.id!r}"
