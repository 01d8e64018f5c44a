"""Versions of lifts' tracks: what a lift had before, and going back to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from pydantic import TypeAdapter
from sqlalchemy import LargeBinary, Select, cast, func, select, update
from sqlalchemy.orm import Session, load_only

from lifts.schema import Track
from service.domain.errors import NotFoundError
from service.store.audit.entries import record
from service.store.damage import DAMAGE, intact, readable
from service.store.records import Page
from service.store.tables import MaskVersionRow, TrackVersionRow

_COLUMNS = TypeAdapter(tuple[int, Track, int | None, bool, datetime])


@dataclass(frozen=True, slots=True)
class TrackVersion:
    """A track of a lift; mask_version: the masks that it is, or was last, judged by; None if it has none."""

    lift_id: str
    version: int
    track: Track
    mask_version: int | None
    active: bool
    created_at: datetime
    has_picture: bool


def note(session: Session, lift_id: str, track: Track | None) -> None:
    """Make a track the lift's active version, if it is not so already; None: it has none now.

    The version before remembers the masks that were active on it.
    """
    active = select(TrackVersionRow.version).where(TrackVersionRow.lift_id == lift_id, TrackVersionRow.active)
    version = session.scalar(active)
    if version is not None and _track(session, lift_id, version) == track:
        return
    _retire(session, lift_id)
    if track is None:
        return
    newest = session.scalar(
        select(func.max(TrackVersionRow.version)).where(TrackVersionRow.lift_id == lift_id)
    )
    session.add(
        TrackVersionRow(
            lift_id=lift_id,
            version=(newest or 0) + 1,
            track=track.model_dump(mode="json"),
            mask_version=None,
            picture=None,
            active=True,
            created_at=datetime.now(UTC),
        )
    )
    session.flush()


def keep_picture(session: Session, lift_id: str, jpeg: bytes) -> None:
    """Keep a picture of the view for the lift's active track, unless it has one."""
    session.execute(
        update(TrackVersionRow)
        .where(TrackVersionRow.lift_id == lift_id, TrackVersionRow.active, TrackVersionRow.picture.is_(None))
        .values(picture=jpeg)
    )


def accept_view(session: Session, lift_id: str, jpeg: bytes) -> None:
    """Keep a picture as the view of the lift's active track, in place of the one before: a person says so."""
    session.execute(
        update(TrackVersionRow)
        .where(TrackVersionRow.lift_id == lift_id, TrackVersionRow.active)
        .values(picture=jpeg)
    )
    record(session, "lift.accept_view", lift_id, bytes=len(jpeg))


def active_picture(session: Session, lift_id: str) -> bytes | None:
    """Return the view that the lift's active track was made for, as JPEG; None if none is kept."""
    found = session.scalar(
        select(cast(TrackVersionRow.picture, LargeBinary)).where(
            TrackVersionRow.lift_id == lift_id, TrackVersionRow.active
        )
    )
    return found if isinstance(found, bytes) else None


def history(session: Session, lift_id: str) -> Page[TrackVersion]:
    """Return every version of the lift's track, newest first, on one page."""
    query = _slim().where(TrackVersionRow.lift_id == lift_id).order_by(TrackVersionRow.version.desc())
    rows = readable(session, query, TrackVersionRow.version, partial(_record, session))
    return Page.of(rows, len(rows))


def get(session: Session, lift_id: str, version: int) -> TrackVersion:
    """Return one version; raises NotFoundError, DamagedError."""
    with intact(session, TrackVersionRow.__tablename__, f"{lift_id} {version}", f"track {version} is"):
        row = session.get(TrackVersionRow, (lift_id, version), options=[load_only(TrackVersionRow.version)])
        if row is None:
            raise NotFoundError(
                f"lift {lift_id!r} has no track version {version}", "no_track_version", version=version
            )
        return _record(session, row)


def picture(session: Session, lift_id: str, version: int) -> bytes | None:
    """Return the view that a version was made for, as JPEG; None if none is kept."""
    found = session.scalar(
        select(cast(TrackVersionRow.picture, LargeBinary)).where(
            TrackVersionRow.lift_id == lift_id, TrackVersionRow.version == version
        )
    )
    return found if isinstance(found, bytes) else None


def activate(session: Session, lift_id: str, version: int) -> TrackVersion:
    """Make a version the active one; the lift's configuration is the caller's business.

    Raises NotFoundError, DamagedError.
    """
    found = get(session, lift_id, version)
    _retire(session, lift_id)
    session.execute(
        update(TrackVersionRow)
        .where(TrackVersionRow.lift_id == lift_id, TrackVersionRow.version == version)
        .values(active=True)
    )
    record(session, "track.activate", f"{lift_id}/{version}")
    return found


def _retire(session: Session, lift_id: str) -> None:
    masks = select(MaskVersionRow.version).where(MaskVersionRow.lift_id == lift_id, MaskVersionRow.active)
    session.execute(
        update(TrackVersionRow)
        .where(TrackVersionRow.lift_id == lift_id, TrackVersionRow.active)
        .values(active=False, mask_version=session.scalar(masks))
        .execution_options(synchronize_session=False)
    )


def _slim() -> Select[TrackVersionRow]:
    """Return a query for rows without what they hold, which may be large, or not readable."""
    return select(TrackVersionRow).options(load_only(TrackVersionRow.version))


def _track(session: Session, lift_id: str, version: int) -> Track | None:
    """Return the track of a version; None where it is damaged, so that another one takes its place."""
    query = select(TrackVersionRow.track)
    query = query.where(TrackVersionRow.lift_id == lift_id, TrackVersionRow.version == version)
    try:
        return Track.model_validate(session.scalar(query))
    except DAMAGE:
        return None


def _record(session: Session, row: TrackVersionRow) -> TrackVersion:
    columns = (row.version, row.track, row.mask_version, row.active, row.created_at)
    version, track, mask_version, active, created_at = _COLUMNS.validate_python(columns)
    if active:
        masks = select(MaskVersionRow.version)
        mask_version = session.scalar(
            masks.where(MaskVersionRow.lift_id == row.lift_id, MaskVersionRow.active)
        )
    kept = select(func.length(TrackVersionRow.picture))
    kept = kept.where(TrackVersionRow.lift_id == row.lift_id, TrackVersionRow.version == version)
    return TrackVersion(
        row.lift_id, version, track, mask_version, active, created_at, bool(session.scalar(kept))
    )
