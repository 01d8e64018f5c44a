"""What looks after the database in the background: the rest of its check, and scheduled backups."""

from __future__ import annotations

from collections.abc import Callable

from service.domain.health import Health
from service.host.clocks.wall_clock import WallClock
from service.host.runner import Runners
from service.store.database import Store
from service.store.upkeep.later import LaterCheck
from service.store.upkeep.plan import BackupPlan
from service.store.upkeep.scheduled import ScheduledBackups


class Upkeep:
    """Owns both runners.

    Args:
        store: the open database.
        plan: when and where backups are made.
        clock: the believed time.
        take: takes changes in health.
        runners: the list to which both threads are added.
    """

    def __init__(
        self,
        store: Store,
        plan: BackupPlan,
        clock: WallClock,
        take: Callable[[Health], object],
        runners: Runners,
    ) -> None:
        backups = ScheduledBackups(store.data, plan, clock, take, store.url)
        self._runners = (LaterCheck(store, take).runner, backups.runner)
        for runner in self._runners:
            runners.add(runner)

    def start(self) -> None:
        """Start both."""
        for runner in self._runners:
            runner.start()

    def stop(self) -> None:
        """End both."""
        for runner in self._runners:
            runner.stop()
