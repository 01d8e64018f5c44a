"""Makes a backup a day while the service runs; one that fails is an alarm."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from service.domain.alarm import AlarmKind
from service.domain.errors import BackupError
from service.domain.health import Health
from service.host.clocks.wall_clock import WallClock
from service.host.runner import Runner
from service.store.file import archive
from service.store.upkeep.backup import make
from service.store.upkeep.plan import BackupPlan

log = structlog.get_logger(__name__)

FIRST_AFTER_S = 600.0
EVERY_S = 300.0
DUE, OVERDUE = timedelta(hours=20), timedelta(hours=30)
"""A backup is due at its hour once the newest is that old, and at any hour once it is older still."""


class ScheduledBackups:
    """Looks every few minutes whether a backup is due.

    Args:
        data: the data folder.
        plan: when and where.
        clock: the believed time; while it is in doubt no old backup is deleted.
        take: takes the change in health.
        url: of a PostgreSQL database.
    """

    def __init__(
        self,
        data: Path,
        plan: BackupPlan,
        clock: WallClock,
        take: Callable[[Health], object],
        url: str | None = None,
    ) -> None:
        self._url = url
        self._data, self._plan, self._clock, self._take = data, plan, clock, take
        self._failed: bool | None = None
        self._waited = False
        self.runner = Runner("backups", self._turn, every_s=EVERY_S)

    def due(self, now: datetime) -> bool:
        """Say whether a backup is due at this aware time."""
        if self._plan.hour is None:
            return False
        found = archive.listing(self._plan.folder)
        age = now - archive.made_at(found[0]) if found else OVERDUE
        return age >= OVERDUE or (age >= DUE and now.astimezone().hour == self._plan.hour)

    def step(self) -> None:
        """Make a backup if one is due."""
        now = self._clock.now()
        if not self.due(now):
            return
        keep = None if self._clock.jump_s else self._plan.keep
        try:
            plan = self._plan
            made = make(
                self._data,
                plan.folder,
                keep=keep,
                pictures=plan.pictures,
                clips=plan.clips,
                now=now,
                url=self._url,
                evidence=plan.evidence,
            )
        except BackupError as error:
            log.error("no backup was made", reason=str(error))
            said = {"reason": str(error)}
            message = f"The scheduled backup could not be made: {error}"
            self._take(Health(AlarmKind.BACKUP_FAILED, None, True, message, "backup", said))
            self._failed = True
            return
        log.info("backed up", file=str(made), bytes=made.stat().st_size)
        if self._failed is not False:
            self._take(Health(AlarmKind.BACKUP_FAILED, None, False, "A backup was made", "backup"))
        self._failed = False

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():
            if not self._waited and self.runner.stopping.wait(FIRST_AFTER_S):
                return
            self._waited = True
            self.step()
