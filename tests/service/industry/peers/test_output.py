"""Modbus TCP and OPC UA as outputs of a real database, each in its process, with a real client."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pymodbus.client import ModbusTcpClient

from service.alarms import lifecycle
from service.alarms.policy import health_alarm
from service.domain.alarm import AlarmKind, AlarmState
from service.domain.health import Health
from service.industry.certificate import own_certificate
from service.industry.modbus.registers import RING_AT, STATE_CODES
from service.industry.peers.output import MODBUS, OPCUA, PeerOutput
from service.industry.plant import Plant
from service.industry.report.nouns import LineState
from service.outputs.base.output import Making, Surroundings
from service.outputs.base.problems import OutputError, OutputProblem
from service.outputs.follower import Follower
from service.store import alarms
from service.store.alarms import history
from service.store.database import Store
from tests.service.outputs.scripted import quick, raise_alarm
from tests.service.store.empty import open_empty

EPOCH = "0000beef"


class AllWell:
    """A service that works and sees."""

    def works(self) -> bool:
        return True

    def sees(self, lift_id: str) -> bool:
        return True

    armed = in_service = sees

    def line(self, lift_id: str) -> LineState:
        return LineState.RUNNING

    def passages(self, lift_id: str) -> int:
        return 7


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = open_empty(tmp_path_factory.mktemp("plant"))
    yield store
    store.close()


@pytest.fixture(scope="module")
def modbus(store: Store) -> Iterator[PeerOutput]:
    """A Modbus server that follows the store's outbox."""
    plant = Plant(store, AllWell(), store.data, EPOCH)  # type: ignore[arg-type]
    settings = MODBUS.settings(port=0, acknowledge=True)
    made: list[PeerOutput] = []

    def make() -> PeerOutput:
        output = MODBUS.make(Making("plc", "PLC", settings, {}, Surroundings(EPOCH, plant=plant)))
        assert isinstance(output, PeerOutput)
        made.append(output)
        return output

    follower = Follower("plc", make, lambda _: True, store, EPOCH, quick())
    store.on_alarms(lambda _: follower.wake())
    follower.runner.start()
    wait(lambda: made and made[-1].port)
    try:
        yield _Latest(made)  # type: ignore[misc]
    finally:
        follower.runner.stop()


class _Latest:
    """The output as it runs now: a follower makes another after a failure."""

    def __init__(self, made: list[PeerOutput]) -> None:
        self._made = made

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made[-1], name)


def wait(until: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Return what `until` returns once it is true."""
    ended = asyncio.new_event_loop()
    begun = ended.time()
    try:
        while not (found := until()):
            assert ended.time() - begun < seconds
            ended.run_until_complete(asyncio.sleep(0.01))
    finally:
        ended.close()
    return found


def read(output: PeerOutput, first: int, count: int) -> list[int]:
    """Read registers as a PLC that has just come (back)."""
    client = ModbusTcpClient("127.0.0.1", port=output.port or 0, timeout=10)
    try:
        assert client.connect()
        return list(client.read_input_registers(first, count=count).registers)
    finally:
        client.close()


def ring(output: PeerOutput, after: int) -> list[tuple[int, int, int]]:
    """Return the changes above `after` as a client reads them: seq, state, the alarm's last word."""
    oldest, newest = read(output, 13, 1)[0], read(output, 15, 1)[0]
    assert oldest <= after + 1, "it was away for too long, and knows it"
    found = []
    for seq in range(after + 1, newest + 1):
        entry = read(output, RING_AT + 16 * (seq % 1024), 16)
        found.append((entry[1], entry[3], entry[15]))
    return found


def committed(store: Store, after: int) -> list[tuple[int, int, int]]:
    """Return the same of what is committed."""
    with store.reading() as session:
        return [
            (each.seq, STATE_CODES[each.alarm.state], int(each.alarm.id[-4:], 16))
            for each in history.changes(session, after)
            if each.alarm is not None
        ]


@pytest.mark.thorough
def test_a_client_that_was_away_reads_every_change_as_committed(store: Store, modbus: PeerOutput) -> None:
    """Each once and in order; state and newest seq agree with the database."""
    first = raise_alarm(store, 1)
    wait(lambda: read(modbus, 5, 1) == [first.seq] and read(modbus, 15, 1) == [first.seq])
    # Nobody is connected now. Alarms come, one is acknowledged, one is raised again and again.
    for number in range(2, 9):
        raise_alarm(store, number)
    newest = store.write(partial(lifecycle.acknowledge, alarm_id=first.id, actor="Anna")).result().seq
    wait(lambda: read(modbus, 15, 1) == [newest])
    assert ring(modbus, first.seq) == committed(store, first.seq)
    assert [seq for seq, _, _ in ring(modbus, first.seq)] == list(range(first.seq + 1, newest + 1))
    wait(lambda: read(modbus, 5, 1) == [newest])


@pytest.mark.thorough
def test_a_server_that_is_killed_comes_back_with_what_it_showed(store: Store, modbus: PeerOutput) -> None:
    """Whoever reads it then has lost nothing."""
    newest = raise_alarm(store, 20).seq
    wait(lambda: read(modbus, 15, 1) == [newest])
    before, pid, port = ring(modbus, 0), modbus.pid, modbus.port
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait(lambda: modbus.port not in {None, port})
    wait(lambda: read(modbus, 15, 1) == [newest])
    assert ring(modbus, 0) == before


def test_the_coil_acknowledges_what_was_shown_and_nothing_else(store: Store, modbus: PeerOutput) -> None:
    """By the client's address, in the audit as such; the coil falls back once it is done."""
    of_none = raise_alarm(store, 30, lift="")  # a lift that has no slot: not the last coil's either
    store.write(
        partial(alarms.raise_alarm, draft=health_alarm(Health(AlarmKind.DISK_LOW, None, True, "little room")))
    ).result()
    wait(lambda: read(modbus, 15, 1)[0] > of_none.seq)
    client = ModbusTcpClient("127.0.0.1", port=modbus.port or 0, timeout=10)
    try:
        assert client.connect()
        assert not client.write_coil(64, True).isError()
        wait(lambda: not client.read_coils(64, count=1).bits[0])
    finally:
        client.close()
    with store.reading() as session:
        standing = {each.id: each for each in alarms.listing(session, limit=500).items}
    (disk,) = [each for each in standing.values() if each.lift_id is None]
    with store.reading() as session:
        (done,) = history.newest_changes(session, [disk.seq])
    assert (disk.state, done.actor) == (AlarmState.ACKNOWLEDGED, "modbus:127.0.0.1")
    assert standing[of_none.id].state is AlarmState.ACTIVE


def test_a_port_that_is_taken_is_said(store: Store, modbus: PeerOutput) -> None:
    """The output says in_use; the follower tries again."""
    plant = Plant(store, AllWell(), store.data, EPOCH)  # type: ignore[arg-type]
    settings = MODBUS.settings(port=modbus.port or 0)
    second = MODBUS.make(Making("two", "Two", settings, {}, Surroundings(EPOCH, plant=plant)))

    async def open_it() -> None:
        try:
            with pytest.raises(OutputError) as refused:
                await second.open()
            assert refused.value.problem is OutputProblem.IN_USE
        finally:
            await second.close()

    asyncio.run(open_it())


@pytest.mark.parametrize(
    ("settings", "secrets", "where"),
    [
        ({}, {}, "user"),
        ({"user": "scada"}, {}, "user"),
        ({"user": "scada"}, {"password": "short"}, "password"),
        ({"user": "scada"}, {"password": "long enough it is"}, ""),
        ({"anonymous": True}, {}, ""),
    ],
)
def test_opc_ua_needs_a_user_with_a_password_or_leave_for_anybody(
    store: Store, settings: dict[str, Any], secrets: dict[str, str], where: str
) -> None:
    """What cannot be used is refused when it is stored, and by name."""
    plant = Plant(store, AllWell(), store.data, EPOCH)  # type: ignore[arg-type]
    making = Making("ua", "UA", OPCUA.settings(**settings), secrets, Surroundings(EPOCH, plant=plant))
    if not where:
        OPCUA.make(making)
        return
    with pytest.raises(OutputError) as refused:
        OPCUA.make(making)
    assert refused.value.parameters == {"where": where}


def test_the_certificate_stays_and_is_nobody_else_s(tmp_path: Path) -> None:
    """Clients trust it once; the key is its owner's alone; another installation has another."""
    first, key = own_certificate(tmp_path, "urn:barwatch:a")
    assert own_certificate(tmp_path, "urn:barwatch:a") == (first, key)
    assert (tmp_path / "opcua" / "key.pem").stat().st_mode & 0o077 == 0
    assert own_certificate(tmp_path, "urn:barwatch:b")[0] != first
