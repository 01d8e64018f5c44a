"""A clock that is set, stands wrong at the start or loses its time is noticed, and nothing ages by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.host.clocks.wall_clock import ClockNote, WallClock

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Machine:
    """A machine whose clock and counter a test moves."""

    def __init__(self) -> None:
        self.wall, self.counter_s = NOW, 1000.0

    def pass_s(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.counter_s += seconds

    def clock(self, boot: str = "boot") -> WallClock:
        return WallClock(lambda: self.wall, lambda: self.counter_s, boot)


@pytest.mark.fault(34)
@pytest.mark.parametrize("by", [400 * DAY, -timedelta(hours=1), timedelta(seconds=61), -400 * DAY])
def test_a_jump_is_noticed_and_time_goes_on_as_before(by: timedelta) -> None:
    """Ahead or back: the believed time goes on by the counter until a person confirms the other one."""
    machine = Machine()
    clock = machine.clock()
    machine.pass_s(10)
    assert (clock.now(), clock.jump_s) == (machine.wall, 0.0)
    before = machine.wall
    machine.wall += by
    machine.pass_s(5)
    assert clock.now() == before + timedelta(seconds=5)
    assert clock.jump_s == by.total_seconds()
    assert clock.confirm() == by
    assert (clock.now(), clock.jump_s) == (machine.wall, 0.0)


@pytest.mark.fault(34)
def test_a_jump_that_goes_back_is_over_by_itself() -> None:
    """The time is where it was expected: nobody need confirm anything."""
    machine = Machine()
    clock = machine.clock()
    machine.wall += 400 * DAY
    assert clock.jump_s > 0
    machine.wall -= 400 * DAY
    assert (clock.now(), clock.jump_s) == (machine.wall, 0.0)


def test_steps_of_seconds_and_a_machine_that_slept_are_no_jump() -> None:
    """NTP's steps are followed, one after the other; the counter goes on while the machine sleeps."""
    machine = Machine()
    clock = machine.clock()
    for _ in range(10):
        machine.wall += timedelta(seconds=50)
        assert (clock.now(), clock.jump_s) == (machine.wall, 0.0)
    machine.pass_s(100 * 86_400)
    assert (clock.now(), clock.jump_s) == (machine.wall, 0.0)


@pytest.mark.fault(34)
@pytest.mark.parametrize("by", [400 * DAY, -timedelta(hours=1), timedelta(minutes=2)])
def test_a_jump_while_the_service_did_not_run(by: timedelta) -> None:
    """Within one boot the note says to the second what the time should be, again and again."""
    machine = Machine()
    note = machine.clock().note()
    machine.pass_s(3600)
    expected = machine.wall
    machine.wall += by
    for _ in range(2):
        clock = machine.clock()
        clock.resume(note)
        assert (clock.now(), clock.jump_s) == (expected, by.total_seconds())
        note = clock.note()


@pytest.mark.fault(34)
@pytest.mark.parametrize(
    ("off", "believed"),
    [(6 * DAY, True), (400 * DAY, False), (-timedelta(hours=1), False), (timedelta(0), True)],
)
def test_a_jump_while_the_machine_was_off(off: timedelta, believed: bool) -> None:
    """After a reboot only a time from the note on, and at most a week later, is believed."""
    machine = Machine()
    note = machine.clock("before").note()
    machine.wall, machine.counter_s = NOW + off, 5.0
    clock = machine.clock("after")
    clock.resume(note)
    assert (clock.jump_s == 0) is believed
    assert clock.now() == (machine.wall if believed else NOW)


def test_a_machine_without_a_clock_of_its_own() -> None:
    """It starts in 1970: that is a jump, until NTP has set the time, days after the last run or not."""
    machine = Machine()
    note = machine.clock("before").note()
    machine.wall, machine.counter_s = datetime(1970, 1, 1, tzinfo=UTC), 5.0
    clock = machine.clock("after")
    clock.resume(note)
    assert clock.jump_s < 0
    machine.pass_s(30)
    assert clock.now() == NOW + timedelta(seconds=30)
    machine.wall = NOW + 3 * DAY
    assert (clock.now(), clock.jump_s) == (machine.wall, 0.0)


def test_what_a_former_version_left_has_no_counter() -> None:
    """The newest row's time stands for the note."""
    machine = Machine()
    clock = machine.clock("")
    clock.resume(ClockNote(NOW - 400 * DAY, 0.0, ""))
    assert clock.jump_s == pytest.approx(400 * 86_400)
