"""Checks, while the service runs, what was too large to be checked before it was opened."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from service.domain.alarm import AlarmKind
from service.domain.errors import DatabaseDamagedError
from service.domain.health import Health
from service.host.runner import Runner
from service.store.database import Store

log = structlog.get_logger(__name__)

AFTER_S = 60.0
"""The start has the disk for itself until then."""


class LaterCheck:
    """Reads the whole database once, on a thread of its own; what is damaged becomes an alarm.

    Args:
        store: the database that was opened.
        take: takes the change in health.
    """

    def __init__(self, store: Store, take: Callable[[Health], object]) -> None:
        self._store, self._take = store, take
        self.runner = Runner("database check", self._turn)

    def _turn(self) -> bool:
        with self.runner.heartbeat.waiting():
            if not self._store.database.unchecked or self.runner.stopping.wait(AFTER_S):
                return False
            try:
                self._store.database.recheck()
                log.info("the whole database was checked")
                over = "The whole database was checked"
                self._take(Health(AlarmKind.STORAGE_DAMAGED, None, False, over, "pages"))
            except DatabaseDamagedError as error:
                said = str(error)
                log.error("the database is damaged", reason=said)
                self._take(Health(AlarmKind.STORAGE_DAMAGED, None, True, said, "pages"))
        return False
