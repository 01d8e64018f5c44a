"""The daily self-test: due by the believed time and what is stored; a day without one is an alarm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from functools import partial
from time import tzset as set_zone

import pytest

from service.domain.alarm import AlarmKind
from service.domain.errors import ConflictError, StoreError
from service.domain.health import Health
from service.domain.trials.selftest import SelfTest
from service.host.awaited import Awaited
from service.host.clocks.wall_clock import WallClock
from service.selftest.schedule import SelfTestSchedule
from service.selftest.tester import SelfTester
from service.store import lifts
from service.store.database import Store
from service.store.trials import self_tests
from tests.service.selftest.house import LIFT


@dataclass
class Clock:
    """The system's time and the counter that nobody sets."""

    now: datetime
    counter_s: float = 0.0

    def pass_by(self, hours: float) -> None:
        self.now += timedelta(hours=hours)
        self.counter_s += 3600 * hours


@dataclass
class Tests:
    """A schedule whose tester only notes what it was asked, and stores it."""

    store: Store
    clock: Clock
    ran: list[datetime] = field(default_factory=list)
    told: list[Health] = field(default_factory=list)
    fails: Exception | None = None

    __test__ = False

    def schedule(self, at: time | None = time(8, 0)) -> SelfTestSchedule:
        wall = WallClock(lambda: self.clock.now, lambda: self.clock.counter_s, "boot")
        tester = SelfTester.__new__(SelfTester)
        tester.waits = Awaited()

        def run(lift_id: str, by: str) -> SelfTest:
            if self.fails is not None:
                raise self.fails
            now = wall.now()
            done = SelfTest(str(len(self.ran)), lift_id, 0, now, now, by, (), (), 0, "", 0)
            self.ran.append(now)
            return self.store.write(
                partial(self_tests.add, done=done, sign=lambda _: ("signature", "key"))
            ).result()

        tester.run = run  # type: ignore[method-assign, assignment]
        return SelfTestSchedule(self.store, tester, at, wall, self.told.append)

    def missed(self) -> list[bool]:
        return [health.active for health in self.told if health.kind is AlarmKind.SELF_TEST_MISSED]


@pytest.fixture
def tests(store: Store) -> Iterator[Tests]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "UTC")
        set_zone()
        store.write(lambda s: lifts.put(s, LIFT)).result()
        yield Tests(store, Clock(datetime.now(UTC).replace(hour=9, minute=0) + timedelta(days=1)))
    set_zone()


def test_each_lift_is_tested_once_a_day(tests: Tests) -> None:
    """At the set time, and not again before the next day's; a restart changes nothing."""
    schedule = tests.schedule()
    schedule.step()
    schedule.step()
    assert len(tests.ran) == 1
    tests.clock.pass_by(22.9)
    tests.schedule().step()
    assert len(tests.ran) == 1
    tests.clock.pass_by(0.2)
    tests.schedule().step()
    assert len(tests.ran) == 2
    assert not tests.missed()
    assert schedule.next_at() == schedule.due_at(tests.clock.now) + timedelta(days=1)  # type: ignore[operator]


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-3)])
def test_a_clock_that_jumps_neither_tests_twice_nor_never(tests: Tests, jump: timedelta) -> None:
    """The schedule goes on by the time that was believed before, and calls nothing missed."""
    schedule = tests.schedule()
    schedule.step()
    tests.clock.now += jump
    schedule.step()
    assert (len(tests.ran), tests.missed()) == (1, [])
    tests.clock.pass_by(24)
    schedule.step()
    assert (len(tests.ran), tests.missed()) == (2, [])


def test_the_night_in_which_the_clocks_go_back_has_one_test(
    tests: Tests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tested at 1:30 in summer time, 23:30 UTC: that was today's at 2:40 in winter time, too."""
    monkeypatch.setenv("TZ", "Europe/Zurich")
    set_zone()
    tests.clock.now = datetime(2031, 10, 25, 23, 40, tzinfo=UTC)
    schedule = tests.schedule(time(1, 30))
    schedule.step()
    assert schedule.next_at() == datetime(2031, 10, 27, 0, 30, tzinfo=UTC)
    tests.clock.pass_by(3)
    schedule.step()
    assert len(tests.ran) == 1
    tests.clock.pass_by(22)
    schedule.step()
    assert (len(tests.ran), tests.missed()) == (2, [])


@pytest.mark.parametrize("why", [ConflictError("busy"), StoreError("the disk is full")])
def test_a_day_without_one_is_an_alarm(tests: Tests, why: Exception) -> None:
    """Once, after 26 hours, with the hours; until one ran, also across a restart."""
    tests.schedule().step()
    tests.fails = why
    schedule = tests.schedule()
    for _ in range(5):
        tests.clock.pass_by(5)
        schedule.step()
    assert (tests.missed(), schedule.is_missed("lift")) == ([], False)
    for _ in range(2):
        tests.clock.pass_by(2)
        schedule.step()
    assert (tests.missed(), schedule.is_missed("lift")) == ([True], True)
    assert tests.told[-1].parameters == {"hours": 27}
    again = tests.schedule()
    again.step()
    assert tests.missed() == [True, True], "said again by the next run of the service: it still is"
    tests.fails = None
    again.step()
    assert not again.is_missed("lift")


def test_a_service_that_was_off_tests_before_it_complains(tests: Tests) -> None:
    """Off for a summer: the first thing is the test that is due."""
    tests.schedule().step()
    tests.clock.pass_by(24 * 90)
    tests.schedule().step()
    assert (len(tests.ran), tests.missed()) == (2, [])


def test_a_lift_that_cannot_be_watched_is_not_due_nor_is_any_where_it_is_off(tests: Tests) -> None:
    """No camera, nothing to test daily; switched off is switched off."""
    tests.store.write(lambda s: lifts.put(s, LIFT.model_copy(update={"camera": None}))).result()
    tests.schedule().step()
    tests.store.write(lambda s: lifts.put(s, LIFT)).result()
    off = tests.schedule(None)
    tests.clock.pass_by(100)
    off.step()
    assert (tests.ran, tests.missed(), off.next_at()) == ([], [], None)


def test_a_new_lift_is_first_tested_at_its_next_time(tests: Tests) -> None:
    """Not in the minute in which somebody sets it up."""
    tests.clock.now = datetime.now(UTC) + timedelta(seconds=1)
    tests.schedule().step()
    assert tests.ran == []
