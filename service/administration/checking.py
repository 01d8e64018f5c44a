"""The whole audit followed by request: every entry, row, picture and signature, as `barwatch verify` does."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from service.administration.aside import Aside, done_aside
from service.audit.findings import Report
from service.audit.verification import verify
from service.domain.errors import BarwatchError, StoreError
from service.domain.people import ORIGIN, SYSTEM, Origin
from service.host.runner import Runners
from service.store.audit import entries
from service.store.database import Store
from service.store.evidence.remote import EvidenceAddress

log = structlog.get_logger(__name__)

ACTION = "audit.verify"

SHOWN = 20
"""At most so many broken links are kept in the audit's entry, the first ones."""


@dataclass(frozen=True, slots=True)
class CheckJob:
    """A check that was asked for."""

    begun_at: datetime
    by: Origin


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check found, as it stands in the audit.

    until: the newest entry that was followed. problem: why it could not be done, in English; empty: it was.
    broken: the first links that do not hold.
    """

    until: int
    entries: int
    rows: int
    pictures: int
    clips: int
    self_tests: int
    problem: str
    broken: tuple[str, ...]


_OUTCOME = TypeAdapter(CheckOutcome)


class AuditCheck:
    """Owns the thread that waits for the check, which runs in a process of its own.

    Args:
        data: the data folder.
        store: where what came of it is noted.
        evidence: the shared store of pictures and clips.
        runners: the list to which the thread is added.
    """

    def __init__(
        self, data: Path, store: Store, runners: Runners, evidence: EvidenceAddress | None = None
    ) -> None:
        self._data, self._store, self._evidence = data, store, evidence
        self._aside: Aside[CheckJob] = Aside("audit check", self._do)
        runners.add(self._aside.runner)

    @property
    def now(self) -> CheckJob | None:
        """The check that is being done."""
        return self._aside.now

    def start(self) -> None:
        """Take work from now on."""
        self._aside.runner.start()

    def stop(self) -> None:
        """End; a check under way is given up."""
        self._aside.runner.stop()

    def begin(self) -> None:
        """Begin a check. Raises ConflictError: one is at work."""
        self._aside.begin(CheckJob(datetime.now(UTC), ORIGIN.get() or SYSTEM))

    def last(self) -> tuple[datetime, str, CheckOutcome] | None:
        """Return when the last check ended, who asked for it, and what came of it. Raises StoreError."""
        with self._store.reading() as session:
            for row in entries.listing(session, action=ACTION, limit=1):
                try:
                    return datetime.fromisoformat(row.at), row.actor, _OUTCOME.validate_json(row.details)
                except ValidationError:
                    return None  # changed by another: the next check says so
        return None

    def _do(self, job: CheckJob) -> None:
        try:
            report = done_aside(
                "barwatch-audit-check",
                verify,
                self._data,
                None,
                self._store.url,
                self._evidence,
                runner=self._aside.runner,
            )
            found = outcome_of(report)
        except BarwatchError as error:
            found = CheckOutcome(0, 0, 0, 0, 0, 0, str(error) or "the process was lost", ())
        if self._aside.runner.stopping.is_set():
            return
        if found.problem or found.broken:
            log.error("the audit was checked", problem=found.problem, broken=found.broken[:1])
        details = json.loads(json.dumps(asdict(found)))
        try:
            self._store.write(partial(entries.record, action=ACTION, by=job.by, **details)).result()
        except StoreError as error:
            log.warning("what the audit's check found is not noted", reason=str(error))


def outcome_of(report: Report) -> CheckOutcome:
    """Return what is kept of a report."""
    return CheckOutcome(
        report.head_seq,
        report.entries,
        report.rows,
        report.pictures,
        report.clips,
        report.self_tests,
        "",
        tuple(str(one) for one in report.broken[:SHOWN]),
    )
