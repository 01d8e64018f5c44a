"""Records the time during which the service itself did not run: nobody watched, and nobody could say so.

While a camera's frames come, the database holds until when its lift was watched. When a lift is watched for
the first time after a start, the time since then becomes an alarm of that lift. A short one, as after a
restart, is only a record: it is cleared from the beginning. A longer one stands until it is acknowledged.

With it goes, while a line stands, until when its carriers are accounted for: for whoever watches next
(service.leases).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from service.domain.alarm import AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.camera import CameraState, CameraStatus
from service.domain.errors import StoreError
from service.domain.passage import CarriersAccounted
from service.host.runner import Runner
from service.store import alarms, lifts
from service.store.database import Store
from service.store.owners import accounted

log = structlog.get_logger(__name__)

LAST_TRY_S = 2.0
EVERY_S = 5.0
"""How often the note is written; a service that is killed was watching for a little longer than it says."""

SHORT = timedelta(seconds=30)
"""A gap up to this is only a record: a restart takes about 10 s, and some four carriers leave in 30 s."""


class Downtime:
    """Writes until when each lift is watched; records the gap that the last run left.

    Args:
        store: where both are kept.
        statuses: the state of every camera (Cameras.statuses).
        now: the aware wall time, or a test's own.
        accounts: until when carriers are accounted for, by lift, where records do not say it.
    """

    def __init__(
        self,
        store: Store,
        statuses: Callable[[], Sequence[CameraStatus]],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        accounts: Callable[[], Mapping[str, CarriersAccounted]] = dict,
    ) -> None:
        self._store, self._statuses, self._now, self._accounts = store, statuses, now, accounts
        self._known: set[str] = set()
        self.runner = Runner("downtime", self.step, every_s=EVERY_S)

    def step(self, timeout_s: float | None = None) -> None:
        """Take note of the lifts that are watched now; raises StoreError, TimeoutError."""
        seen = {status.lift_id for status in self._statuses() if _is_watched(status)}
        if seen:
            accounts, first = self._accounts(), seen - self._known
            job = partial(_take_note, lift_ids=seen, first=first, now=self._now(), accounts=accounts)
            self._store.write(job).result(timeout_s)
            self._known |= seen

    def stop(self) -> None:
        """Take note a last time, then end; stop before the cameras."""
        self.runner.stop()
        try:
            self.step(LAST_TRY_S)
        except (StoreError, TimeoutError) as error:  # the next start takes the note before for the end
            log.warning("until when lifts were watched is not stored", reason=str(error))


def _is_watched(status: CameraStatus) -> bool:
    return status.state in (CameraState.LIVE, CameraState.DEGRADED) and status.frame_age_s is not None


def _take_note(
    session: Session,
    lift_ids: Collection[str],
    first: Collection[str],
    now: datetime,
    accounts: Mapping[str, CarriersAccounted],
) -> None:
    until = lifts.watched_until(session)
    for lift_id in sorted(until.keys() & first):
        _record(session, lift_id, until[lift_id], now)
    lifts.note_watched(session, until | dict.fromkeys(lift_ids, now))
    accounted.note(session, accounts)


def _record(session: Session, lift_id: str, since: datetime, now: datetime) -> None:
    gap = now - since
    length = (
        f"for {timedelta(seconds=round(gap.total_seconds()))}" if gap >= timedelta() else "clock set back"
    )
    draft = AlarmDraft(
        kind=AlarmKind.SERVICE_DOWN,
        severity=Severity.WARNING,
        lift_id=lift_id,
        message=f"Not watched from {since:%Y-%m-%d %H:%M:%S} to {now:%Y-%m-%d %H:%M:%S} UTC ({length}): "
        "the service was down meanwhile",
        cause=f"since {since:%Y-%m-%dT%H:%M:%SZ}",
        parameters={"since": f"{since:%Y-%m-%dT%H:%M:%SZ}", "until": f"{now:%Y-%m-%dT%H:%M:%SZ}"},
    )
    short = timedelta() <= gap <= SHORT
    alarms.raise_alarm(session, draft, state=AlarmState.CLEARED if short else AlarmState.ACTIVE)
