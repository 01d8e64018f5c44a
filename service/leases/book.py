"""Hands out leases of cameras for one service, and says since when a new owner accounts for carriers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from statistics import median
from uuid import uuid4

from sqlalchemy.orm import Session

from service.domain.passage import CarriersAccounted, Lease
from service.host.clocks.steady import mono_at, steady_at, steady_now
from service.station.carried import Accounted
from service.store.database import Store
from service.store.owners import accounted, leases

ACCOUNTED = timedelta(minutes=10)
"""Of a longer time during which no service ran, nobody can say how many carriers passed: an alarm says that
nobody watched (service.alarms.downtime), and no number is made up."""


SET = timedelta(seconds=10)
"""A wall clock that has gone on by so much more than a steady one, or less, was set. Times for other services
are stored by the wall clock, as those of passages are: each service's steady clock began at another time, and
with a wrong one, perhaps."""

ROUNDED = timedelta(milliseconds=1)
"""One time may differ by less from itself, once it was read by another clock and back."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A lease, and until when carriers are accounted for by earlier owners.

    until_mono_s: time.monotonic(); None: nobody watched, or so long ago that nobody can say what passed.
    foreign: the lease before was another service's. What this one has heard before counts no more.
    stood_s: see CarriersAccounted. interval_s: between the lift's last carriers; 0 where that is unknown.
    """

    lease: Lease
    until_mono_s: float | None
    foreign: bool
    stood_s: float = 0.0
    interval_s: float = 0.0


class LeaseBook:
    """Hands out the leases of one service's cameras. Safe from any thread.

    Args:
        store: where leases are kept.
        service: this service, for people who look into the database.
        now: the aware time, by a clock that nobody sets. wall: by the one that is set.
    """

    def __init__(
        self,
        store: Store,
        service: str,
        now: Callable[[], datetime] = steady_now,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._service, self._now, self._wall = store, service, now, wall
        self._mark = uuid4().hex[:8]
        self._tellers: dict[str, Callable[[], CarriersAccounted | None]] = {}
        self._left: dict[str, tuple[int | None, Accounted]] = {}

    def hand_out(
        self,
        lift_id: str,
        owner: str,
        left_mono_s: float | None,
        fence: int | None,
        began_mono_s: float | None = None,
    ) -> Future[HandedOut]:
        """Give the camera to an owner; whatever is written after this is checked against it.

        Args:
            lift_id: whose camera. owner: its name within the service.
            left_mono_s: when the last carrier left that its owners reported, time.monotonic(); None: none.
            fence: of their last lease; None: there was none.
            began_mono_s: when the first of them began without a lease; what is stored of later carriers is
                its own. None: it has not begun.
        """
        left_at = None if left_mono_s is None else steady_at(left_mono_s)
        owner, now = f"{self._service}/{owner}/{self._mark}", self._now()
        began = None if began_mono_s is None or fence is not None else steady_at(began_mono_s)
        ahead = self._ahead

        def job(session: Session) -> HandedOut:
            held = leases.newest(session, lift_id)
            # A lease of this service's that came too late to be heard of is its own as well.
            own = held is not None and fence is not None and held.owner.endswith(self._mark)
            if held is None or not (own or held.fence == fence):
                return _take_over(session, lift_id, owner, now, began, ahead)
            # What was reported is more than what is stored, and is by one clock.
            since = max((at for at in (left_at, held.since) if at is not None), default=None)
            lease = leases.hand_out(session, lift_id, owner, since, now)
            return HandedOut(lease, left_mono_s, foreign=False)

        return self._store.write(job)

    def leave(self, lift_id: str, fence: int | None, known: Accounted) -> None:
        """Keep what was known of a camera that is no longer watched: it may be so again."""
        self._left[lift_id] = fence, known

    def resume(self, lift_id: str, now_mono_s: float) -> tuple[int | None, Accounted]:
        """Return the same, once; nothing if it is of long ago."""
        fence, known = self._left.pop(lift_id, (None, Accounted()))
        from_s = known.from_mono_s
        recent = from_s is not None and now_mono_s - from_s <= ACCOUNTED.total_seconds()
        return (fence, known) if recent and fence is not None else (None, Accounted())

    def follow(self, lift_id: str, tell: Callable[[], CarriersAccounted | None]) -> None:
        """Ask here from now on until when the lift's carriers are accounted for; None: nobody can say."""
        self._tellers[lift_id] = tell

    def accounts(self) -> dict[str, CarriersAccounted]:
        """Return until when carriers are accounted for, by lift, as far as that is more than records say."""
        found, ahead = {lift_id: tell() for lift_id, tell in list(self._tellers.items())}, self._ahead
        return {
            lift_id: replace(each, until=each.until + ahead, ahead=ahead)
            for lift_id, each in found.items()
            if each is not None
        }

    @property
    def _ahead(self) -> timedelta:
        """By how much the wall clock was set since the steady one began."""
        ahead = self._wall() - self._now()
        return ahead if abs(ahead) >= SET else timedelta()


def _take_over(
    session: Session, lift_id: str, owner: str, now: datetime, began: datetime | None, ahead: timedelta
) -> HandedOut:
    """Hand the camera out after another service's owner, by what is stored.

    Each carrier that it reported and that is not stored left after both times that are read here. What left
    later than now was stored before a clock was set back.
    """
    counted = began or now
    left = leases.last_left(
        session, lift_id, before=counted + ahead + SET if began is None else began + ahead
    )
    left = [at - ahead for at in left]
    intervals_s = [(newer - older).total_seconds() for newer, older in pairwise(left)]
    interval_s = max(median(intervals_s), 0.0) if intervals_s else 0.0
    same = timedelta(seconds=leases.SAME * interval_s)
    until, stood_s = left[0] if left else None, 0.0
    incomplete = accounted.incomplete_after(session).get(lift_id)
    if until is not None and incomplete is not None and counted - incomplete + ahead <= ACCOUNTED:
        until = min(until, incomplete - ahead)
    noted = accounted.noted(session).get(lift_id)
    known = noted is not None and (until is None or noted[0] - ahead >= until - ROUNDED)
    if noted is not None and known and noted[0] - ahead <= now + SET:
        until, stood_s = noted[0] - ahead, noted[1]
    hand_out = partial(leases.hand_out, session, lift_id, owner, now=now)
    if until is not None and counted - until - timedelta(seconds=stood_s) <= ACCOUNTED:
        # A lease takes `since` for a carrier's time, near which no other one leaves.
        lease = hand_out(max([until - same, *left[:1]]))
        return HandedOut(lease, mono_at(min(until, now)), True, stood_s, interval_s)
    lease = hand_out(counted - same if interval_s else None)
    return HandedOut(lease, None, True, 0.0, interval_s)
