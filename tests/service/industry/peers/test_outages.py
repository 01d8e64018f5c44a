"""A client that was away for a minute, while the service restarts and the server's process is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from asyncua import Client

from service.domain.alarm import AlarmChange, AlarmKind
from service.industry.modbus.registers import STATE_CODES
from service.industry.plant import Plant
from service.outputs.health import OutputState
from service.store.alarms import history
from tests.service.industry.opcua.clients import Subscriber, alarm_type
from tests.service.industry.peers.test_opcua_output import PASSWORD, visit
from tests.service.industry.peers.test_output import EPOCH, AllWell, ring
from tests.service.outputs.conftest import LONG_OUTAGE_S, OutputHouse, make_outputs, until
from tests.service.outputs.mqtt.mosquitto import free_port
from tests.service.outputs.scripted import raise_alarm

__all__ = ["make_outputs"]

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

FILTERS = {"kinds": ["bar_open"]}


class Late:
    """A plant whose database is made after it."""

    plant: Plant

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plant, name)


@pytest.fixture
def house(make_outputs: Callable[..., OutputHouse], tmp_path: Path) -> OutputHouse:
    """Outputs of a service that works and sees."""
    late = Late()
    house = make_outputs(plant=late)
    late.plant = Plant(house.store, AllWell(), tmp_path, EPOCH)  # type: ignore[arg-type]
    house.surroundings = replace(house.surroundings, epoch=EPOCH)
    house.restart()
    return house


def wanted(house: OutputHouse, after: int) -> list[AlarmChange]:
    """The committed changes above a seq that pass the filters."""
    with house.store.reading() as session:
        found = history.changes(session, after, 10_000)
    return [each for each in found if each.alarm is not None and each.alarm.kind is AlarmKind.BAR_OPEN]


def shown(house: OutputHouse) -> bool:
    """Whether the server shows everything."""
    with house.store.reading() as session:
        newest = history.changes(session, 0, 10_000)[-1].seq
    health = house.outputs.get("o")[1]
    return health.state is OutputState.LIVE and health.seq == newest


def pass_without_a_client(house: OutputHouse, outage_s: float) -> None:
    """Alarms come and are acknowledged; the service restarts, the server's process is killed."""
    house.raise_alarms(3)
    raise_alarm(house.store, 1000, AlarmKind.CAMERA_LOST)  # does not pass the filters
    house.acknowledge_all()
    threading.Event().wait(outage_s / 2)
    house.restart()
    until(lambda: shown(house))
    opened = house.outputs._followers["o"]._open
    assert opened is not None
    os.kill(opened[1].pid, signal.SIGKILL)  # type: ignore[attr-defined]
    house.raise_alarms(2)
    threading.Event().wait(outage_s / 2)
    until(lambda: shown(house))


def test_a_modbus_client_that_was_away_has_everything_once(house: OutputHouse) -> None:
    """In order, as committed, nothing else; and goes on as if nothing had been."""
    server: Any = SimpleNamespace(port=free_port())
    house.add("modbus", {"port": server.port}, filters=FILTERS)
    house.raise_alarms(3)
    until(lambda: shown(house))

    def expected(after: int) -> list[tuple[int, int, int]]:
        return [
            (each.seq, STATE_CODES[each.alarm.state], int(each.alarm.id[-4:], 16))
            for each in wanted(house, after)
            if each.alarm is not None
        ]

    def got(after: int) -> list[tuple[int, int, int]]:
        # A place that holds a smaller seq than asked for: that change does not pass the filters.
        asked = enumerate(ring(server, after), start=after + 1)
        return [entry for seq, entry in asked if entry[0] == seq]

    until(lambda: got(0) == expected(0))
    pass_without_a_client(house, LONG_OUTAGE_S)
    missed = got(3)
    assert missed == expected(3)
    assert len(missed) == 3 + 6 + 2
    house.raise_alarms(2)
    last = missed[-1][0]
    until(lambda: got(last) == expected(last) != [])


def test_an_opc_ua_client_that_was_away_has_everything_once(house: OutputHouse, tmp_path: Path) -> None:
    """From history what it missed, in order, as committed, nothing else; live what comes then."""
    port = free_port()
    settings = {"port": port, "user": "scada"}
    house.add("opcua", settings, {"password": PASSWORD}, FILTERS)
    until(lambda: house.outputs.get("o")[1].state is OutputState.LIVE)

    async def listen(client: Client, namespace: int) -> Any:
        subscriber = await Subscriber.at(client, namespace)
        await asyncio.to_thread(house.raise_alarms, 3)
        return list(await subscriber.until(3))

    async def come_back(client: Client, namespace: int) -> tuple[list[Any], list[Any]]:
        kind = await alarm_type(client, namespace)
        missed = await client.nodes.server.read_event_history(first[-1].Time, None, evtypes=kind)
        subscriber = await Subscriber.at(client, namespace)
        await asyncio.to_thread(house.raise_alarms, 2)
        return missed, list(await subscriber.until(2))

    def told(events: list[Any]) -> list[tuple[int, str, str]]:
        return [(each.Seq, each.AlarmId, each.State) for each in events]

    def expected() -> list[tuple[int, str, str]]:
        changes = wanted(house, 0)
        return [
            (each.seq, each.alarm.id, str(each.alarm.state)) for each in changes if each.alarm is not None
        ]

    first = visit(tmp_path, port, listen)
    assert told(first) == expected()
    pass_without_a_client(house, LONG_OUTAGE_S)
    missed, live = visit(tmp_path, port, come_back)
    assert missed[0].EventId == first[-1].EventId
    assert told([*first, *missed[1:], *live]) == expected()
    assert len(missed[1:]) == 3 + 6 + 2
