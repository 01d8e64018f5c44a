"""Real peers that tell of a line: a Modbus device, an OPC UA server, an MQTT broker."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from service.domain.camera import CameraNetworks, Credentials
from service.host.runner import BackOff
from service.industry.certificate import own_certificate
from service.industry.inputs.follower import NOTHING_HEARD, InputFollower
from service.industry.inputs.modbus import follow_modbus
from service.industry.inputs.mqtt import follow_mqtt
from service.industry.inputs.nouns import Reading, Signal
from service.industry.inputs.opcua import follow_opcua
from service.industry.inputs.settings import LINE_INPUT
from service.industry.inputs.taking import Taking, number_in
from service.industry.report.nouns import LineState
from service.industry.report.terms import ServerIdentity
from service.outputs.base.problems import OutputError, OutputProblem
from tests.service.industry.changes import lift, report
from tests.service.industry.opcua.clients import URI, served

NETWORKS = CameraNetworks()


class Heard:
    """The readings that came."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self._changed = threading.Condition()
        self.taking = Taking(self._take)

    def _take(self, reading: Reading) -> None:
        with self._changed:
            self.readings.append(reading)
            self._changed.notify_all()

    def values(self, signal: Signal) -> list[float]:
        """What was heard of one, repeats left out, counters summed up."""
        found = [each.value for each in self.readings if each.signal is signal]
        if signal is Signal.CARRIER_PULSE:
            return [sum(found)]
        return [value for number, value in enumerate(found) if not number or found[number - 1] != value]

    def has(self, signal: Signal) -> bool:
        """Whether one was heard at all."""
        return any(each.signal is signal for each in self.readings)

    def until(self, holds: Callable[[], object], seconds: float = 30.0) -> None:
        """Wait until something holds of it."""
        with self._changed:
            assert self._changed.wait_for(holds, seconds), self.readings


@contextmanager
def following(follow: Callable[[], Any]) -> Iterator[InputFollower]:
    """Follow a source in its thread."""
    follower = InputFollower("demo-quad", follow, BackOff(first_s=0.01, longest_s=0.05))
    follower.runner.start()
    try:
        yield follower
    finally:
        assert follower.runner.stop()


class Plc:
    """A Modbus device with a bit, a speed and a counter; `port` is free until it listens."""

    def __init__(self) -> None:
        self.words = [0] * 16
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: Any = None

    def listen(self) -> None:
        """Begin to listen, at the same port as before."""

        async def start() -> Any:
            from pymodbus.server import ModbusTcpServer  # noqa: PLC0415 - needs a running loop
            from pymodbus.simulator import DataType, SimData, SimDevice  # noqa: PLC0415

            async def answer(_: int, first: int, at: int, count: int, registers: list[int], __: Any) -> None:
                registers[at - first : at - first + count] = self.words[at : at + count]

            shape = SimDevice(0, [SimData(0, count=16, values=0, datatype=DataType.REGISTERS)], action=answer)
            server = ModbusTcpServer(shape, address=("127.0.0.1", self.port))
            await server.serve_forever(background=True)
            return server

        self._server = asyncio.run_coroutine_threadsafe(start(), self._loop).result(30)
        self.port = self._server.transport.sockets[0].getsockname()[1]

    def fall_silent(self) -> None:
        """Close every connection."""
        asyncio.run_coroutine_threadsafe(self._server.shutdown(), self._loop).result(30)

    def stop(self) -> None:
        """End for good."""
        self.fall_silent()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def test_a_device_is_asked_and_asked_again_after_it_was_away() -> None:
    """Bit, speed with its sign and scale, a counter over its end; the outage is said, and counts nothing."""
    plc, heard = Plc(), Heard()
    plc.words[:6] = [0b100, 0xFFFF, 0xFF38, 0, 65_535, 0]  # bit 2; -200; 65535
    plc.listen()
    source = LINE_INPUT.validate_python(
        {
            "kind": "modbus",
            "host": "127.0.0.1",
            "port": plc.port,
            "poll_s": 0.1,
            "line_running": {"table": "holding", "address": 0, "bit": 2},
            "speed": {"address": 1, "words": 2, "signed": True, "scale": 0.01},
            "carrier_pulse": {"table": "holding", "address": 4},
        }
    )

    async def follow() -> None:
        heard.taking.again()
        await follow_modbus(source, NETWORKS, heard.taking)  # type: ignore[arg-type]

    with following(follow) as follower:
        heard.until(lambda: heard.has(Signal.CARRIER_PULSE))
        plc.words[0], plc.words[4] = 0, 2
        heard.until(lambda: heard.values(Signal.CARRIER_PULSE) == [3])
        assert heard.values(Signal.LINE_RUNNING) == [1, 0]
        assert heard.values(Signal.SPEED) == [-2.0]
        plc.fall_silent()
        plc.words[4], before = 900, len(heard.readings)
        wait_for(lambda: follower.fault and follower.fault.code != NOTHING_HEARD)
        plc.listen()
        heard.until(lambda: any(each.signal is Signal.CARRIER_PULSE for each in heard.readings[before:]))
        plc.words[4] = 901
        heard.until(lambda: heard.values(Signal.CARRIER_PULSE) == [4])
    plc.stop()


@pytest.mark.thorough
def test_an_opc_ua_server_is_followed(tmp_path: Path) -> None:
    """Changes come by subscription, signed and encrypted, by user and password; here it is our own server."""
    heard = Heard()
    identity = ServerIdentity(URI, *own_certificate(tmp_path, URI))
    with served(tmp_path) as running:
        running.show(report(lift(passages=7)))
        source = LINE_INPUT.validate_python(
            {
                "kind": "opcua",
                "host": "127.0.0.1",
                "port": running.port,
                "credentials": "plc",
                "line_running": {"node": "ns=2;s=lift/demo-quad/Sees", "inverted": True},
                "speed": {"node": "ns=2;s=barwatch/Healthy"},
                "carrier_pulse": {"node": "ns=2;s=lift/demo-quad/Passages"},
            }
        )
        secret = Credentials("plc", "a long secret")

        async def follow() -> None:
            await follow_opcua(source, NETWORKS, heard.taking, secret, identity)  # type: ignore[arg-type]

        with following(follow):
            heard.until(lambda: heard.values(Signal.LINE_RUNNING) == [0] and heard.has(Signal.CARRIER_PULSE))
            running.show(report(lift(passages=9, sees=False, line=LineState.STOPPED)))
            heard.until(lambda: heard.values(Signal.LINE_RUNNING) == [0, 1])
            heard.until(lambda: heard.values(Signal.CARRIER_PULSE) == [2])
            # Its service hangs: what the server knew last of a lift is uncertain, and no sign of life.
            running.show(report(lift(passages=9)))
            heard.until(lambda: heard.values(Signal.LINE_RUNNING) == [0, 1, 0])
            running.show(None)
            heard.until(lambda: heard.values(Signal.SPEED) == [1, 0])
            running.show(report(lift(passages=9)))
            heard.until(lambda: heard.values(Signal.SPEED) == [1, 0, 1])
            assert heard.values(Signal.LINE_RUNNING) == [0, 1, 0]


@pytest.mark.skipif(shutil.which("mosquitto") is None, reason="mosquitto is not installed")
def test_a_broker_is_followed() -> None:
    """Words, numbers and JSON; each pulse is a carrier; a broker that is away is dialled again."""
    port, heard = free_port(), Heard()
    at = {"topic": "lift/state", "field": "speed"}
    source = LINE_INPUT.validate_python(
        {
            "kind": "mqtt",
            "host": "127.0.0.1",
            "port": port,
            "line_running": {"topic": "lift/running"},
            "speed": {**at, "scale": 0.001},
            "carrier_pulse": {"topic": "lift/pulse"},
        }
    )

    async def follow() -> None:
        await follow_mqtt(source, NETWORKS, heard.taking, None)  # type: ignore[arg-type]

    with ExitStack() as ending:
        with broker(port) as publish:
            publish("lift/running", "off")  # remembered before anybody listens: no sign of life
            follower = ending.enter_context(following(follow))

            def tried() -> bool:
                publish("lift/state", '{"speed": 4500}')
                return heard.has(Signal.SPEED)

            wait_for(tried)  # it has subscribed
            assert set(heard.values(Signal.SPEED)) == {4.5}
            assert not heard.has(Signal.LINE_RUNNING)
            publish("lift/running", "on")
            heard.until(lambda: heard.values(Signal.LINE_RUNNING) == [1])
            publish("lift/running", "perhaps")
            for _ in range(3):
                publish("lift/pulse", "x")
            publish("lift/running", "false")
            heard.until(lambda: heard.values(Signal.LINE_RUNNING) == [1, 0])
            heard.until(lambda: heard.values(Signal.CARRIER_PULSE) == [3])
        wait_for(lambda: follower.fault and follower.fault.code != NOTHING_HEARD)
        with broker(port) as publish:

            def heard_again() -> bool:
                publish("lift/pulse", "x")
                return heard.values(Signal.CARRIER_PULSE) > [3]

            wait_for(heard_again)


def test_what_may_not_be_dialled_is_not() -> None:
    """Whatever the kind; the address decides."""
    for kind in ("modbus", "opcua", "mqtt"):
        at = {"modbus": {"address": 1}, "opcua": {"node": "i=1"}, "mqtt": {"topic": "a"}}[kind]
        source: Any = LINE_INPUT.validate_python(
            {"kind": kind, "host": "169.254.169.254", "line_running": at}
        )
        heard = Heard()
        work = {
            "modbus": lambda s, h: follow_modbus(s, NETWORKS, h.taking),
            "opcua": lambda s, h: follow_opcua(s, NETWORKS, h.taking, None, ServerIdentity("", b"", b"")),
            "mqtt": lambda s, h: follow_mqtt(s, NETWORKS, h.taking, None),
        }[kind](source, heard)
        with pytest.raises(OutputError) as refused:
            asyncio.run(work)
        assert refused.value.problem is OutputProblem.FORBIDDEN_ADDRESS


def test_an_input_needs_a_signal_and_sends_no_password_in_clear() -> None:
    """Nor is a password taken for what has none, or a key that nobody knows."""
    running = {"line_running": {"node": "i=1"}}
    for wrong in (
        {"kind": "opcua", "host": "a"},
        {"kind": "opcua", "host": "a", "secure": False, "credentials": "x", **running},
        {"kind": "modbus", "host": "a", "line_running": {"address": 70_000}},
        {"kind": "mqtt", "host": "a", "line_running": {"topic": "a/#"}},
        {"kind": "modbus", "host": "a", "line_running": {"address": 1}, "password": "x"},
    ):
        with pytest.raises(ValidationError):
            LINE_INPUT.validate_python(wrong)


@pytest.mark.parametrize(
    ("payload", "field", "number"),
    [
        (b"1", None, 1.0),
        (b" Stopped ", None, 0.0),
        (b"4.25", None, 4.25),
        (b'{"v": true}', "v", 1.0),
        (b'{"v": "off"}', "v", 0.0),
        (b'{"v": null}', "v", None),
        (b"[1]", "v", None),
        (b"\xff", None, None),
        (b"perhaps", None, None),
    ],
)
def test_what_a_message_says(payload: bytes, field: str | None, number: float | None) -> None:
    """What is no number is nothing, and is no zero."""
    assert number_in(payload, field) == number


def test_a_counter_that_leaps_was_reset() -> None:
    """It adds nothing, and counts on from there; one that is full begins again."""
    heard = Heard()
    for value in (10, 12, 12, 5, 7, 90_000, 90_001):
        heard.taking.counter(value)
    assert [each.value for each in heard.readings] == [0, 2, 0, 0, 2, 0, 1]
    heard.taking.again()
    for value in (65_534, 1):
        heard.taking.counter(value, 65_536)
    assert [each.value for each in heard.readings][-2:] == [0, 3]


def wait_for(holds: Callable[[], object]) -> None:
    """Wait for what nobody announces."""
    waiting = threading.Event()
    for _ in range(3000):
        if holds():
            return
        waiting.wait(0.01)
    raise AssertionError


def free_port() -> int:
    """Return a port that nobody listens on."""
    import socket  # noqa: PLC0415 - the only use

    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def broker(port: int) -> Iterator[Callable[[str, str], None]]:
    """Run mosquitto; give what publishes, retained."""
    import paho.mqtt.client as mqtt  # noqa: PLC0415
    from paho.mqtt.enums import CallbackAPIVersion  # noqa: PLC0415

    running = subprocess.Popen(["mosquitto", "-p", str(port)], stderr=subprocess.DEVNULL)
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    try:
        wait_for(lambda: connects(client, port))
        client.loop_start()
        yield lambda topic, text: client.publish(
            topic, text, qos=1, retain="pulse" not in topic
        ).wait_for_publish(30)
    finally:
        client.loop_stop()
        client.disconnect()
        running.kill()
        running.wait()


def connects(client: Any, port: int) -> bool:
    """Try to connect to the broker."""
    try:
        client.connect("127.0.0.1", port)
    except OSError:
        return False
    return True
