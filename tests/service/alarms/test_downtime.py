"""Time during which the service itself did not run is recorded, for each lift that was watched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import update

from lifts.schema import Lift
from service.alarms import lifecycle
from service.alarms.downtime import SHORT, Downtime
from service.domain.alarm import Alarm, AlarmKind, AlarmState
from service.domain.camera import CameraState, CameraStatus
from service.domain.errors import StoreError
from service.store import alarms, lifts
from service.store.database import Store
from service.store.tables import MetaRow

BEGAN = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)


class House:
    """A service that is started and ended on a clock of its own; "l" and "m" are registered."""

    def __init__(self, store: Store) -> None:
        self.store, self.now = store, BEGAN
        self.states: dict[str, CameraState] = {}
        for lift_id in ("l", "m"):
            store.write(partial(lifts.put, lift=Lift(id=lift_id, name=lift_id))).result()
        self.start(**dict.fromkeys("lm", CameraState.LIVE))

    def start(self, **states: CameraState) -> None:
        """Begin a run in which the cameras have these states."""
        self.states = states
        self.downtime = Downtime(self.store, self.statuses, lambda: self.now)
        self.downtime.step()

    def statuses(self) -> list[CameraStatus]:
        came = (CameraState.LIVE, CameraState.DEGRADED)
        return [
            CameraStatus(lift, state, "", 25.0, 0.04 if state in came else None, 1, 0, 0, "")
            for lift, state in self.states.items()
        ]

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def found(self) -> list[Alarm]:
        with self.store.reading() as session:
            return list(alarms.listing(session).items)

    def standing(self) -> list[str]:
        with self.store.reading() as session:
            return sorted(alarm.lift_id or "" for alarm in alarms.listing(session, standing=True).items)


@pytest.fixture
def house(store: Store) -> House:
    return House(store)


def test_a_short_gap_is_a_record_of_each_lift_and_nobody_is_called(house: House) -> None:
    """A clean restart of 8 s: from when to when, in history and feed; nothing stands."""
    house.downtime.stop()
    house.wait(8)
    house.start(l=CameraState.LIVE, m=CameraState.DEGRADED)
    assert [(alarm.kind, alarm.lift_id, alarm.state) for alarm in house.found()] == [
        (AlarmKind.SERVICE_DOWN, "m", AlarmState.CLEARED),
        (AlarmKind.SERVICE_DOWN, "l", AlarmState.CLEARED),
    ]
    message = "Not watched from 2026-11-28 08:00:00 to 2026-11-28 08:00:08 UTC (for 0:00:08): "
    assert house.found()[0].message.startswith(message)
    assert house.standing() == []
    with house.store.reading() as session:
        assert [entry.alarm for entry in alarms.outbox(session, 0)] == house.found()[::-1]


def test_a_long_gap_stands_until_somebody_acknowledges_it(house: House) -> None:
    """It is over and nothing clears it; acknowledged, it neither stands nor keeps the next one away."""
    for turn in range(2):
        house.wait(SHORT.total_seconds() + 1)
        house.start(l=CameraState.LIVE)
        assert house.standing() == ["l"], turn
        with house.store.reading() as session:
            assert alarms.standing(session) == ()  # no condition that a camera's report may end
        acknowledge = partial(lifecycle.acknowledge, alarm_id=house.found()[0].id, actor="ann")
        house.store.write(acknowledge).result()
        assert house.standing() == []


def test_a_gap_lasts_until_the_camera_is_seen_again(house: House) -> None:
    """A lift whose camera comes back later was not watched until then; one that stays is told of once."""
    house.wait(20)
    house.start(l=CameraState.LIVE, m=CameraState.STARTING)
    house.wait(20)
    house.states["m"] = CameraState.LIVE
    house.downtime.step()
    house.downtime.step()
    assert [(alarm.lift_id, alarm.state) for alarm in house.found()] == [
        ("m", AlarmState.ACTIVE),
        ("l", AlarmState.CLEARED),
    ]


def test_a_service_that_was_killed_was_watching_until_its_last_note(house: House) -> None:
    """A lost camera is not noted as watched, nor is a lift that is gone told of."""
    house.states["m"] = CameraState.LOST
    house.wait(100)
    house.downtime.step()
    house.store.write(lambda session: lifts.delete(session, "l")).result()
    house.start(l=CameraState.LIVE, m=CameraState.LIVE)
    (found,) = house.found()
    assert (found.lift_id, found.cause) == ("m", "since 2026-11-28T08:00:00Z")


def test_a_clock_that_was_set_back_hides_no_gap(house: House) -> None:
    """Nobody knows how long it was: it stands."""
    house.wait(-3600)
    house.start(l=CameraState.LIVE)
    assert house.standing() == ["l"]
    assert "clock set back" in house.found()[0].message


def test_a_damaged_note_is_reported_and_replaced(house: House) -> None:
    """The row that says until when lifts were watched may be damaged like any other."""
    house.store.write(lambda session: session.execute(update(MetaRow).values(value='{"l": 7'))).result()
    house.start(l=CameraState.LIVE)
    assert house.store.damaged.counts() == {"meta": 1}
    house.wait(5)
    house.start(l=CameraState.LIVE)
    assert [alarm.lift_id for alarm in house.found()] == ["l"]


def test_a_database_that_refuses_loses_no_gap(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gap is recorded once it answers; when the service ends, the note before is taken."""
    house.wait(8)
    with monkeypatch.context() as broken:
        broken.setattr(
            "service.alarms.downtime.lifts.note_watched", lambda *_: (_ for _ in ()).throw(StoreError("full"))
        )
        with pytest.raises(StoreError):
            house.start(l=CameraState.LIVE)
        house.downtime.stop()
    assert house.found() == []
    house.wait(8)
    house.downtime.step()
    assert "(for 0:00:16)" in house.found()[0].message
