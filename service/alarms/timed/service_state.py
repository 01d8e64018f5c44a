"""A lift, or its camera, is taken out of service for a time: it is watched on, and its alarms are marked."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from service.alarms import lifecycle
from service.domain.alarm import OutOfService, ServiceScope
from service.domain.errors import ConflictError
from service.domain.people import SYSTEM, Origin
from service.store.alarms import due, out_of_service
from service.store.audit import entries

LONGEST = timedelta(days=31)
"""A whole season is no time to be out of service for: remove the lift, or say so again every month."""


def take_out(
    session: Session,
    lift_id: str,
    actor: str,
    *,
    scope: ServiceScope,
    until: datetime,
    reason: str,
    now: datetime,
) -> OutOfService:
    """Take a lift or its camera out of service, in place of what was said before; mark its alarms.

    Raises:
        ConflictError: the end is past or too far ahead, or there is no reason.
    """
    if not now < until <= now + LONGEST:
        raise ConflictError("the expiry must lie ahead, at most 31 days from now", "expiry_invalid")
    if not reason.strip():
        raise ConflictError("taking a lift out of service needs a reason", "no_reason")
    entry = OutOfService(lift_id, scope, actor, reason, now, until)
    out_of_service.put(session, entry)
    what = {"scope": scope.value, "until": until.isoformat(timespec="seconds"), "reason": reason}
    by = session.info.get(entries.ORIGIN) or Origin(actor)
    entries.record(session, "lift.out_of_service", lift_id, by=by, **what)
    mark(session, now)
    return entry


def put_back(session: Session, lift_id: str, now: datetime, *, expired: bool = False) -> OutOfService:
    """Return a lift to service, by a person or because its time is over; its alarms are heard again.

    Raises:
        NotFoundError: it is in service.
    """
    entry = out_of_service.get(session, lift_id)
    out_of_service.remove(session, lift_id)
    by = SYSTEM if expired else session.info.get(entries.ORIGIN)
    entries.record(session, "lift.return_to_service", lift_id, by=by, scope=entry.scope.value)
    mark(session, now)
    return entry


def mark(session: Session, now: datetime) -> bool:
    """Mark the alarms of what is out of service, and those no more that are not; a step of each.

    Returns whether there may be more.
    """
    out = out_of_service.listing(session)
    marked, back = due.to_be_marked(session, out), due.back_in_service(session, out)
    for alarm_id in marked:
        lifecycle.mark_out_of_service(session, alarm_id, now)
    for alarm_id in back:
        lifecycle.mark_in_service(session, alarm_id, now)
    return max(len(marked), len(back)) >= due.STEP
