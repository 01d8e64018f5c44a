"""Alarms that stand as long as a condition does: the health of cameras, worker and verdicts."""

from __future__ import annotations

from sqlalchemy.orm import Session

from service.alarms import lifecycle
from service.alarms.policy import health_alarm
from service.domain.health import Health
from service.store import alarms


def apply(session: Session, health: Health) -> None:
    """Raise the alarm of a cause that begins, unless it stands; clear it when it is over."""
    if health.active:
        alarms.raise_alarm(session, health_alarm(health))
        return
    for alarm in alarms.standing(session, health.kind, health.lift_id):
        if health.cause in ("", alarm.cause):
            lifecycle.clear(session, alarm.id, health.message)


def clear_all(session: Session) -> None:
    """Clear what an earlier run left standing.

    What is still wrong is raised afresh within seconds; what was over meanwhile would stand for ever,
    because nobody would say so.
    """
    for alarm in alarms.standing(session):
        lifecycle.clear(session, alarm.id, "The service was restarted; what is still wrong is raised anew")
