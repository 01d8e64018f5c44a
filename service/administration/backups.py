"""Backups as a person sees and asks for them: which there are, make one, verify one, take one away."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

import structlog

from service.administration.aside import Aside, done_aside
from service.domain.alarm import AlarmKind
from service.domain.errors import BackupError, BarwatchError, ConflictError, NotFoundError, StoreError
from service.domain.health import Health
from service.domain.people import ORIGIN, SYSTEM, Origin
from service.host.runner import Runners
from service.store.audit import entries
from service.store.database import Store
from service.store.file import archive
from service.store.upkeep import backup
from service.store.upkeep.plan import BackupPlan

log = structlog.get_logger(__name__)

CHECKED = ("backup.make", "backup.verify")
"""Entries of the audit that say whether a backup was whole."""

NOTED = 500
"""So many of the newest of these entries are looked through."""


class BackupWork(StrEnum):
    """What is done with a backup."""

    MAKE = "make"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class BackupJob:
    """Work that was asked for. name: of the backup; empty of one that is being made. by: who asked."""

    work: BackupWork
    name: str
    begun_at: datetime
    by: Origin


@dataclass(frozen=True, slots=True)
class BackupOutcome:
    """What came of the last work. name: of the backup; problem: why it failed, in English; empty: well."""

    work: BackupWork
    name: str
    at: datetime
    problem: str


@dataclass(frozen=True, slots=True)
class KeptBackup:
    """A backup in the folder. checked_at, whole: when somebody had it verified last, and how."""

    name: str
    made_at: datetime
    size_bytes: int
    checked_at: datetime | None = None
    whole: bool | None = None


class BackupDesk:
    """Owns the thread on which backups that people ask for are made and verified.

    Args:
        data: the data folder.
        plan: where backups are, and what they hold; the scheduled ones have the same.
        store: where the audit is.
        take: takes the end of the alarm that a scheduled backup failed.
        runners: the list to which the thread is added.
    """

    def __init__(
        self, data: Path, plan: BackupPlan, store: Store, take: Callable[[Health], object], runners: Runners
    ) -> None:
        self.plan = plan
        self._data, self._store, self._take = data, store, take
        self._aside: Aside[BackupJob] = Aside("backups on request", self._do)
        runners.add(self._aside.runner)
        self._last: BackupOutcome | None = None

    @property
    def now(self) -> BackupJob | None:
        """What is being done."""
        return self._aside.now

    @property
    def last(self) -> BackupOutcome | None:
        """What came of the last work since the service started."""
        return self._last

    def start(self) -> None:
        """Take work from now on."""
        self._aside.runner.start()

    def stop(self) -> None:
        """End; a backup that is being made is finished or left out."""
        self._aside.runner.stop()

    def make(self) -> None:
        """Begin a backup. Raises ConflictError: another is at work."""
        self._begin(BackupWork.MAKE, "")

    def verify(self, name: str) -> None:
        """Begin to verify one. Raises NotFoundError; ConflictError: another is at work."""
        self._begin(BackupWork.VERIFY, self.path(name).name)

    def path(self, name: str) -> Path:
        """Return the file of a backup; raises NotFoundError."""
        for path in archive.listing(self.plan.folder):
            if path.name == name:
                return path
        raise NotFoundError(f"there is no backup {name!r}", "no_backup")

    def taken(self, name: str) -> Path:
        """Return the file of a backup that is to leave; it is noted. Raises NotFoundError.

        Raises:
            ConflictError: it holds keys: whoever has it reads cameras' passwords, and signs as this service.
            BackupError: it cannot be read. StoreError: it cannot be noted.
        """
        path = self.path(name)
        if any(archive.holds(path, key) for key in backup.KEYS):
            raise ConflictError("this backup holds keys: it never leaves by the network", "backup_with_keys")
        self._store.write(partial(entries.record, action="backup.download", subject=name)).result()
        return path

    def listing(self) -> list[KeptBackup]:
        """Return the backups there are, the newest first. Raises StoreError."""
        checked = self._checked()
        found: list[KeptBackup] = []
        for path in archive.listing(self.plan.folder):
            try:
                kept = KeptBackup(path.name, archive.made_at(path), path.stat().st_size)
            except (OSError, BackupError):
                continue  # gone meanwhile, or of another's naming
            at, whole = checked.get(path.name, (None, None))
            found.append(replace(kept, checked_at=at, whole=whole))
        return found

    def _begin(self, work: BackupWork, name: str) -> None:
        self._aside.begin(BackupJob(work, name, datetime.now(UTC), ORIGIN.get() or SYSTEM))

    def _do(self, job: BackupJob) -> None:
        name, problem = job.name, ""
        try:
            if job.work is BackupWork.MAKE:
                plan = self.plan
                made = backup.make(
                    self._data,
                    plan.folder,
                    pictures=plan.pictures,
                    clips=plan.clips,
                    url=self._store.url,
                    evidence=plan.evidence,
                )
                name = made.name
                self._take(Health(AlarmKind.BACKUP_FAILED, None, False, "A backup was made", "backup"))
            else:
                path = self.plan.folder / name
                done_aside("barwatch-backup-check", archive.verify, path, runner=self._aside.runner)
        except BarwatchError as error:
            problem = str(error)
            log.warning("work on a backup failed", work=job.work.value, name=name, reason=problem)
        self._last = BackupOutcome(job.work, name, datetime.now(UTC), problem)
        note = partial(entries.record, action=f"backup.{job.work}", subject=name, by=job.by, problem=problem)
        try:
            self._store.write(note).result()
        except StoreError as error:
            log.warning("work on a backup is not in the audit", reason=str(error))

    def _checked(self) -> dict[str, tuple[datetime, bool]]:
        """Return when each backup was looked at last by request, and whether it was whole then."""
        found: dict[str, tuple[datetime, bool]] = {}
        with self._store.reading() as session:
            for action in CHECKED:
                for row in entries.listing(session, action=action, limit=NOTED):
                    at, whole = datetime.fromisoformat(row.at), _is_well(row.details)
                    if row.subject not in found or found[row.subject][0] < at:
                        found[row.subject] = (at, whole)
        return found


def _is_well(details: str) -> bool:
    try:
        return bool(json.loads(details)["problem"] == "")
    except (ValueError, LookupError, TypeError):
        return False  # damaged: nothing says that it was whole
