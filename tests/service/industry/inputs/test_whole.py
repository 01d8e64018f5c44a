"""The inputs of a service: what they hold back, what they add, and what the pipeline makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lifts.decision.reasons import Reason
from lifts.schema import Lift
from service.domain.alarm import AlarmKind
from service.domain.camera import ANY_NETWORK, CameraEvent, Credentials
from service.domain.errors import ConfigurationError, NotFoundError, SecretError, SourceProblem
from service.domain.health import Health
from service.domain.passage import Passage
from service.industry.inputs.follower import NOTHING_HEARD, InputFollower
from service.industry.inputs.nouns import LIMITS, Reading, Signal
from service.industry.inputs.settings import LINE_INPUT
from service.industry.inputs.taking import Taking
from service.industry.inputs.whole import LiftInputs
from service.industry.report.terms import ServerIdentity
from service.outputs.base.problems import OutputProblem
from service.store import lifts
from service.store.database import Store
from service.store.delivery import plant
from tests.service.industry.inputs.test_watch import CARRIERS, NO_CARRIERS, carrier, status
from tests.service.store.empty import open_empty

LIFT = "demo-quad"
GIVEN = LINE_INPUT.validate_python(
    {
        "kind": "modbus",
        "host": "10.0.0.5",
        "line_running": {"address": 1},
        "carrier_pulse": {"address": 2},
    }
)


class Played:
    """Inputs whose source a test plays."""

    def __init__(self, store: Store) -> None:
        self.now_s, self.taken = 1000.0, list[CameraEvent]()
        self.inputs = LiftInputs(
            *(store, self.taken.append, ANY_NETWORK, self._credentials),
            *(lambda: ServerIdentity("", b"", b""), lambda: self.now_s),
        )

    def hear(self, signal: Signal, value: float) -> None:
        followed = self.inputs._followed[LIFT]
        followed.watch.take(Reading(signal, value, self.now_s))

    def wait(self, seconds: float, running: bool) -> None:
        until_s = self.now_s + seconds
        while self.now_s < until_s:
            self.now_s += 0.5
            self.hear(Signal.LINE_RUNNING, float(running))
            self.hear(Signal.CARRIER_PULSE, 0.0)
            self.inputs.step()

    @staticmethod
    def _credentials(name: str, url: str) -> Credentials:
        if name != "known":
            raise SecretError("none", SourceProblem.NO_SUCH_SECRET, name)
        return Credentials("a", "b")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_empty(tmp_path)
    store.write(partial(lifts.put, lift=Lift(id=LIFT, name="Demo", seats=4))).result()
    yield store
    store.close()


@pytest.fixture
def played(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Played]:
    monkeypatch.setattr(InputFollower, "_turn", lambda follower: follower.runner.stopping.wait(60))
    made = Played(store)
    made.inputs.put(LIFT, GIVEN)
    yield made
    made.inputs.stop()


def test_no_carriers_waits_for_a_line_that_stands_and_an_open_bar_for_nothing(played: Played) -> None:
    """Only that one; other lifts and passages go through; its end goes with it."""
    inputs = played.inputs
    played.wait(5, running=False)
    assert not inputs.holds_back(Health(AlarmKind.LIFT_UNKNOWN_RATE, "other", True, "", Reason.NO_CARRIERS))
    assert not inputs.holds_back(carrier())
    assert not inputs.holds_back(status(6.0))
    assert not inputs.holds_back(Health(AlarmKind.CAMERA_LOST, LIFT, True, "", Reason.NO_FRAMES))
    assert inputs.holds_back(NO_CARRIERS)
    assert inputs.holds_back(CARRIERS)
    assert inputs.holds_back(NO_CARRIERS)
    assert played.taken == []
    played.wait(LIMITS.release + 1, running=True)
    assert NO_CARRIERS in played.taken


def test_a_carrier_that_nobody_saw_reaches_the_pipeline(played: Played) -> None:
    """As a passage without pictures, which is judged unknown."""
    inputs = played.inputs
    for second in range(240):
        if second % 6 == 0:
            played.hear(Signal.CARRIER_PULSE, 1.0)
            if not 120 <= second < 150:
                inputs.holds_back(carrier())
        inputs.holds_back(status(6.0))
        played.wait(1, running=True)
    unseen = [each for each in played.taken if isinstance(each, Passage)]
    assert len(unseen) in {4, 5}
    assert {each.lift_id for each in unseen} == {LIFT}
    shown = inputs.shown(LIFT)
    assert shown.unseen == len(unseen)
    assert {signal: heard.value for signal, heard in shown.heard.items()} == {
        Signal.CARRIER_PULSE: 40.0,
        Signal.LINE_RUNNING: 1.0,
    }


def test_an_input_that_goes_says_what_it_held_back(played: Played) -> None:
    """Taken away, or replaced: nobody explains any more why no carriers are seen."""
    played.wait(5, running=False)
    assert played.inputs.holds_back(NO_CARRIERS)
    played.inputs.put(LIFT, None)
    assert played.taken == [NO_CARRIERS]
    assert played.inputs.shown(LIFT).given is None
    assert not played.inputs.holds_back(NO_CARRIERS)


def test_what_was_stored_is_followed_again_and_what_is_damaged_is_off(played: Played, store: Store) -> None:
    """A restart changes nothing; one that cannot be read hurts no other."""
    again = Played(store)
    again.inputs.start()
    assert again.inputs.shown(LIFT).given == GIVEN
    again.inputs.stop()
    store.write(partial(plant.put_inputs, lift_id=LIFT, given={"kind": "telex"})).result()
    third = Played(store)
    third.inputs.start()
    assert third.inputs.shown(LIFT).given is None
    third.inputs.stop()


def test_what_cannot_be_followed_is_refused_when_it_is_set(played: Played) -> None:
    """A forbidden address, an unknown password, a lift that is not there."""
    for change, error in (
        ({"host": "169.254.169.254"}, ConfigurationError),
        (
            {"kind": "mqtt", "line_running": {"topic": "a"}, "carrier_pulse": None, "credentials": "x"},
            SecretError,
        ),
    ):
        wrong: Any = LINE_INPUT.validate_python(
            {**GIVEN.model_dump(exclude={"port", "unit", "poll_s"}), **change}
        )
        with pytest.raises(error):
            played.inputs.put(LIFT, wrong)
    with pytest.raises(NotFoundError):
        played.inputs.put("nowhere", GIVEN)
    assert played.inputs.shown(LIFT).given == GIVEN


def test_a_reading_says_that_the_source_is_followed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the first one, and after it is lost, the problem stands there."""

    async def follow(self: LiftInputs, given: object, taking: Taking) -> None:
        taking.running(1.0)
        raise ConnectionResetError("the device refuses")

    monkeypatch.setattr(LiftInputs, "_following", follow)
    played = Played(store)
    played.inputs.put(LIFT, GIVEN)
    try:
        while (fault := played.inputs.shown(LIFT).fault) is None or fault.code == NOTHING_HEARD:
            pass
        assert fault == (OutputProblem.CLOSED, "the device refuses")
        assert played.inputs.shown(LIFT).runs is True
    finally:
        played.inputs.stop()
