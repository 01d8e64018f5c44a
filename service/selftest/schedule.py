"""Tests every lift once a day, at a set time of this machine's zone; a day without a test is an alarm.

What is due follows from what is stored and from the believed time, so that neither a restart nor a clock that
jumps tests twice, or never.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import structlog

from service.domain.alarm import AlarmKind
from service.domain.errors import BarwatchError
from service.domain.health import Health
from service.host.clocks.wall_clock import WallClock
from service.host.runner import Runner
from service.selftest.tester import MISSED, SelfTester
from service.store import lifts
from service.store.database import Store
from service.store.trials import self_tests

log = structlog.get_logger(__name__)

MISSED_AFTER = timedelta(hours=26)
"""A day and the time that a restart may take."""

FIRST_AFTER_S = 120.0
"""The cameras have begun by then."""

EVERY_S = 30.0
DAILY = "system"


class SelfTestSchedule:
    """Looks twice a minute which lift is due.

    Args:
        store: has lifts and tests.
        tester: tests.
        at: the time of day; None: never, and nothing is missed.
        clock: the believed time.
        take: takes changes in health.
    """

    def __init__(
        self,
        store: Store,
        tester: SelfTester,
        at: time | None,
        clock: WallClock,
        take: Callable[[Health], object],
    ) -> None:
        self._store, self._tester, self._at = store, tester, at
        self._clock, self._take = clock, take
        self._missed: set[str] = set()
        self._waited = False
        self.runner = Runner("self-tests", self._turn, every_s=EVERY_S)

    def due_at(self, now: datetime) -> datetime | None:
        """Return when the newest scheduled test should have begun, aware; None where none is scheduled."""
        if self._at is None:
            return None
        today = now.astimezone().date()
        due = _local(today, self._at)
        return due if due <= now else _local(today - timedelta(days=1), self._at)

    def next_at(self) -> datetime | None:
        """Return when the next daily test begins, aware; None where none is scheduled."""
        newest = self.due_at(self._clock.now())
        if newest is None or self._at is None:
            return None
        return _local(newest.date() + timedelta(days=1), self._at)

    def is_missed(self, lift_id: str) -> bool:
        """Say whether the lift has had none for more than a day, as far as was looked."""
        return lift_id in self._missed

    def step(self) -> None:
        """Test what is due, one after the other; say what was missed. Raises StoreError."""
        for lift_id, since in self._watched().items():
            if self._tester.waits.ended:
                return
            last = self._last(lift_id) or since
            due = self.due_at(self._clock.now())
            if due is not None and last < due:
                self._test(lift_id)
                last = self._last(lift_id) or since
            self._judge(lift_id, last)

    def _watched(self) -> dict[str, datetime]:
        """Return the lifts that have a camera, and since when they are as they are."""
        with self._store.reading() as session:
            found = lifts.listing(session)
            watched = [lift.id for lift in found if lift.camera is not None and lift.track is not None]
            return {lift_id: lifts.view_since(session, lift_id) for lift_id in watched}

    def _last(self, lift_id: str) -> datetime | None:
        with self._store.reading() as session:
            last = self_tests.newest(session, lift_id)
        return None if last is None else last.started_at

    def _test(self, lift_id: str) -> None:
        try:
            self._tester.run(lift_id, DAILY)
        except BarwatchError as error:  # the others are tested all the same
            log.error("no self-test", lift_id=lift_id, reason=str(error))

    def _judge(self, lift_id: str, last: datetime) -> None:
        age = self._clock.now() - last
        missed = self._at is not None and age > MISSED_AFTER
        if missed and lift_id not in self._missed:
            hours = round(age.total_seconds() / 3600)
            message = f"The lift has had no self-test for {hours} hours: run one, and see the log for why"
            self._take(Health(AlarmKind.SELF_TEST_MISSED, lift_id, True, message, MISSED, {"hours": hours}))
        if missed:
            self._missed.add(lift_id)
        else:
            self._missed.discard(lift_id)

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():
            if not self._waited and self.runner.stopping.wait(FIRST_AFTER_S):
                return
            self._waited = True
            self.step()


def _local(day: date, at: time) -> datetime:
    """Return the aware time of a day and a clock in this machine's zone, summer or winter time."""
    return datetime.combine(day, at).astimezone()
