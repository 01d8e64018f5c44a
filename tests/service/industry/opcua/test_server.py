"""A real OPC UA client at the server: conditions, refresh, history, acknowledging, and who may do what."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.ua.uaerrors import (
    BadConditionBranchAlreadyAcked,
    BadEventIdUnknown,
    BadNotSupported,
    BadUserAccessDenied,
)

from service.domain.alarm import AlarmKind, AlarmState
from tests.service.industry.changes import BEGAN, alarm, change, lift, report
from tests.service.industry.opcua.clients import Served, Subscriber, alarm_type, served

pytestmark = pytest.mark.filterwarnings("default")  # the library's own, of closing sockets

ACKNOWLEDGE = ua.NodeId(ua.ObjectIds.AcknowledgeableConditionType_Acknowledge)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all: to start one takes a second of the processor."""
    with served(tmp_path_factory.mktemp("opcua")) as made:
        made.show(report(lift(open_bars=1, standing=2)))
        yield made


@pytest.mark.thorough
def test_an_alarm_is_a_condition_with_the_states_of_part_9(running: Served) -> None:
    """Raised, acknowledged, shelved, returned, over: one condition, an event of its own for each."""
    acked: dict[str, Any] = {"acknowledged_at": BEGAN, "acknowledged_by": "Anna"}
    lost: dict[str, Any] = {"kind": AlarmKind.CAMERA_LOST, "cause": "no_frames"}
    lives = [
        alarm(1, **lost),
        alarm(1, AlarmState.ACKNOWLEDGED, **lost, **acked),
        alarm(1, AlarmState.SHELVED, **lost, **acked),
        alarm(1, AlarmState.RETURNED, ended_at=BEGAN, **lost),
        alarm(1, AlarmState.CLEARED, ended_at=BEGAN, **lost, **acked),
    ]

    async def follow(client: Client, namespace: int) -> list[Any]:
        subscriber = await Subscriber.at(client, namespace)
        for seq, each in enumerate(lives, 1):
            running.send([change(seq, each, note="why", actor="Anna")])
        return await subscriber.until(len(lives))

    events = running.visit(follow)
    found = [
        (
            event.Seq,
            getattr(event, "ActiveState/Id"),
            getattr(event, "AckedState/Id"),
            event.Retain,
            event.SuppressedOrShelved,
            event.State,
        )
        for event in events
    ]
    assert found == [
        (1, True, False, True, False, "active"),
        (2, True, True, True, False, "acknowledged"),
        (3, True, True, True, True, "shelved"),
        (4, False, False, True, False, "returned"),
        (5, False, True, False, False, "cleared"),
    ]
    first = events[0]
    assert {event.NodeId for event in events} == {first.NodeId}
    assert [event.EventId for event in events] == [f"deadbeef:{seq}".encode() for seq in range(1, 6)]
    assert (first.Severity, first.ConditionName, first.SourceName) == (
        900,
        "camera_lost: no_frames",
        "Demo-Quad",
    )
    assert (first.Comment.Text, first.ClientUserId) == ("why", "Anna")
    assert (first.Time, first.AlarmId, first.PassageId) == (change(1).at, alarm(1).id, "passage-1")
    assert first.Evidence == ["/passages/1/pictures/1.jpg"]


@pytest.mark.thorough
def test_who_reconnects_gets_what_stands_and_each_change_that_was_missed(running: Served) -> None:
    """Refresh: every retained condition once. History: all changes since, in order, recognised by EventId."""

    lost: dict[str, Any] = {"kind": AlarmKind.CAMERA_LOST, "cause": "no_frames"}

    async def listen(client: Client, namespace: int) -> list[Any]:
        subscriber = await Subscriber.at(client, namespace)
        running.send([change(11, alarm(11)), change(12, alarm(12, **lost))])
        return list(await subscriber.until(2))

    async def come_back(client: Client, namespace: int) -> tuple[list[Any], list[Any]]:
        subscriber = await Subscriber.at(client, namespace, refresh=True)
        running.send([change(16, alarm(16))])
        seen = await subscriber.until(3)
        missed = await client.nodes.server.read_event_history(
            last.Time, None, evtypes=await alarm_type(client, namespace)
        )
        return list(seen), missed

    last = running.visit(listen)[-1]
    # The client is away: one is over, one is acknowledged and stands, one is new.
    running.send(
        [
            change(13, alarm(11, AlarmState.CLEARED, ended_at=BEGAN, acknowledged_at=BEGAN)),
            change(14, alarm(12, AlarmState.ACKNOWLEDGED, acknowledged_at=BEGAN, **lost)),
            change(15, alarm(15, kind=AlarmKind.CAMERA_LOST, cause="no_frames")),
        ]
    )
    seen, missed = running.visit(come_back)
    assert sorted(event.Seq for event in seen if event.Seq > 10) == [14, 15, 16]
    assert [event.Seq for event in missed] == [12, 13, 14, 15, 16]
    assert missed[0].EventId == last.EventId, "what is known is recognised"
    assert [event.EventId for event in missed][3:] == [
        event.EventId for event in sorted(seen, key=lambda event: event.Seq)[-2:]
    ]
    assert missed[3].Severity == 900, "blind comes before open"


def test_acknowledging_needs_an_event_of_that_condition(running: Served) -> None:
    """With its comment and by name; an old or foreign EventId, and other methods, are refused by code."""
    running.send([change(21, alarm(21)), change(22, alarm(22))])
    running.asked.clear()

    async def press(client: Client, namespace: int) -> None:
        node = client.get_node(ua.NodeId(f"alarm/{alarm(21).id}", namespace))
        words = ua.LocalizedText("seen by the attendant")
        await node.call_method(ACKNOWLEDGE, b"deadbeef:21", words)
        for wrong in (b"deadbeef:22", b"deadbeef:99", b"another:21", b"\xff"):
            with pytest.raises(BadEventIdUnknown):
                await node.call_method(ACKNOWLEDGE, wrong, words)
        with pytest.raises(BadNotSupported):
            await node.call_method(ua.NodeId(ua.ObjectIds.ConditionType_Disable))
        running.refusal = "conflict"
        with pytest.raises(BadConditionBranchAlreadyAcked):
            await node.call_method(ACKNOWLEDGE, b"deadbeef:21", words)

    try:
        running.visit(press)
    finally:
        running.refusal = ""
    assert running.asked == [(alarm(21).id, "opc-ua:plc", "seen by the attendant")] * 2


def test_lifts_are_objects_whose_values_are_in_doubt_without_reports(running: Served) -> None:
    """Nobody writes them. A silent service: not healthy, not seen, and the rest is uncertain."""

    async def read(client: Client, namespace: int) -> list[Any]:
        found = []
        for path in ("barwatch/Healthy", "lift/demo-quad/Sees", "lift/demo-quad/OpenBars"):
            node = client.get_node(ua.NodeId(path, namespace))
            value = await node.read_data_value(raise_on_bad_status=False)
            found += [value.Value.Value, value.StatusCode.is_good()]
            with pytest.raises(BadUserAccessDenied):
                await node.write_value(value.Value)
        return found

    assert running.visit(read) == [True, True, True, True, 1, True]
    running.show(None)
    assert running.visit(read) == [False, True, False, False, 1, False]
    running.show(report(lift(open_bars=1, standing=2)))
    assert running.visit(read) == [True, True, True, True, 1, True]


def test_without_encryption_or_with_a_wrong_password_nobody_comes_in(running: Served) -> None:
    """No endpoint without encryption is offered, and there is one user."""

    async def nothing(client: Client, namespace: int) -> None:
        raise AssertionError("came in")

    with pytest.raises(ua.UaError):
        running.visit(nothing, user=False)
    with pytest.raises(BadUserAccessDenied):
        running.visit(nothing, password="guessed")


@pytest.mark.slow
def test_an_anonymous_client_reads_where_an_admin_allowed_it(tmp_path: Path) -> None:
    """It reads and follows, acknowledges nothing, and no password works without encryption."""
    with served(tmp_path, anonymous=True) as open_too:
        open_too.show(report(lift()))
        open_too.send([change(1, alarm(1))])

        async def look(client: Client, namespace: int) -> None:
            assert await client.get_node(ua.NodeId("lift/demo-quad/Sees", namespace)).read_value()
            with pytest.raises(BadUserAccessDenied):
                await client.get_node(ua.NodeId(f"alarm/{alarm(1).id}", namespace)).call_method(
                    ACKNOWLEDGE, b"deadbeef:1", ua.LocalizedText("")
                )

        open_too.visit(look, user=False)
        assert open_too.asked == []
