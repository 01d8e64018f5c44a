"""Cameras that are handed on while carriers pass, owners are cut off and services take each other's place.

Whatever happens, in whatever order: no carrier has two records or two alarms, and none has no record.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from lifts.schema import Lift
from service.domain.camera import CameraEvent, WatchedLift
from service.domain.errors import FencedError
from service.host.clocks.steady import mono_at
from service.store import lifts
from service.store.database import Store
from service.store.owners import accounted
from service.store.tables import AlarmRow, PassageRow
from tests.service.leases.line import (
    BEFORE,
    EVERY_S,
    NUMBERS,
    FakeDatabase,
    FakeLine,
    FakeService,
    carrier_of,
    storing,
)

CLOCK_S = 0.2 * EVERY_S
"""By how much an owner's clock may be off, as the service knows it: two of them by less than half."""

NOTED_S = 5.0
"""How often it is noted until when carriers are accounted for (service.alarms.downtime)."""

PREPARED_S = 90.0
"""For how long a node that was prepared may take over (service.cluster.cameras.fleet)."""


class HandingOver(RuleBasedStateMachine):
    """Carriers pass; owners lose contact; the camera is handed on; what is written comes late."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.lift_id = f"lift-{next(NUMBERS)}"
        self.line = FakeLine(time.monotonic() - 1e5)
        self.refused, self.late = 0, list[CameraEvent]()
        self.names = count()
        lift = Lift(id=self.lift_id, name="Lift", seats=4)
        self.store.write(partial(lifts.put, lift=lift)).result()
        self.watched, self.database = WatchedLift(lift, None, {}), FakeDatabase(self.store)
        self.services = [self._service()]
        for _ in range(3):  # so that a service that begins can tell how far apart carriers are
            self._pass(EVERY_S)
            self._write_all()

    @property
    def leader(self) -> FakeService:
        return self.services[-1]

    def _service(self) -> FakeService:
        name = f"node-{next(self.names)}"
        return FakeService(self.database, self.line, self.watched, name, self.late.append)

    def _pass(self, seconds: float, speed: float = 1.0) -> None:
        while seconds > 0.0:
            carriers = self.line.run(min(seconds, NOTED_S), speed)
            seconds -= NOTED_S
            for service in self.services:
                service.see(carriers, speed)
            self._note()

    def _note(self) -> None:
        if not self.database.lost:
            self.store.write(partial(accounted.note, found=self.leader.accounts)).result()

    def _may_write(self, service: FakeService) -> bool:
        """Say whether a service has the claim, or had it; who has it and no lease yet keeps others out."""
        may = service is self.leader or self.leader.leased
        return bool(service.waiting) and not self.database.lost and may

    def _write(self, service: FakeService, number: int = 0) -> None:
        draft = service.waiting.pop(number)
        leased = draft.sighting is not None and draft.sighting.fence is not None
        if not leased and service is not self.leader:
            return  # its claim is over, which refuses whatever it writes; a lease refuses the other carriers
        try:
            # If it is not the first, one is under way that was reported before.
            self.store.write(storing(draft, last=number == 0)).result()
        except FencedError:
            self.refused += 1

    def _write_all(self) -> None:
        for service in self.services:
            while self._may_write(service):
                self._write(service)

    @rule(intervals=st.floats(0.1, 3.0))
    def carriers_pass(self, intervals: float) -> None:
        self._pass(intervals * EVERY_S)

    @rule(intervals=st.floats(0.1, 3.0), speed=st.sampled_from([0.05, 0.1, 0.2, 0.5]))
    def carriers_pass_slowly(self, intervals: float, speed: float) -> None:
        self._pass(intervals * EVERY_S, speed)

    @rule(seconds=st.floats(1.0, 60.0))
    def the_line_stands(self, seconds: float) -> None:
        self._pass(seconds, 0.0)

    @rule(data=st.data())
    def an_owner_loses_contact(self, data: Any) -> None:
        """It goes on watching, and does not hear that it was replaced."""
        owners = [owner for service in self.services for owner in service.owners if owner.connected]
        if owners:
            data.draw(st.sampled_from(owners)).connected = False

    @rule(data=st.data())
    def an_owner_is_heard_of_again(self, data: Any) -> None:
        owners = [owner for service in self.services for owner in service.owners if not owner.connected]
        if owners:
            owner = data.draw(st.sampled_from(owners))
            owner.connected = True
            owner.send()

    @rule(clock=st.floats(-1.0, 1.0))
    def a_camera_is_handed_on(self, clock: float) -> None:
        """By the service that has the database's claim: no other one's lease would be stored."""
        self.leader.camera.move(f"node-{next(self.names)}", "no answer")
        self.leader.owner.clock_s = CLOCK_S * clock

    @precondition(lambda self: self.leader.owner.connected and self.leader.camera.successor is None)
    @rule(clock=st.floats(-1.0, 1.0))
    def a_node_is_prepared(self, clock: float) -> None:
        """It watches beside the owner, until it takes the camera over."""
        self.leader.camera.prepare(f"node-{next(self.names)}")
        self.leader.owners[-1].clock_s = CLOCK_S * clock

    @precondition(lambda self: self.leader.camera.successor is not None)
    @rule()
    def the_node_takes_over(self) -> None:
        if self.line.now_s - self.leader.owners[-1].began_s > PREPARED_S:
            self.leader.camera.abandon()
        else:
            self.leader.camera.succeed()

    @precondition(lambda self: not self.leader.owner.unsure)
    @rule()
    def it_is_uncertain_where_the_line_is(self) -> None:
        """Carriers are recognised meanwhile, but one of them."""
        self.leader.owner.unsure = True

    @rule()
    def it_is_certain_again(self) -> None:
        for service in self.services:
            for owner in service.owners:
                owner.is_sure()

    @precondition(lambda self: len(self.services) < 3 and not self.database.lost)
    @rule(clock=st.floats(-1.0, 1.0), lost=st.booleans(), dead=st.booleans())
    def another_service_takes_over(self, clock: float, lost: bool, dead: bool) -> None:
        """The one before is dead, or does not know it, and goes on.

        lost: the database, as soon as the claim is there.
        """
        if dead:
            self.leader.dies()
        self.database.lost = lost
        self.services.append(self._service())
        self.leader.owner.clock_s = CLOCK_S * clock

    @precondition(lambda self: not self.database.lost and self.leader.leased and self.leader.owner.connected)
    @rule(seconds=st.floats(-120.0, 120.0), stands_s=st.sampled_from([0.0, 60.0]))
    def the_wall_clock_is_set(self, seconds: float, stands_s: float) -> None:
        """It is seen by the next carrier that is stored; who takes over before that cannot know it.

        Nor can a service that has not stored any before.
        """
        self._pass(2 * EVERY_S)
        self._write_all()
        self.database.set_by += timedelta(seconds=seconds)
        self._pass(stands_s, 0.0)
        self._pass(2 * EVERY_S)
        self._write_all()

    @rule(lost=st.booleans())
    def the_database_is_lost_or_back(self, lost: bool) -> None:
        self.database.lost = lost

    @precondition(lambda self: any(self._may_write(service) for service in self.services))
    @rule(data=st.data())
    def something_is_written(self, data: Any) -> None:
        """Each service writes in order, but for what the database refused a moment ago."""
        services = [each for each in self.services if self._may_write(each)]
        service = data.draw(st.sampled_from(services))
        self._write(service, data.draw(st.integers(0, min(1, len(service.waiting) - 1))))
        self._note()

    @invariant()
    def no_carrier_has_two_alarms(self) -> None:
        with self.store.reading() as session:
            query = select(AlarmRow.passage_id).where(
                AlarmRow.lift_id == self.lift_id, AlarmRow.kind == "bar_open"
            )
            alarms = Counter(carrier_of(name) for name in session.scalars(query) if name)
        assert not {number: times for number, times in alarms.items() if times > 1}

    def teardown(self) -> None:
        """In the end everybody is heard, and everything is written: each carrier has one record."""
        self.database.lost = False
        for service in self.services:
            for owner in service.owners:
                owner.connected = True
                owner.is_sure()
        self._pass(4 * EVERY_S)
        self._write_all()
        with self.store.reading() as session:
            rows = list(session.scalars(select(PassageRow).where(PassageRow.lift_id == self.lift_id)))
        found = Counter(carrier_of(row.id) for row in rows)
        together = {
            self.database.left_mono_s[row.id]: row.carriers for row in rows if carrier_of(row.id) == BEFORE
        }
        del found[BEFORE]
        assert set(found.values()) == {1}, found
        missing = [left_s for number, left_s in enumerate(self.line.left_s) if number not in found]
        missing = [left_s for left_s in missing if left_s > self._given_up_s]
        for until_s, carriers in sorted(together.items()):
            own = [left_s for left_s in missing if left_s <= until_s]
            assert len(own) <= carriers
            missing = missing[len(own) :]
        assert not missing, f"{missing} of {self.line.left_s}"
        self.no_carrier_has_two_alarms()

    @property
    def _given_up_s(self) -> float:
        """Who left before has no record: for ten minutes before that nobody had accounted for any."""
        handed = [each for service in self.services for each in service.book.handed if each.foreign]
        given_up = [each.lease.since for each in handed if each.until_mono_s is None]
        return max((mono_at(at) + EVERY_S for at in given_up if at is not None), default=0.0)


@pytest.fixture
def machine(store: Store) -> type[HandingOver]:
    """The state machine over a database of this test."""
    return type("HandingOverHere", (HandingOver,), {"store": store})


def run(machine: type[HandingOver], examples: int, steps: int) -> None:
    checks = settings(
        max_examples=examples,
        stateful_step_count=steps,
        suppress_health_check=list(HealthCheck),
        deadline=None,
    )
    run_state_machine_as_test(machine, settings=checks)


@pytest.mark.fault(51)
def test_each_carrier_has_one_record_and_at_most_one_alarm(machine: type[HandingOver]) -> None:
    """A few lines, on either kind of database."""
    run(machine, 4, 12)


@pytest.mark.slow
@pytest.mark.fault(51)
def test_the_same_over_many_more_histories(machine: type[HandingOver]) -> None:
    """Longer ones, and more of them."""
    run(machine, 200, 30)
