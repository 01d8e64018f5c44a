"""Leases of cameras: handed out one after the other, and checked where a carrier or an alarm is committed.

Each carrier is one owner's: that of the lease during which it left. So what an owner saw before its camera
was taken from it is stored also when it comes later, and nothing that two owners saw is stored twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from service.domain.errors import FencedError
from service.domain.passage import CarrierSighting, Lease
from service.store.damage import readable
from service.store.owners import clocks
from service.store.tables import CameraLeaseRow, PassageRow

KEPT, KEPT_FOR = 16, timedelta(hours=1)
"""A camera's newest leases and those of the last hour are kept: what was seen before has come."""

_RECENT = 256  # carriers; of ten minutes

SAME = 0.5
"""Of the carriers' interval. Two owners' times of one carrier are less apart than this, those of two carriers
more: so it is while the owners' clocks differ by less than half of it."""


def hand_out(session: Session, lift_id: str, owner: str, since: datetime | None, now: datetime) -> Lease:
    """Take the camera from whoever has it.

    Args:
        session: the caller's. lift_id: whose camera. owner: who has it from now on, for people.
        since: when the last carrier left that earlier owners have reported, an aware time; None: none did.
            No later than `now`: a clock that was ahead must not silence the new owner.
        now: the aware time.
    """
    fence = (newest_fence(session, lift_id) or 0) + 1
    lease = Lease(lift_id, owner, fence, None if since is None else min(since, now))
    session.execute(
        delete(CameraLeaseRow)
        .where(CameraLeaseRow.lift_id == lift_id, CameraLeaseRow.fence <= lease.fence - KEPT)
        .where(CameraLeaseRow.at < now - KEPT_FOR)
        .execution_options(synchronize_session=False)
    )
    session.add(CameraLeaseRow(lift_id=lift_id, fence=lease.fence, owner=owner, since=lease.since, at=now))
    return lease


def newest(session: Session, lift_id: str) -> Lease | None:
    """Return the lease that holds; None if none was handed out, or if its row is damaged."""
    query = select(CameraLeaseRow).where(CameraLeaseRow.lift_id == lift_id)
    found = readable(
        session, query.order_by(CameraLeaseRow.fence.desc()).limit(1), CameraLeaseRow.fence, _lease
    )
    return found[0][1] if found else None


def check_carrier(
    session: Session, lift_id: str, seen: CarrierSighting, left_at: datetime | None = None
) -> None:
    """Refuse a carrier that another owner has to report, or has reported. Raises FencedError.

    A carrier whose leases are damaged is stored: better twice than never. One that left well before `since`
    is stored unless it is stored already: who had the camera before had not reported all of them, perhaps.
    So is one without a lease of which no picture tells.

    left_at: when it left by the clock that its record says it by; None: by that of leases.
    """
    same = timedelta(seconds=SAME * seen.interval_s)
    what = f"{lift_id}: a carrier that left at {seen.left_at:%H:%M:%S.%f}"
    if seen.fence is None:
        if not seen.seen and _is_stored(session, lift_id, left_at or seen.left_at, same):
            raise FencedError(f"{what}, seen without a lease, was reported before")
        return
    query = select(CameraLeaseRow).where(
        CameraLeaseRow.lift_id == lift_id, CameraLeaseRow.fence >= seen.fence
    )
    rows = readable(session, query.order_by(CameraLeaseRow.fence), CameraLeaseRow.fence, _lease)
    by_fence = {fence: lease for fence, lease in rows if lease is not None}
    own, edge, what = by_fence.get(seen.fence), seen.left_at - same, f"{what}, seen by lease {seen.fence},"
    for fence, later in by_fence.items():
        # A service that knew less than the one before handed out the lease, perhaps: each has to be asked.
        if fence > seen.fence and (own is None or later.since is None or edge > later.since):
            raise FencedError(f"{what} is for {later.owner} to report, by lease {fence}")
    before = own is not None and own.since is not None and edge <= own.since
    last = own is not None and own.since is not None and seen.left_at + same >= own.since
    known = (before or not seen.seen) and _is_stored(session, lift_id, left_at or seen.left_at, same)
    if (before and (last or not same)) or known:
        raise FencedError(f"{what} was reported before")


def _is_stored(session: Session, lift_id: str, left_at: datetime, same: timedelta) -> bool:
    return any(abs(at - left_at) < same for at in last_left(session, lift_id, _RECENT))


def check_current(session: Session, lift_id: str, fence: int) -> None:
    """Refuse what is said of a camera now by an owner that it was taken from. Raises FencedError."""
    newest = newest_fence(session, lift_id)
    if newest is not None and newest > fence:
        raise FencedError(f"{lift_id}: reported by lease {fence}, but {newest} holds")


def newest_fence(session: Session, lift_id: str) -> int | None:
    """Return the fence of the lease that holds; None if none was handed out."""
    return session.scalar(select(func.max(CameraLeaseRow.fence)).where(CameraLeaseRow.lift_id == lift_id))


def last_left(
    session: Session, lift_id: str, limit: int = 8, *, before: datetime | None = None
) -> list[datetime]:
    """Return when the lift's last stored carriers left, newest first, as far as that is known.

    By the wall clock as it is now, however it was set since (service.store.owners.clocks).

    before: of those that left until then.
    """
    query = select(PassageRow).where(PassageRow.lift_id == lift_id)
    changes = clocks.changes(session)
    if before is not None:
        query = query.where(PassageRow.left_at <= before + changes.most_back)
    query = query.order_by(PassageRow.row.desc()).limit(limit)
    found = readable(session, query, PassageRow.row, lambda row: row.left_at)
    left = [at + by for row, at in found if at is not None and (by := changes.after(row)) is not None]
    return sorted((at for at in left if before is None or at <= before), reverse=True)


def _lease(row: CameraLeaseRow) -> Lease:
    return Lease(row.lift_id, row.owner, row.fence, row.since)
