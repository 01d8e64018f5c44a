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
from service.host.runner import Runner, Runners
from service.store import escalations
from service.store.alarms.escalating import Unacknowledged, escalate, unacknowledged
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
        self._since_s: dict[tuple[str, datetime], float] = {}
        self._looked_s: float | None = None
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
        since_s = {alarm.key: self._since(alarm, now_s, now) for alarm in found}
        self._since_s, self._looked_s = since_s, now_s  # what is no longer there is forgotten
        waiting = [
            WaitingAlarm(one.id, one.lift_id, one.priority, now_s - since_s[one.key], one.level)
            for one in found
        ]
        if due := calls_due(waiting, rules)[:AT_ONCE]:
            self._store.write(partial(escalate, calls=due)).result()

    def _since(self, alarm: Unacknowledged, now_s: float, now: datetime) -> float:
        """Return the monotonic time since when an alarm waits.

        It came since the last look, unless this is the first one: however wrong the clock may be that its
        time was read from.
        """
        known = self._since_s.get(alarm.key)
        if known is not None:
            return known
        waited_s = max((now - alarm.called_at).total_seconds(), 0.0)
        return now_s - waited_s if self._looked_s is None else max(now_s - waited_s, self._looked_s)
