"""An input adds knowledge, and is not listened to where it is stale or the camera contradicts it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState, CameraStatus
from service.domain.health import Health
from service.domain.passage import Passage, Picture
from service.industry.inputs.nouns import LIMITS, Reading, Signal
from service.industry.inputs.pulses import PulseCount
from service.industry.inputs.watch import (
    PULSES,
    RUNS,
    SPACING,
    STALE,
    STANDS,
    UNSEEN,
    InputWatch,
    unseen_carrier,
)

LIFT, EVERY_S = "demo-quad", 6.0
NO_CARRIERS = Health(AlarmKind.LIFT_UNKNOWN_RATE, LIFT, True, "none", Reason.NO_CARRIERS)
CARRIERS = Health(AlarmKind.LIFT_UNKNOWN_RATE, LIFT, False, "some", Reason.NO_CARRIERS)


def status(every_s: float | None, **changed: Any) -> CameraStatus:
    """A live camera that sees a carrier so often; None: the line stands."""
    speed = "stopped" if every_s is None else "6.0 s per passage"
    live = CameraStatus(LIFT, CameraState.LIVE, "", 12.5, 0.1, 1, 0, 1, speed, carrier_every_s=every_s)
    return replace(live, **changed)


def carrier(seen: bool = True, carriers: int = 1) -> Passage:
    """A carrier that the camera reported."""
    image = np.zeros((1, 1, 3), np.uint8)
    problem = None if seen else Reason.NOT_SEEN
    return Passage("p", LIFT, 1, 0, 1, 2, (Picture(image, None, 0.0, 1.0, problem),), 0.0, carriers=carriers)


class Day:
    """Half a second after the other of one lift; what it revealed is in `said` and `missing`."""

    def __init__(self, *signals: Signal) -> None:
        self.now_s = 1000.0
        self.watch = InputWatch(LIFT, frozenset(signals), self.now_s)
        self.said: list[tuple[str, bool]] = []
        self.missing = 0

    def go(
        self,
        seconds: float,
        *,
        running: bool | None = None,
        speed: float | None = None,
        camera: CameraStatus | None = None,
        passages: bool = False,
        pulses: int | None = None,
    ) -> None:
        """Let time pass. pulses: every so-many-th carrier is counted by the sensor; 0: only that it lives."""
        until_s = self.now_s + seconds
        passed = 0
        next_s = self.now_s + EVERY_S
        while self.now_s < until_s:
            self.now_s += 0.5
            if running is not None:
                self.watch.take(Reading(Signal.LINE_RUNNING, float(running), self.now_s))
            if speed is not None:
                self.watch.take(Reading(Signal.SPEED, speed, self.now_s))
            if pulses is not None:
                self.watch.take(Reading(Signal.CARRIER_PULSE, 0.0, self.now_s))
            if camera is not None:
                self.watch.status(camera, self.now_s)
            if self.now_s >= next_s:
                next_s += EVERY_S
                passed += 1
                if passages:
                    self.watch.passage(carrier(), self.now_s)
                if pulses and passed % pulses == 0:
                    self.watch.take(Reading(Signal.CARRIER_PULSE, 1.0, self.now_s))
            changes, missing = self.watch.step(self.now_s)
            self.said += [(change.cause, change.active) for change in changes]
            self.missing += missing


def test_a_line_that_is_said_to_stand_holds_back_that_no_carriers_are_seen() -> None:
    """And nothing else: not its like from another cause, not blindness, and never for a camera that sees."""
    day = Day(Signal.LINE_RUNNING)
    day.go(5, running=False, camera=status(None))
    assert day.watch.holds_back(NO_CARRIERS, day.now_s)
    for other in (
        replace(NO_CARRIERS, cause="unknown passages"),
        replace(NO_CARRIERS, kind=AlarmKind.CAMERA_FROZEN),
        replace(NO_CARRIERS, kind=AlarmKind.BAR_OPEN),
    ):
        assert not day.watch.holds_back(other, day.now_s)


def test_what_was_held_back_is_said_once_carriers_are_due_and_do_not_come() -> None:
    """Not as the line begins to run, but a minute later; and not at all if carriers came meanwhile."""
    for came in (True, False):
        day = Day(Signal.LINE_RUNNING)
        day.go(5, running=False, camera=status(None))
        assert day.watch.holds_back(NO_CARRIERS, day.now_s)
        day.go(LIMITS.release - 1, running=True, camera=status(None, line_speed="unknown"))
        assert day.said == []
        if came:
            assert day.watch.holds_back(CARRIERS, day.now_s), "what was never said is not said to be over"
        day.go(5, running=True, camera=status(None, line_speed="unknown"))
        assert day.said == ([] if came else [(Reason.NO_CARRIERS, True)])
    assert not day.watch.holds_back(CARRIERS, day.now_s), "it was said: its end is as well"


@pytest.mark.parametrize("silent", [True, False])
def test_an_input_that_is_stale_or_contradicted_holds_back_nothing(silent: bool) -> None:
    """Stale: it says nothing any more. Contradicted: the camera sees the line run. What waited is said."""
    day = Day(Signal.LINE_RUNNING)
    day.go(5, running=False, camera=status(None))
    assert day.watch.holds_back(NO_CARRIERS, day.now_s)
    if silent:
        day.go(LIMITS.stale + 1, camera=status(None))
        assert day.said == [(STALE, True), (Reason.NO_CARRIERS, True)]
        day.go(LIMITS.sure + 1, running=False, camera=status(None))
        assert day.said[2:] == [(STALE, False)]
        return
    day.go(40, running=False, camera=status(EVERY_S), passages=True)
    assert day.said == [(STANDS, True), (Reason.NO_CARRIERS, True)]
    assert not day.watch.stands(day.now_s)
    assert not day.watch.holds_back(NO_CARRIERS, day.now_s)
    day.go(LIMITS.passed + LIMITS.sure + 1, running=False, camera=status(None))
    assert not day.watch.holds_back(NO_CARRIERS, day.now_s), "it still says the same: it may be stuck"
    day.go(LIMITS.sure + 1, running=True, camera=status(EVERY_S), passages=True)
    assert day.said[2:] == [(STANDS, False)]
    day.go(30, running=False, camera=status(None))
    assert day.watch.holds_back(NO_CARRIERS, day.now_s), "it has shown that it lives"


@pytest.mark.parametrize("restarted", [True, False])
def test_an_input_that_is_stuck_never_explains_a_camera_that_sees_no_carriers(restarted: bool) -> None:
    """Contradicted once, it is not believed although nothing contradicts it any more; nor after a restart."""
    day = Day(Signal.LINE_RUNNING)
    day.go(60, running=False, camera=status(EVERY_S), passages=True)
    assert day.said == [(STANDS, True)]
    if restarted:
        day.watch = InputWatch(LIFT, frozenset({Signal.LINE_RUNNING}), day.now_s, doubted=day.watch.doubts)
    for blind in (status(None, line_speed="unknown"), status(None, state=CameraState.LOST), status(None)):
        day.go(2 * LIMITS.passed, running=False, camera=blind)
        assert not day.watch.holds_back(NO_CARRIERS, day.now_s)
    day.go(LIMITS.stale + 5)  # its source dies as well, and comes back as it was
    day.go(60, running=False, camera=status(None))
    assert not day.watch.holds_back(NO_CARRIERS, day.now_s)
    assert (STANDS, False) not in day.said


def test_an_input_that_was_stale_is_believed_once_it_has_come_for_a_while() -> None:
    """A single value of a source that dies again and again explains nothing."""
    day = Day(Signal.LINE_RUNNING)
    day.go(LIMITS.stale + 5, camera=status(None))
    for _ in range(3):
        day.go(1, running=False, camera=status(None))
        assert not day.watch.holds_back(NO_CARRIERS, day.now_s)
        day.go(LIMITS.stale + 5, camera=status(None))
    assert day.said == [(STALE, True)]
    day.go(LIMITS.sure + 1, running=False, camera=status(None))
    assert day.watch.holds_back(NO_CARRIERS, day.now_s)


def test_an_input_that_comes_and_goes_is_no_excuse_for_ever() -> None:
    """A line that is said to run now and then, and shows no carrier: it is said after a minute of running."""
    day = Day(Signal.LINE_RUNNING)
    unseen = status(None, line_speed="unknown")
    day.go(5, running=False, camera=unseen)
    assert day.watch.holds_back(NO_CARRIERS, day.now_s)
    for _ in range(4):
        assert day.said == []
        day.go(14, running=True, camera=unseen)
        day.go(30, running=False, camera=unseen)
    day.go(14, running=True, camera=unseen)
    assert day.said == [(Reason.NO_CARRIERS, True)]


@pytest.mark.parametrize("other", [{"speed": 4.5}, {"pulses": 1}])
def test_an_input_whose_own_signals_disagree_is_not_believed(other: dict[str, Any]) -> None:
    """It says that the line stands, and counts carriers or a speed: whatever the camera sees, it is said."""
    day = Day(Signal.LINE_RUNNING, Signal.SPEED if "speed" in other else Signal.CARRIER_PULSE)
    day.go(60, running=False, camera=status(None, state=CameraState.LOST), **other)
    assert day.said == [(STANDS, True)]
    assert not day.watch.holds_back(NO_CARRIERS, day.now_s)


def test_carriers_that_pass_contradict_a_line_that_stands_whatever_the_odometer_says() -> None:
    """Two that were seen, after the line had time to stop."""
    day = Day(Signal.LINE_RUNNING)
    day.go(60, running=False, camera=status(None, line_speed="unknown"), passages=True)
    assert day.said == [(STANDS, True)]


def test_a_camera_that_sees_a_line_stand_that_runs_is_doubted() -> None:
    """It may show another lift; a camera that is lost says nothing either way."""
    day = Day(Signal.SPEED)
    day.go(60, speed=4.5, camera=status(None, state=CameraState.LOST))
    assert day.said == []
    day.go(60, speed=4.5, camera=status(None))
    assert day.said == [(RUNS, True)]


def test_the_spacing_of_carriers_is_learnt_and_does_not_change() -> None:
    """Slower and rarer is the same spacing; as fast and half as often is not."""
    day = Day(Signal.SPEED)
    day.go(60, speed=4.0, camera=status(6.0))
    day.go(60, speed=2.0, camera=status(12.0))
    assert day.said == []
    day.go(60, speed=2.0, camera=status(24.0))
    assert day.said == [(SPACING, True)]


def test_a_pulse_without_a_carrier_is_one_that_nobody_saw() -> None:
    """Counted once, above a rate an alarm, which ends when carriers are seen again."""
    day = Day(Signal.CARRIER_PULSE)
    day.go(120, camera=status(EVERY_S), passages=True, pulses=1)
    assert (day.missing, day.said) == (0, [])
    day.go(30, camera=status(EVERY_S), pulses=1)  # five pass unseen
    day.go(60, camera=status(EVERY_S), passages=True, pulses=1)
    assert day.missing in {4, 5}  # one may have been on its way from the sensor to the camera
    assert day.said == [(UNSEEN, True)]
    day.go(400, camera=status(EVERY_S), passages=True, pulses=1)
    assert day.missing in {4, 5}
    assert day.said == [(UNSEEN, True), (UNSEEN, False)]


def test_carriers_that_the_camera_counts_late_are_not_counted_twice() -> None:
    """After an outage it reports those that passed meanwhile together: nothing is missing."""
    day = Day(Signal.CARRIER_PULSE)
    day.go(120, camera=status(EVERY_S), passages=True, pulses=1)
    day.go(60, camera=status(None, state=CameraState.LOST), pulses=1)
    day.watch.passage(carrier(seen=False, carriers=10), day.now_s)
    day.go(200, camera=status(EVERY_S), passages=True, pulses=1)
    assert (day.missing, day.said) == (0, [])


def test_a_sensor_that_misses_carriers_is_not_listened_to() -> None:
    """It counts every second carrier: that is said, and no carrier is missing for it."""
    day = Day(Signal.CARRIER_PULSE)
    day.go(60, camera=status(EVERY_S), passages=True, pulses=1)
    day.go(120, camera=status(EVERY_S), passages=True, pulses=2)
    assert day.missing == 0
    assert (PULSES, True) in day.said


def test_how_far_a_sensor_is_ahead_is_learnt() -> None:
    """A sensor in the other station counts a hundred carriers before: none of them is missing."""
    pulses = PulseCount()
    pulses.pulse(100)
    now_s = 0.0
    for _ in range(400):
        now_s += 0.5
        if now_s % 6 == 0:
            pulses.pulse(1)
            pulses.reported(1)
        assert pulses.step(now_s, comparable=True) == 0


def test_an_unseen_carrier_is_a_passage_without_pictures() -> None:
    """Judged unknown, late by nothing, under an id of its own."""
    first, second = (unseen_carrier(LIFT, "run", number, 5.0) for number in (1, 2))
    assert (first.pictures, first.carriers, first.left_mono_s) == ((), 1, 5.0)
    assert first.id != second.id
