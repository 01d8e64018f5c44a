"""Hands out leases of cameras for one service, and says since when a new owner accounts for carriers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy.orm import Session

from service.domain.passage import Lease
from service.host.clocks.steady import mono_at, steady_at, steady_now
from service.store import lifts
from service.store.database import Store
from service.store.owners import leases

ACCOUNTED = timedelta(minutes=10)
"""Of a longer time during which no service ran, nobody can say how many carriers passed: an alarm says that
nobody watched (service.alarms.downtime), and no number is made up."""

NOTED = timedelta(seconds=5)
"""How old the note of until when a lift was watched may be (service.alarms.downtime)."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A lease, and until when carriers are accounted for by earlier owners.

    until_mono_s: time.monotonic(); None: nobody watched, or so long ago that nobody can say what passed.
    foreign: the lease before was another service's. What this one has heard before counts no more.
    """

    lease: Lease
    until_mono_s: float | None
    foreign: bool


class LeaseBook:
    """Hands out the leases of one service's cameras. Safe from any thread.

    Args:
        store: where leases are kept.
        service: this service, for people who look into the database.
        now: the aware time, by a clock that nobody sets.
    """

    def __init__(self, store: Store, service: str, now: Callable[[], datetime] = steady_now) -> None:
        self._store, self._service, self._now = store, service, now

    def hand_out(
        self, lift_id: str, owner: str, left_mono_s: float | None, fence: int | None
    ) -> Future[HandedOut]:
        """Give the camera to an owner; whatever is written after this is checked against it.

        Args:
            lift_id: whose camera. owner: its name within the service.
            left_mono_s: when the last carrier left that its owners reported, time.monotonic(); None: none.
            fence: of their last lease; None: there was none.
        """
        left_at = None if left_mono_s is None else steady_at(left_mono_s)
        owner, now = f"{self._service}/{owner}", self._now()

        def job(session: Session) -> HandedOut:
            held = leases.newest(session, lift_id)
            if held is None or held.fence != fence:
                return _take_over(session, lift_id, owner, now)
            # What was reported is more than what is stored, and is by one clock.
            lease = leases.hand_out(session, lift_id, owner, left_at or held.since, now)
            return HandedOut(lease, left_mono_s, foreign=False)

        return self._store.write(job)


def _take_over(session: Session, lift_id: str, owner: str, now: datetime) -> HandedOut:
    stored = leases.last_left(session, lift_id)
    since = stored[0] if stored else None
    # Who has had the camera since, and reported nothing, may have ended before it could tell what passed.
    seen = [] if since is None else [leases.first_after(session, lift_id, since)]
    seen.append(lifts.watched_until(session).get(lift_id))
    lease = leases.hand_out(session, lift_id, owner, since, now)
    watched_until = min((at for at in seen if at is not None), default=None)
    if lease.since is None or not _ran_on(stored, watched_until) or now - lease.since > ACCOUNTED:
        return HandedOut(lease, None, foreign=True)
    return HandedOut(lease, mono_at(lease.since), foreign=True)


def _ran_on(left: list[datetime], watched_until: datetime | None) -> bool:
    """Say whether the line ran when it was last watched: no carrier was overdue. left: newest first."""
    if watched_until is None or len(left) < 2:
        return False
    interval_s = median((newer - older).total_seconds() for newer, older in pairwise(left))
    return watched_until - left[0] <= timedelta(seconds=2 * interval_s) + NOTED
