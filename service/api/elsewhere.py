"""Notices what other processes do: within a second who was shut out (`barwatch token revoke`), and alarms.

What is done through this process ends open feeds at once. The command line writes into the database alone;
each of its steps is an entry of the audit, of which one query a second asks for the newest.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import structlog
from sqlalchemy import or_, select

from service.alarms.hub import AlarmHub
from service.domain.errors import ConfigurationError
from service.host.runner import BackOff, Runner, Runners
from service.replicas.role import ServiceRole
from service.store.audit import entries
from service.store.database import Store
from service.store.tables import AuditRow

log = structlog.get_logger(__name__)

EVERY_S = 0.5

_OF_PEOPLE = ("token.", "user.", "session.")


class ShutOutElsewhere:
    """Follows the audit, on a thread of its own.

    Args:
        store: has the audit.
        changed: called when somebody may have been shut out; those who follow the alarms are looked at again.
        runners: owns the thread.
    """

    def __init__(self, store: Store, changed: Callable[[], object], runners: Runners) -> None:
        self._store, self._changed = store, changed
        self._seen: int | None = None
        self.runner = runners.add(Runner("access", self.step, every_s=EVERY_S))

    def start(self) -> None:
        """Follow from now on."""
        self.runner.start()

    def stop(self) -> None:
        """Follow no longer."""
        self.runner.stop()

    def step(self) -> None:
        """Look once; the first time there is nothing to compare with. Raises StoreError."""
        with self._store.reading() as session:
            newest = entries.head(session).seq
            seen, self._seen = self._seen, newest
            if seen is None or newest <= seen:
                return
            kinds = or_(*(AuditRow.action.startswith(kind, autoescape=True) for kind in _OF_PEOPLE))
            found = session.scalar(select(AuditRow.seq).where(AuditRow.seq > seen, kinds).limit(1))
        if found is not None:
            self._changed()


class AlarmsElsewhere:
    """Lets the feed know at once that another process has committed alarms, where the database tells of them.

    Where nobody tells, the hub looks every few seconds all the same.

    Args:
        store: the database.
        hub: fetches what is new.
        role: whether this service leads.
        runners: the list to which the thread is added.
    """

    def __init__(self, store: Store, hub: AlarmHub, role: ServiceRole, runners: Runners) -> None:
        self._store, self._hub, self._role = store, hub, role
        # Whoever is to lead again after the database was away must not wait for long.
        back_off = BackOff(first_s=0.1, longest_s=1.0)
        self._runner = runners.add(Runner("alarms of other processes", self._turn, back_off=back_off))

    def start(self) -> None:
        """Listen from now on."""
        self._runner.start()

    def stop(self) -> None:
        """Listen no longer."""
        self._runner.stop()

    def _turn(self) -> bool:
        with self._runner.heartbeat.waiting():
            try:
                return self._store.database.hear(
                    self._hub.nudge, self._runner.stopping.is_set, self._role.lead
                )
            except ConfigurationError as error:
                self._role.superseded = str(error)
                log.critical("this service ends, for it does not lead any more", reason=str(error))
                os.kill(os.getpid(), signal.SIGTERM)
                return False
