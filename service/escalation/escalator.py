"""Looks after alarms that nobody acknowledges, and takes each to its next step when that is due.

An escalated alarm is a changed alarm: the next seq of the outbox, committed before anybody hears of it, with
an entry of the audit. Its level is in the database, so that a restart neither repeats nor forgets a step. How
long an alarm has waited is measured by a clock that nobody sets; only what waited before this process began
is taken from the believed time (service.host.clocks.wall_clock).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import partial

from service.domain.escalation.plan import WaitingAlarm, calls_due
from service.host.clocks.waits import Waits
from service.host.runner import Runner, Runners
from service.store import escalations
from service.store.alarms.escalating import escalate, unacknowledged
from service.store.database import Store

EVERY_S = 1.0
AT_ONCE = 50
"""So many alarms in one transaction: the next alarm waits for no more than that."""


class Escalator:
    """A part of the service (service.host.parts).

    Args:
        store: has alarms and rules.
        now: the believed time, aware.
        clock: time.monotonic, or a test's own.
        runners: the list to which the thread is added.
    """

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        runners: Runners | None = None,
    ) -> None:
        self._store, self._now, self._clock = store, now, clock
        self._waits: Waits[tuple[str, datetime]] = Waits()
        self.runner = (runners or Runners()).add(Runner("escalation", self.step, every_s=EVERY_S))

    def start(self) -> None:
        """Begin to look."""
        self.runner.start()

    def stop(self) -> None:
        """End."""
        self.runner.stop()

    def step(self) -> None:
        """Look once, and escalate what is due. Raises StoreError."""
        now_s, now = self._clock(), self._now()
        with self._store.reading() as session:
            rules = escalations.listing(session)
            found = unacknowledged(session)
        waited_s = self._waits.look({alarm.key: alarm.called_at for alarm in found}, now, now_s)
        waiting = [
            WaitingAlarm(one.id, one.lift_id, one.priority, waited_s[one.key], one.level) for one in found
        ]
        if due := calls_due(waiting, rules)[:AT_ONCE]:
            self._store.write(partial(escalate, calls=due)).result()
