"""An alarm's life: which action is allowed in which state, and the actions themselves.

    active ──acknowledge──▶ acknowledged ──the condition is over──▶ cleared
    active ──the condition is over──▶ returned ──acknowledge──▶ cleared
                                      returned ──the condition begins again──▶ active
    active, acknowledged ──shelve (expiry, reason)──▶ shelved ──expiry or unshelve──▶ where it came from
    shelved ──the condition is over──▶ cleared; returned if nobody had acknowledged it

So no alarm of a condition leaves the list before somebody has seen it. An alarm of the bar, or of a time
when the service did not run, is a moment, not a condition: it is never cleared by itself. Every function
takes the caller's session and runs inside its transaction.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from service.domain.alarm import Alarm, AlarmState
from service.domain.errors import ConflictError
from service.store import alarms
from service.store.alarms import history
from service.store.records import AlarmComment

MAX_SHELVE = timedelta(hours=24)
"""At most a day: after that nobody remembers that an alarm is shelved."""


class Action(StrEnum):
    """What can happen to an alarm after it was raised."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"
    RAISE = "raise"
    """Its condition begins again (service.store.alarms.raise_alarm)."""
    CLEAR = "clear"
    """Its condition is over."""


_ALLOWED = {
    (AlarmState.ACTIVE, Action.ACKNOWLEDGE): AlarmState.ACKNOWLEDGED,
    (AlarmState.ACTIVE, Action.SHELVE): AlarmState.SHELVED,
    (AlarmState.ACKNOWLEDGED, Action.SHELVE): AlarmState.SHELVED,
    (AlarmState.SHELVED, Action.UNSHELVE): AlarmState.ACTIVE,
    (AlarmState.ACTIVE, Action.CLEAR): AlarmState.RETURNED,
    (AlarmState.RETURNED, Action.ACKNOWLEDGE): AlarmState.CLEARED,
    (AlarmState.RETURNED, Action.RAISE): AlarmState.ACTIVE,
    (AlarmState.ACKNOWLEDGED, Action.CLEAR): AlarmState.CLEARED,
    (AlarmState.SHELVED, Action.CLEAR): AlarmState.CLEARED,
}


def after(state: AlarmState, action: Action) -> AlarmState:
    """Return the state that `action` leads to; raises ConflictError if it is not allowed."""
    try:
        return _ALLOWED[state, action]
    except KeyError:
        raise ConflictError(f"an alarm that is {state.value} cannot be {_PAST[action]}") from None


_PAST = {
    Action.ACKNOWLEDGE: "acknowledged",
    Action.SHELVE: "shelved",
    Action.UNSHELVE: "unshelved",
    Action.RAISE: "raised again",
    Action.CLEAR: "cleared",
}


def acknowledge(session: Session, alarm_id: str, actor: str, note: str = "") -> Alarm:
    """Note that somebody has seen the alarm; raises NotFoundError, ConflictError."""
    return _apply(session, alarm_id, Action.ACKNOWLEDGE, actor, note)


def shelve(
    session: Session, alarm_id: str, actor: str, *, until: datetime, reason: str, now: datetime | None = None
) -> Alarm:
    """Put the alarm away until an aware time at most MAX_SHELVE ahead, for a stated reason.

    Raises:
        NotFoundError: no such alarm.
        ConflictError: not allowed in its state, or the expiry or the reason is no good.
    """
    now = now or datetime.now(UTC)
    if until.tzinfo is None:
        raise ConflictError("the expiry needs a time zone")
    if not now < until <= now + MAX_SHELVE:
        raise ConflictError("the expiry must lie ahead, at most 24 hours from now")
    if not reason.strip():
        raise ConflictError("shelving needs a reason")
    state = after(alarms.get(session, alarm_id).state, Action.SHELVE)
    return alarms.change(
        session, alarm_id, state, action="shelve", actor=actor, note=reason, at=now, shelved_until=until
    )


def unshelve(session: Session, alarm_id: str, actor: str, now: datetime | None = None) -> Alarm:
    """Bring the alarm back to where it was shelved from; raises NotFoundError, ConflictError."""
    after(alarms.get(session, alarm_id).state, Action.UNSHELVE)
    state = alarms.shelved_from(session, alarm_id) or AlarmState.ACTIVE
    return alarms.change(session, alarm_id, state, action="unshelve", actor=actor, at=now)


def expire_shelved(session: Session, now: datetime) -> tuple[Alarm, ...]:
    """Bring back every alarm whose shelving is over; a damaged one is restored and keeps back no other."""
    alarms.restore(session)
    return tuple(unshelve(session, alarm_id, "system", now) for alarm_id in alarms.expired(session, now))


def clear(session: Session, alarm_id: str, note: str = "") -> Alarm:
    """Note that the condition is over; raises NotFoundError, ConflictError."""
    if alarms.shelved_from(session, alarm_id) is AlarmState.ACTIVE:
        return alarms.change(
            session, alarm_id, AlarmState.RETURNED, action="clear", actor="system", note=note
        )
    return _apply(session, alarm_id, Action.CLEAR, "system", note)


def comment(session: Session, alarm_id: str, author: str, text: str) -> AlarmComment:
    """Write something about the alarm, in any state; raises NotFoundError, ConflictError if it is empty."""
    if not text.strip():
        raise ConflictError("a comment needs some text")
    return history.comment(session, alarm_id, author, text)


def _apply(session: Session, alarm_id: str, action: Action, actor: str, note: str) -> Alarm:
    state = after(alarms.get(session, alarm_id).state, action)
    return alarms.change(session, alarm_id, state, action=action.value, actor=actor, note=note)
