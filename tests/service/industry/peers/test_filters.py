"""A server's filters: a real client sees the alarms that were chosen, and no lift looks better than it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from pymodbus.client import ModbusTcpClient

from lifts.schema import Camera, Lift
from service.domain.alarm import Alarm, AlarmKind, AlarmState
from service.industry.modbus.registers import LIFTS_AT, RING_AT, RegisterImage
from service.industry.peers.output import MODBUS, PeerOutput
from service.industry.plant import Plant
from service.industry.report.source import PeerChoice
from service.outputs.base.filters import OutputFilter
from service.outputs.base.output import Making, Surroundings
from service.outputs.follower import Follower
from service.store import alarms, lifts
from service.store.database import Store
from tests.service.industry.peers.test_output import EPOCH, AllWell, read, wait
from tests.service.outputs.scripted import quick, raise_alarm
from tests.service.store.empty import open_empty

CHOSEN = OutputFilter(lifts=("north",), kinds=(AlarmKind.BAR_OPEN,), priorities=(2,))


class OneIsBlind(AllWell):
    """The lift in the south is not seen."""

    def sees(self, lift_id: str) -> bool:
        return lift_id != "south"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_empty(tmp_path)
    for lift_id in ("north", "south"):
        lift = Lift(id=lift_id, name=lift_id, camera=Camera(url="rtsp://10.0.0.1/", width=640, height=480))
        store.write(partial(lifts.put, lift=lift)).result()
    yield store
    store.close()


def standing(store: Store) -> dict[str, AlarmState]:
    with store.reading() as session:
        return {each.id: each.state for each in alarms.listing(session).items}


@pytest.mark.thorough
def test_a_client_sees_what_was_chosen_and_acknowledges_nothing_else(store: Store) -> None:
    """Lift, kind and priority; what is not shown is counted nowhere, and no coil reaches it."""
    plant = Plant(store, AllWell(), store.data, EPOCH)  # type: ignore[arg-type]
    settings = MODBUS.settings(port=0, acknowledge=True)
    making = Making("plc", "PLC", settings, {}, Surroundings(EPOCH, plant=plant), CHOSEN)
    made: list[PeerOutput] = []

    def make() -> PeerOutput:
        output = MODBUS.make(making)
        assert isinstance(output, PeerOutput)
        made.append(output)
        return output

    def bar_open(number: int, lift: str) -> Alarm:
        return raise_alarm(store, number, lift=lift)

    before = bar_open(1, "south"), bar_open(2, "north")
    follower = Follower("plc", make, making.wants, store, EPOCH, quick())
    store.on_alarms(lambda _: follower.wake())
    follower.runner.start()
    try:
        wait(lambda: made and made[-1].port)
        lost = raise_alarm(store, 3, AlarmKind.CAMERA_LOST, "north")
        shown = bar_open(4, "north")
        south = bar_open(5, "south")
        wait(lambda: read(made[-1], 15, 1) == [south.seq])
        places = [read(made[-1], RING_AT + 16 * seq, 16) for seq in range(1, south.seq + 1)]
        assert [entry[1] for entry in places] == [0, before[1].seq, 0, shown.seq, 0]
        # Of the lift in the north, two bars are open and shown; of its lost camera nothing is counted.
        wait(lambda: read(made[-1], LIFTS_AT + 2, 3) == [2, 2, 2] and read(made[-1], 6, 2) == [2, 2])
        assert read(made[-1], 8, 1) == [1]
        client = ModbusTcpClient("127.0.0.1", port=made[-1].port or 0, timeout=10)
        try:
            assert client.connect()
            assert not client.write_coil(0, True).isError()
            wait(lambda: not client.read_coils(0, count=1).bits[0])
        finally:
            client.close()
    finally:
        follower.runner.stop()
    done = {id_ for id_, state in standing(store).items() if state is not AlarmState.ACTIVE}
    assert done == {before[1].id, shown.id}
    assert standing(store)[lost.id] is AlarmState.ACTIVE


def test_what_is_not_chosen_makes_nothing_look_better(store: Store) -> None:
    """Blind is blind whatever alarms are chosen; so are open bars; without a chosen lift all is not well."""
    plant = Plant(store, OneIsBlind(), store.data, EPOCH)  # type: ignore[arg-type]
    raise_alarm(store, 1, lift="south")
    nothing = plant.report(PeerChoice(None, lambda _: False))
    assert (nothing.healthy, nothing.standing) == (False, 0)
    south = next(each for each in nothing.lifts if each.lift_id == "south")
    assert (south.sees, south.open_bars, south.standing) == (False, 1, 0)
    north = plant.report(PeerChoice(("north",)))
    assert (north.healthy, [each.lift_id for each in north.lifts], north.standing) == (True, ["north"], 1)
    assert not plant.report(PeerChoice(("north", "gone"))).healthy
    assert not plant.report(PeerChoice()).healthy


def test_a_service_that_cannot_judge_sees_no_lift(store: Store) -> None:
    """Its cameras are well, but the network is gone: the word of each lift says blind, and not well."""

    class Halted(AllWell):
        def works(self) -> bool:
            return False

    image = RegisterImage(EPOCH)
    for sight, bits in ((AllWell(), 0b01111), (Halted(), 0b10101)):
        image.put_report(Plant(store, sight, store.data, EPOCH).report(PeerChoice()))  # type: ignore[arg-type]
        assert image.words[LIFTS_AT] & 0b11111 == bits
