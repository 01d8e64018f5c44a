"""Retained states: what is blind stays blind whatever somebody shelved; Home Assistant learns every lift."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

from lifts.schema import Lift
from service.domain.alarm import Alarm, AlarmKind, AlarmState, Severity
from service.outputs.mqtt.states import discovery, states
from service.words.catalogue import words_in

LIFTS = [Lift(id="north", name="North"), Lift(id="south", name="South")]
ALARM = Alarm(
    id="a",
    seq=1,
    kind=AlarmKind.BAR_OPEN,
    severity=Severity.CRITICAL,
    lift_id="north",
    passage_id="p",
    raised_at=datetime(2027, 1, 10, tzinfo=UTC),
    state=AlarmState.ACTIVE,
    verdict=None,
    evidence=(),
    message="",
)


def test_each_lift_has_its_states() -> None:
    """Open, blind and how many; an alarm of no lift that blinds, blinds every lift."""
    everywhere = replace(ALARM, kind=AlarmKind.WORKER_DOWN, lift_id=None)
    assert states("b", LIFTS, [ALARM]) == {
        "b/standing": "1",
        "b/lifts/north/bar_open": "ON",
        "b/lifts/north/blind": "OFF",
        "b/lifts/north/standing": "1",
        "b/lifts/south/bar_open": "OFF",
        "b/lifts/south/blind": "OFF",
        "b/lifts/south/standing": "0",
    }
    found = states("b", LIFTS, [everywhere])
    assert (found["b/lifts/north/blind"], found["b/lifts/south/blind"]) == ("ON", "ON")


def test_filters_count_alarms_and_make_no_lift_look_better() -> None:
    """An output that is told of open bars alone, or of what was escalated, shows a blind lift as blind."""
    blind = replace(ALARM, kind=AlarmKind.CAMERA_LOST, lift_id="south")
    found = states("b", LIFTS, [ALARM, blind], lambda alarm: alarm.kind is AlarmKind.BAR_OPEN)
    assert (found["b/lifts/south/blind"], found["b/lifts/south/standing"], found["b/standing"]) == (
        "ON",
        "0",
        "1",
    )
    found = states("b", LIFTS, [ALARM, blind], lambda _: False)
    assert (found["b/lifts/north/bar_open"], found["b/lifts/south/blind"], found["b/standing"]) == (
        "ON",
        "ON",
        "0",
    )


def test_shelving_ends_no_blindness() -> None:
    """A blind lift shows as blind in every state but those that say it is over."""
    blind = replace(ALARM, kind=AlarmKind.CAMERA_LOST)
    for state in AlarmState:
        found = states("b", LIFTS, [replace(blind, state=state), replace(ALARM, state=state)])
        over = state in {AlarmState.RETURNED, AlarmState.CLEARED}
        assert found["b/lifts/north/blind"] == ("OFF" if over else "ON"), state
        shown = state in {AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED}
        assert found["b/lifts/north/bar_open"] == ("ON" if shown else "OFF"), state


def test_home_assistant_learns_every_lift() -> None:
    """A device for each lift with three entities, one for the whole; all are unavailable with us."""
    found = discovery("homeassistant", "b", "hut", LIFTS, words_in("en"))
    assert sorted(found) == [
        *(
            f"homeassistant/binary_sensor/barwatch_hut/{lift}_{what}/config"
            for lift in ("north", "south")
            for what in ("bar_open", "blind")
        ),
        *(f"homeassistant/sensor/barwatch_hut/{lift}_standing/config" for lift in ("north", "south")),
        "homeassistant/sensor/barwatch_hut/standing/config",
    ]
    told = {topic: json.loads(payload) for topic, payload in found.items()}
    assert len({each["unique_id"] for each in told.values()}) == len(told)
    assert {each["state_topic"] for each in told.values()} == set(states("b", LIFTS, []))
    assert {each["availability_topic"] for each in told.values()} == {"b/status"}
    blind = told["homeassistant/binary_sensor/barwatch_hut/north_blind/config"]
    assert (blind["device_class"], blind["payload_on"], blind["payload_off"]) == ("problem", "ON", "OFF")
    assert blind["device"]["name"] == "North"
