"""OPC UA as an output of a real database, in its process: a real client that was away has lost nothing."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.ua.uaerrors import BadConditionBranchAlreadyAcked

from service.domain.alarm import AlarmState
from service.industry.opcua.server import NAMESPACE
from service.industry.peers.output import OPCUA, PeerOutput
from service.industry.plant import Plant
from service.outputs.base.output import Making, Surroundings
from service.outputs.follower import Follower
from service.store import alarms
from service.store.alarms import history
from service.store.database import Store
from tests.service.industry.opcua.clients import Subscriber, alarm_type
from tests.service.industry.peers.test_output import EPOCH, AllWell, wait
from tests.service.outputs.scripted import quick, raise_alarm
from tests.service.store.empty import open_empty

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]

T = TypeVar("T")
PASSWORD = "a long secret"


def visit(folder: Path, port: int, what: Callable[[Client, int], Awaitable[T]]) -> T:
    """Let a client that signs in do `what`."""

    async def run() -> T:
        client = Client(f"opc.tcp://127.0.0.1:{port}/", timeout=30)
        client.application_uri = f"urn:barwatch:{EPOCH}"
        client.set_user("scada")
        client.set_password(PASSWORD)
        own = folder / "opcua"
        await client.set_security(
            SecurityPolicyBasic256Sha256, str(own / "certificate.pem"), str(own / "key.pem")
        )
        async with client:
            return await what(client, await client.get_namespace_index(NAMESPACE))

    return asyncio.run(run())


def test_a_client_and_a_server_that_were_away_lose_nothing(tmp_path: Path) -> None:
    """The client goes, alarms come, the server is killed, the client comes back: all as committed, once."""
    store = open_empty(tmp_path)
    plant = Plant(store, AllWell(), tmp_path, EPOCH)  # type: ignore[arg-type]
    settings = OPCUA.settings(port=0, user="scada", acknowledge=True)
    made: list[PeerOutput] = []

    def make() -> PeerOutput:
        secrets = {"password": PASSWORD}
        output = OPCUA.make(Making("ua", "UA", settings, secrets, Surroundings(EPOCH, plant=plant)))
        assert isinstance(output, PeerOutput)
        made.append(output)
        return output

    follower = Follower("ua", make, lambda _: True, store, EPOCH, quick())
    store.on_alarms(lambda _: follower.wake())
    follower.runner.start()
    try:
        wait(lambda: made and made[-1].port)
        _go_through(store, tmp_path, made, follower)
    finally:
        follower.runner.stop()
        store.close()


def _go_through(store: Store, folder: Path, made: list[PeerOutput], follower: Follower) -> None:
    async def listen(client: Client, namespace: int) -> Any:
        subscriber = await Subscriber.at(client, namespace)
        first = await asyncio.to_thread(raise_alarm, store, 1)
        events = await subscriber.until(1)
        assert events[0].Seq == first.seq
        words = ua.LocalizedText("seen")
        acknowledge = ua.NodeId(ua.ObjectIds.AcknowledgeableConditionType_Acknowledge)
        node = client.get_node(events[0].NodeId)
        await node.call_method(acknowledge, events[0].EventId, words)
        events = await subscriber.until(2)
        with pytest.raises(BadConditionBranchAlreadyAcked):
            await node.call_method(acknowledge, events[1].EventId, words)
        return events[1]

    last = visit(folder, made[-1].port or 0, listen)
    with store.reading() as session:
        assert alarms.get(session, last.AlarmId).state is AlarmState.ACKNOWLEDGED
        (done,) = history.changes(session, last.Seq - 1)
    assert (done.actor, done.note) == ("opc-ua:scada", "seen")

    for number in range(2, 30):
        raise_alarm(store, number)
    pid, port = made[-1].pid, made[-1].port
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    for number in range(30, 60):
        raise_alarm(store, number)
    wait(lambda: made[-1].port not in {None, port})
    with store.reading() as session:
        committed = history.changes(session, last.Seq)
    wait(lambda: follower.seq == committed[-1].seq)

    async def come_back(client: Client, namespace: int) -> tuple[list[Any], list[Any]]:
        subscriber = await Subscriber.at(client, namespace, refresh=True)
        missed = await client.nodes.server.read_event_history(
            last.Time, None, evtypes=await alarm_type(client, namespace)
        )
        return missed, list(await subscriber.until(58))

    missed, standing = visit(folder, made[-1].port or 0, come_back)
    assert missed[0].EventId == last.EventId
    assert [(each.Seq, each.AlarmId, each.State, each.Time) for each in missed[1:]] == [
        (each.seq, each.alarm.id, str(each.alarm.state), each.at) for each in committed if each.alarm
    ]
    assert {each.AlarmId for each in standing} == {each.alarm.id for each in committed if each.alarm}
