"""Cameras that are handed on while carriers pass, owners are cut off and services take each other's place.

Whatever happens, in whatever order: no carrier has two records or two alarms, and none has no record.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
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

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from lifts.schema import Lift
from service.domain.camera import CameraEvent, CameraState, CameraStatus, WatchedLift
from service.domain.errors import FencedError
from service.domain.passage import Passage
from service.host.clocks.steady import steady_at
from service.leases.book import LeaseBook
from service.leases.camera import LeasedCamera
from service.station.carried import Carried
from service.store import lifts
from service.store.database import Store
from service.store.tables import AlarmRow, PassageRow
from service.verdicts.recording import PassageDraft, draft_of, store_passage

EVERY_S = 6.0
"""Between carriers."""

CLOCK_S = 0.2 * EVERY_S
"""By how much an owner's clock may be off, as the service knows it: two of them by less than half."""

VIEW_S = 0.5 * EVERY_S
"""How long a carrier is in view before it leaves; it is judged if all of it was seen."""

OPEN = Judgement(Verdict.OPEN, 0.99, -0.5, True, 0.9, (), 1, "m")
NUMBERS = count()


@dataclass
class FakeLine:
    """A line whose carriers leave one after the other, unless it stands."""

    now_s: float
    left_s: list[float] = field(default_factory=list)
    gone: float = 0.0

    def run(self, seconds: float) -> list[int]:
        """Let time pass; return which carriers leave meanwhile."""
        first = len(self.left_s)
        self.left_s += [
            self.now_s + EVERY_S * (number - self.gone)
            for number in range(int(self.gone) + 1, int(self.gone + seconds / EVERY_S) + 1)
        ]
        self.gone += seconds / EVERY_S
        self.now_s += seconds
        return list(range(first, len(self.left_s)))


class FakeOwner:
    """Stands for a camera's process somewhere: sees carriers, and keeps what it cannot report."""

    def __init__(
        self, line: FakeLine, name: str, tell: Callable[[CameraEvent], None], carried: Carried
    ) -> None:
        self.line, self.name, self._tell = line, name, tell
        self.connected, self.asked_to_stop = True, False
        self.clock_s = 0.0
        # Who leaves after it began is reported in any case, be it as `unknown`.
        self.until_s = line.now_s - 0.5 * EVERY_S if carried.until_mono_s is None else carried.until_mono_s
        self.began_s = line.now_s
        self.carried = carried
        self.kept: list[Passage] = []
        self.located = False
        self.process = (None, 0)
        self.status = CameraStatus("lift", CameraState.LIVE, "", 25.0, 0.1, 1, 0, 0, "2.0 s per passage")

    def start(self) -> None: ...

    def ask_to_stop(self) -> None:
        self.asked_to_stop = True

    def stop(self) -> None: ...

    def see(self, lift_id: str, carriers: list[int]) -> None:
        """Take in who left; the first time, also who left before and is not accounted for."""
        if self.line.now_s < self.began_s + VIEW_S:
            return
        if not self.located:
            self.located, carriers = True, list(range(len(self.line.left_s)))
        for number in carriers:
            left_s = self.line.left_s[number] + self.clock_s
            if self.line.left_s[number] >= self.began_s + VIEW_S:
                self._report(lift_id, number, left_s, seen=True)
            elif left_s > self.until_s + 0.5 * EVERY_S:
                self._report(lift_id, number, left_s, seen=False)

    def _report(self, lift_id: str, number: int, left_s: float, *, seen: bool) -> None:
        name = f"{lift_id}-{number}-{'seen' if seen else 'unseen'}-{next(NUMBERS)}"
        self.kept.append(Passage(name, lift_id, 1, 0.0, 1.0, 2.0, (), left_s, left_s, interval_s=EVERY_S))
        self.send()

    def send(self) -> None:
        """Report what is kept, if there is anybody to report to."""
        while self.connected and self.kept:
            self._tell(self.kept.pop(0))


@dataclass
class FakeService:
    """One that believes to be the leader: its camera, and what is on its way into the database."""

    camera: LeasedCamera
    owners: list[FakeOwner]
    waiting: list[PassageDraft]

    @property
    def owner(self) -> FakeOwner:
        return self.owners[-1]


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
        self.watched = WatchedLift(lift, None, {})
        self.services = [self._service()]
        for _ in range(3):  # so that a service that begins can tell how far apart carriers are
            self._pass(EVERY_S)
            self._write_all()
        self._note()

    @property
    def leader(self) -> FakeService:
        return self.services[-1]

    def _service(self) -> FakeService:
        owners: list[FakeOwner] = []
        waiting: list[PassageDraft] = []

        def make(
            name: str, _: WatchedLift, tell: Callable[[CameraEvent], None], carried: Carried
        ) -> FakeOwner:
            owners.append(FakeOwner(self.line, name, tell, carried))
            return owners[-1]

        def take(event: CameraEvent) -> None:
            if isinstance(event, Passage):
                draft = draft_of(event, OPEN if "-seen-" in event.id else unknown(Reason.NOT_SEEN))
                left_at = steady_at(event.left_mono_s or 0.0)
                waiting.append(replace(draft, record=replace(draft.record, left_at=left_at)))

        book = LeaseBook(self.store, "service", lambda: steady_at(self.line.now_s))
        camera = LeasedCamera(self.watched, take, book, make, self.late.append, f"node-{next(self.names)}")
        return FakeService(camera, owners, waiting)

    def _pass(self, seconds: float) -> None:
        carriers = self.line.run(seconds)
        for service in self.services:
            for owner in service.owners:
                owner.see(self.lift_id, carriers)
        self._note()

    def _note(self) -> None:
        """Note that the lift is watched. Who writes that writes carriers as well: by the same thread."""
        if self.leader.owner.connected and not self.leader.waiting:
            note = {self.lift_id: steady_at(self.line.now_s)}
            self.store.write(partial(lifts.note_watched, times=note)).result()

    def _write(self, service: FakeService, number: int = 0) -> None:
        draft = service.waiting.pop(number)
        try:
            self.store.write(partial(store_passage, record=draft.record, sighting=draft.sighting)).result()
        except FencedError:
            self.refused += 1

    def _write_all(self) -> None:
        for service in self.services:
            while service.waiting:
                self._write(service)

    @rule(intervals=st.floats(0.1, 3.0))
    def carriers_pass(self, intervals: float) -> None:
        self._pass(intervals * EVERY_S)

    @rule(seconds=st.floats(1.0, 60.0))
    def the_line_stands(self, seconds: float) -> None:
        self.line.now_s += seconds

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

    @precondition(lambda self: len(self.services) < 3)
    @rule(clock=st.floats(-1.0, 1.0))
    def another_service_takes_over(self, clock: float) -> None:
        """The one before does not know it, and goes on."""
        self.services.append(self._service())
        self.leader.owner.clock_s = CLOCK_S * clock

    @precondition(lambda self: any(service.waiting for service in self.services))
    @rule(data=st.data())
    def something_is_written(self, data: Any) -> None:
        """Each service writes in order, but for what the database refused a moment ago."""
        service = data.draw(st.sampled_from([each for each in self.services if each.waiting]))
        self._write(service, data.draw(st.integers(0, min(1, len(service.waiting) - 1))))
        self._note()

    @invariant()
    def no_carrier_has_two_alarms(self) -> None:
        with self.store.reading() as session:
            query = select(AlarmRow.passage_id).where(
                AlarmRow.lift_id == self.lift_id, AlarmRow.kind == "bar_open"
            )
            alarms = Counter(self._carrier(name) for name in session.scalars(query) if name)
        assert not {number: times for number, times in alarms.items() if times > 1}

    def teardown(self) -> None:
        """In the end everybody is heard, and everything is written: each carrier has one record."""
        for service in self.services:
            for owner in service.owners:
                owner.connected = True
                owner.send()
        self._pass(4 * EVERY_S)
        self._write_all()
        with self.store.reading() as session:
            query = select(PassageRow.id).where(PassageRow.lift_id == self.lift_id)
            found = Counter(self._carrier(name) for name in session.scalars(query))
        assert dict(found) == dict.fromkeys(range(len(self.line.left_s)), 1)
        self.no_carrier_has_two_alarms()

    def _carrier(self, passage_id: str) -> int:
        return int(passage_id.removeprefix(f"{self.lift_id}-").split("-")[0])


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
