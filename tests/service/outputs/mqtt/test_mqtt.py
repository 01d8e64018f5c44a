"""MQTT to a real broker: every alarm, retained states, a will, and nobody without the right password."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from lifts.schema import Lift
from service.outputs.base.problems import OutputProblem
from tests.service.outputs.conftest import OutputHouse, outages, outlast, until
from tests.service.outputs.mqtt.mosquitto import Mosquitto, needs_mosquitto

pytestmark = needs_mosquitto

LIFTS = [Lift(id="l", name="Lift")]


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path / "broker")
    yield broker
    broker.go_away()


def settings(broker: Mosquitto, **other: Any) -> dict[str, Any]:
    return {"host": "127.0.0.1", "port": broker.port, **other}


@outages
def test_every_alarm_arrives_as_committed(
    outputs_house: OutputHouse, broker: Mosquitto, outage_s: float
) -> None:
    """Through an outage of the broker, and a restart of the service: none lost, none doubled."""
    outputs_house.add("mqtt", settings(broker))
    outlast(outputs_house, broker, outage_s)


def test_states_are_retained_and_end_with_the_service(
    make_outputs: Callable[..., OutputHouse], broker: Mosquitto
) -> None:
    """Who subscribes later knows them; they follow the alarms; a broker says when the service is gone."""
    lifts = list(LIFTS)
    house = make_outputs(lifts=lambda: lifts)
    house.add("mqtt", settings(broker))
    announced = "homeassistant/binary_sensor/barwatch_o/l_bar_open/config"
    until(lambda: broker.last("barwatch/lifts/l/bar_open") == "OFF")
    assert broker.last("barwatch/status") == "online"
    assert broker.last(announced)
    house.raise_alarms(1)
    until(lambda: broker.last("barwatch/lifts/l/bar_open") == "ON")
    assert house.outputs.test("o") is None
    until(lambda: broker.last("barwatch/test"))
    broker.listen_anew()
    until(lambda: ("barwatch/lifts/l/bar_open", "ON", True) in broker.received)
    assert ("barwatch/status", "online", True) in broker.received
    assert not broker.got()
    lifts.clear()
    house.restart()
    until(lambda: broker.last(announced) == broker.last("barwatch/lifts/l/bar_open") == "")
    house.outputs.stop()
    until(lambda: broker.last("barwatch/status") == "offline")


@pytest.mark.thorough
def test_a_killed_connection_publishes_the_will(
    make_outputs: Callable[..., OutputHouse], broker: Mosquitto
) -> None:
    """Another client takes its name: the broker publishes the will, and the output comes back."""
    house = make_outputs(lifts=lambda: LIFTS)
    house.add("mqtt", settings(broker))
    until(lambda: broker.last("barwatch/status") == "online")
    thief = paho.Client(CallbackAPIVersion.VERSION2, "barwatch_o")
    thief.connect("127.0.0.1", broker.port)
    thief.loop_start()
    until(lambda: "offline" in [payload for topic, payload, _ in broker.received if topic.endswith("status")])
    thief.disconnect()
    thief.loop_stop()
    until(lambda: broker.last("barwatch/status") == "online")
    house.raise_alarms(1)
    until(lambda: broker.got() == house.committed())


def test_user_password_and_certificate_count(
    outputs_house: OutputHouse, tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    """Encrypted with a broker of one's own authority; a wrong password and a wrong name are told apart."""
    passwords = tmp_path / "passwords"
    passwords.write_text("")
    for user, password in (("hut", "secret"), ("watcher", "watched")):
        subprocess.run(["mosquitto_passwd", "-b", passwords, user, password], check=True, capture_output=True)
    certificates = [f"certfile {certificate[0]}", f"keyfile {certificate[1]}", f"password_file {passwords}"]
    lines = ("allow_anonymous false", "user root", *certificates)
    broker = Mosquitto(tmp_path / "broker", lines, tls=certificate[0])
    try:
        authority = certificate[0].read_text()
        encrypted = settings(broker, tls=True, certificate_authority=authority, user="hut")
        named = {**encrypted, "host": "localhost"}
        problems = []
        for given, password in (
            (named, "secret"),
            (named, "wrong"),
            (encrypted, "secret"),
            ({**named, "certificate_authority": None}, "secret"),
        ):
            outputs_house.add("mqtt", given, {"password": password})
            problem = outputs_house.outputs.test("o")
            problems.append(problem and problem.problem)
            outputs_house.outputs.delete("o")
        assert problems == [
            None,
            OutputProblem.WRONG_PASSWORD,
            OutputProblem.TLS_FAILED,
            OutputProblem.TLS_FAILED,
        ]
    finally:
        broker.go_away()
