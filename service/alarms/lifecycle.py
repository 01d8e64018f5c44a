"""An alarm's life after ISA-18.2: which action is allowed in which state, and the actions themselves.

    active ──acknowledge──▶ acknowledged ──the condition is over──▶ cleared
    active ──the condition is over──▶ returned ──acknowledge──▶ cleared
                                      returned ──the condition begins again──▶ active
    acknowledged ──its condition stays for long──▶ active
    active, acknowledged ──shelve (expiry, reason)──▶ shelved ──expiry or unshelve──▶ where it came from
    shelved ──the condition is over──▶ cleared; returned if nobody had acknowledged it
    active, acknowledged, returned ──its lift or camera goes out of service──▶ out_of_service
    out_of_service ──back in service──▶ what it would be by then without; it lives on below
    suppressed ──the alarm that it follows from is over──▶ active

So no alarm leaves the list before somebody has seen it. One of the bar ends when its carrier has passed the
next station (service.alarms.timed.due); a time when the service did not run is a moment, not a condition, and
never ends by itself. Every function takes the caller's session and runs inside its transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from service.domain.alarm import NEEDS_SOMEBODY, Alarm, AlarmState, Severity
from service.domain.errors import ConflictError
from service.domain.health import Health
from service.store import alarms
from service.store.alarms import due, history, out_of_service
from service.store.alarms.changes import AlarmColumns
from service.store.records import AlarmComment

MAX_SHELVE = timedelta(hours=24)
"""At most a day, all times together until somebody sees it again: after that nobody remembers it."""


class Action(StrEnum):
    """What can happen to an alarm after it was raised."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    RAISE = "raise"
    """Its condition begins again (service.store.alarms.raise_alarm)."""
    CLEAR = "clear"
    """Its condition is over."""
    REALARM = "realarm"
    """Somebody acknowledged it long ago, and its condition stays."""
    OUT_OF_SERVICE = "out_of_service"
    RETURN_TO_SERVICE = "return_to_service"
    UNSUPPRESS = "unsuppress"


_ALLOWED = {
    (AlarmState.ACTIVE, Action.ACKNOWLEDGE): AlarmState.ACKNOWLEDGED,
    (AlarmState.ACTIVE, Action.SHELVE): AlarmState.SHELVED,
    (AlarmState.ACKNOWLEDGED, Action.SHELVE): AlarmState.SHELVED,
    (AlarmState.SHELVED, Action.UNSHELVE): AlarmState.ACTIVE,
    (AlarmState.ACTIVE, Action.CLEAR): AlarmState.RETURNED,
    (AlarmState.RETURNED, Action.ACKNOWLEDGE): AlarmState.CLEARED,
    (AlarmState.RETURNED, Action.RAISE): AlarmState.ACTIVE,
    (AlarmState.ACKNOWLEDGED, Action.CLEAR): AlarmState.CLEARED,
    (AlarmState.ACKNOWLEDGED, Action.REALARM): AlarmState.ACTIVE,
    (AlarmState.SHELVED, Action.CLEAR): AlarmState.CLEARED,
    (AlarmState.SUPPRESSED, Action.CLEAR): AlarmState.CLEARED,
    (AlarmState.SUPPRESSED, Action.UNSUPPRESS): AlarmState.ACTIVE,
    (AlarmState.ACTIVE, Action.OUT_OF_SERVICE): AlarmState.OUT_OF_SERVICE,
    (AlarmState.ACKNOWLEDGED, Action.OUT_OF_SERVICE): AlarmState.OUT_OF_SERVICE,
    (AlarmState.RETURNED, Action.OUT_OF_SERVICE): AlarmState.OUT_OF_SERVICE,
    (AlarmState.OUT_OF_SERVICE, Action.RETURN_TO_SERVICE): AlarmState.ACTIVE,
}

_BELOW = frozenset({Action.ACKNOWLEDGE, Action.CLEAR})
"""What happens to an alarm that is out of service happens below that."""


def after(state: AlarmState, action: Action) -> AlarmState:
    """Return the state that `action` leads to; raises ConflictError if it is not allowed.

    From a state that lies above another one, that of an alarm which was active below.
    """
    try:
        return _ALLOWED[state, action]
    except KeyError:
        message = f"an alarm that is {state.value} cannot be {_PAST[action]}"
        raise ConflictError(message, "not_in_this_state", state=state.value, action=action.value) from None


_PAST = {
    Action.ACKNOWLEDGE: "acknowledged",
    Action.SHELVE: "shelved",
    Action.UNSHELVE: "unshelved",
    Action.RAISE: "raised again",
    Action.CLEAR: "cleared",
    Action.REALARM: "raised anew",
    Action.OUT_OF_SERVICE: "taken out of service",
    Action.RETURN_TO_SERVICE: "returned to service",
    Action.UNSUPPRESS: "heard",
}

_NOT_SHELVED: AlarmColumns = {
    "below": None,
    "shelved_until": None,
    "shelved_by": None,
    "shelved_reason": None,
}


def acknowledge(
    session: Session, alarm_id: str, actor: str, note: str = "", now: datetime | None = None
) -> Alarm:
    """Note that somebody has seen the alarm; raises NotFoundError, ConflictError."""
    now = now or datetime.now(UTC)
    seen: AlarmColumns = {"acknowledged_at": now, "acknowledged_by": actor, "shelved_since": None}
    return _apply(session, alarm_id, Action.ACKNOWLEDGE, actor, note, now, seen)


def shelve(
    session: Session, alarm_id: str, actor: str, *, until: datetime, reason: str, now: datetime | None = None
) -> Alarm:
    """Put the alarm away until an aware time at most MAX_SHELVE ahead, for a stated reason.

    A critical one only after somebody has acknowledged it. MAX_SHELVE counts from the first time that it was
    shelved since somebody acknowledged it: who shelves it again must have seen it again.

    Raises:
        NotFoundError: no such alarm.
        ConflictError: not allowed in its state, or the expiry or the reason is no good.
    """
    now = now or datetime.now(UTC)
    alarm = alarms.get(session, alarm_id)
    state = after(alarm.state, Action.SHELVE)
    _check_expiry(until, now)
    if not reason.strip():
        raise ConflictError("shelving needs a reason", "no_reason")
    if alarm.severity is Severity.CRITICAL and alarm.state is AlarmState.ACTIVE:
        raise ConflictError("a critical alarm is acknowledged before it is shelved", "acknowledge_first")
    since = alarms.shelved_since(session, alarm_id) or now
    if until > since + MAX_SHELVE:
        raise ConflictError(
            "the alarm was shelved before: at most 24 hours in all, until somebody acknowledges it again",
            "shelved_for_too_long",
            since=since.isoformat(timespec="seconds"),
        )
    columns: AlarmColumns = {
        "below": alarm.state,
        "shelved_since": since,
        "shelved_until": until,
        "shelved_by": actor,
        "shelved_reason": reason,
    }
    return alarms.change(
        session, alarm_id, state, action="shelve", actor=actor, note=reason, at=now, **columns
    )


def unshelve(session: Session, alarm_id: str, actor: str, now: datetime | None = None) -> Alarm:
    """Bring the alarm back to where it was shelved from; raises NotFoundError, ConflictError."""
    after(alarms.get(session, alarm_id).state, Action.UNSHELVE)
    return _bring_back(session, alarm_id, Action.UNSHELVE, actor, now or datetime.now(UTC))


def expire_shelved(session: Session, now: datetime) -> tuple[Alarm, ...]:
    """Bring back every alarm whose shelving is over; a damaged one is restored and keeps back no other.

    One that was shelved for as long as it may be calls for somebody again, acknowledged or not.
    """
    alarms.restore(session)
    back = []
    for alarm_id in due.expired(session, now):
        since = alarms.shelved_since(session, alarm_id)
        alarm = _bring_back(session, alarm_id, Action.UNSHELVE, "system", now)
        if alarm.state is AlarmState.ACKNOWLEDGED and since is not None and now >= since + MAX_SHELVE:
            alarm = realarm(session, alarm_id, now)
        back.append(alarm)
    return tuple(back)


def realarm(session: Session, alarm_id: str, now: datetime, worse: Health | None = None) -> Alarm:
    """Let an acknowledged alarm call for somebody again; raises NotFoundError, ConflictError.

    worse: what its condition has become; None: what it was.
    """
    again: AlarmColumns = {"announced_at": now, "acknowledged_at": None, "acknowledged_by": None}
    if worse is not None:
        again |= {"message": worse.message, "parameters": dict(worse.parameters)}
    return _apply(session, alarm_id, Action.REALARM, "system", "", now, again)


def unsuppress(session: Session, alarm_id: str, now: datetime) -> Alarm:
    """Let an alarm be heard that followed from another; raises NotFoundError, ConflictError."""
    heard: AlarmColumns = {"announced_at": now, "suppressed_by": None, "below": None}
    return _apply(session, alarm_id, Action.UNSUPPRESS, "system", "", now, heard)


def mark_out_of_service(session: Session, alarm_id: str, now: datetime) -> Alarm:
    """Mark an alarm of what is out of service; raises NotFoundError, ConflictError."""
    below: AlarmColumns = {"below": alarms.get(session, alarm_id).state}
    return _apply(session, alarm_id, Action.OUT_OF_SERVICE, "system", "", now, below)


def mark_in_service(session: Session, alarm_id: str, now: datetime) -> Alarm:
    """Bring an alarm back to what it is by now, as its lift is back in service.

    Raises NotFoundError, ConflictError.
    """
    after(alarms.get(session, alarm_id).state, Action.RETURN_TO_SERVICE)
    return _bring_back(session, alarm_id, Action.RETURN_TO_SERVICE, "system", now)


def clear(session: Session, alarm_id: str, note: str = "", now: datetime | None = None) -> Alarm:
    """Note that the condition is over; raises NotFoundError, ConflictError."""
    now = now or datetime.now(UTC)
    ended: AlarmColumns = {"ended_at": now}
    alarm = alarms.get(session, alarm_id)
    if alarm.state is AlarmState.SHELVED and alarms.below(session, alarm_id) in NEEDS_SOMEBODY:
        ended |= _NOT_SHELVED
        return alarms.change(
            session, alarm_id, AlarmState.RETURNED, action="clear", actor="system", note=note, at=now, **ended
        )
    return _apply(session, alarm_id, Action.CLEAR, "system", note, now, ended)


def comment(session: Session, alarm_id: str, author: str, text: str) -> AlarmComment:
    """Write something about the alarm, in any state; raises NotFoundError, ConflictError if it is empty."""
    if not text.strip():
        raise ConflictError("a comment needs some text", "no_text")
    return history.comment(session, alarm_id, author, text)


def _check_expiry(until: datetime, now: datetime) -> None:
    if until.tzinfo is None:
        raise ConflictError("the expiry needs a time zone", "expiry_invalid")
    if not now < until <= now + MAX_SHELVE:
        raise ConflictError("the expiry must lie ahead, at most 24 hours from now", "expiry_invalid")


def _bring_back(session: Session, alarm_id: str, action: Action, actor: str, now: datetime) -> Alarm:
    """Give a hidden alarm the state below; who has not acknowledged it is called again."""
    state, alarm = alarms.below(session, alarm_id), alarms.get(session, alarm_id)
    columns = _NOT_SHELVED.copy()
    if action is Action.UNSHELVE and out_of_service.covering(session, alarm.lift_id, alarm.kind, now):
        state, columns["below"] = AlarmState.OUT_OF_SERVICE, state
    elif state is AlarmState.ACTIVE:
        columns["announced_at"] = now
    return alarms.change(session, alarm_id, state, action=action.value, actor=actor, at=now, **columns)


def _apply(
    session: Session,
    alarm_id: str,
    action: Action,
    actor: str,
    note: str,
    at: datetime,
    columns: AlarmColumns,
) -> Alarm:
    state = alarms.get(session, alarm_id).state
    if state is AlarmState.OUT_OF_SERVICE and action in _BELOW:
        below = after(alarms.below(session, alarm_id), action)
        over = below is AlarmState.CLEARED
        state, columns = (below if over else state), {**columns, "below": None if over else below}
    else:
        state = after(state, action)
        if state is AlarmState.CLEARED:
            columns = {**columns, **_NOT_SHELVED}
    return alarms.change(
        session, alarm_id, state, action=action.value, actor=actor, note=note, at=at, **columns
    )
