"""A line that stands, runs and is handed on: nobody who passed is lost, and nobody is made up who did not."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from lifts.schema import Lift
from service.alarms.downtime import Downtime
from service.domain.camera import CameraState, CameraStatus, WatchedLift
from service.domain.errors import FencedError
from service.domain.passage import CarriersAccounted, Passage
from service.host.clocks.steady import steady_at
from service.station.carried import BEHIND_S, STANDS_S, Accounted
from service.store import lifts
from service.store.database import Store
from service.store.owners import accounted, leases
from service.store.tables import PassageRow
from tests.service.leases.line import (
    BEFORE,
    EVERY_S,
    FakeDatabase,
    FakeLine,
    FakeService,
    carrier_of,
    storing,
)

LIFT = Lift(id="lift", name="Lift", seats=4)
NOTED_S = 5.0


class Day:
    """A line of which three carriers have left, and the services that watch it one after the other."""

    def __init__(self, store: Store) -> None:
        store.write(partial(lifts.put, lift=LIFT)).result()
        self.store, self.database = store, FakeDatabase(store)
        self.line = FakeLine(time.monotonic() - 1e5)
        self.services = [self.begin()]
        self.run(3 * EVERY_S)
        self.write()

    @property
    def now(self) -> FakeService:
        return self.services[-1]

    def begin(self) -> FakeService:
        return FakeService(self.database, self.line, WatchedLift(LIFT, None, {}))

    def take_over(self) -> FakeService:
        """Have another service begin, which knows what is stored; nothing more comes from the one before."""
        self.now.owner.connected = False
        self.services.append(self.begin())
        return self.now

    def run(self, seconds: float, speed: float = 1.0, *, seen: bool = True) -> None:
        """Let time pass, with what the product notes every few seconds; of a long time, twenty times."""
        step_s = max(NOTED_S, seconds / 20)
        while seconds > 0.0:
            carriers = self.line.run(min(seconds, step_s), speed)
            seconds -= step_s
            for service in self.services if seen else ():
                service.see(carriers, speed)
            self.note()

    def note(self) -> None:
        statuses, accounts = [self.now.owner.status], self.now.accounts
        if not self.database.lost:
            Downtime(self.store, lambda: statuses, accounts=lambda: accounts).step(10.0)

    def write(self) -> None:
        for service in self.services:
            while service.waiting:
                draft = service.waiting.pop(0)
                try:
                    self.store.write(storing(draft)).result()
                except FencedError:
                    continue

    def carriers(self) -> Counter[int]:
        """Return how many records each carrier has; those of BEFORE stand for several."""
        with self.store.reading() as session:
            rows = list(session.scalars(select(PassageRow)))
        counts = Counter[int]()
        for row in rows:
            counts[carrier_of(row.id)] += row.carriers
        return counts

    def each_once(self) -> bool:
        self.write()
        return self.carriers() == Counter(range(len(self.line.left_s)))


@pytest.fixture
def day(store: Store) -> Day:
    return Day(store)


@pytest.mark.fault(51)
@pytest.mark.parametrize("stands_s", [15.0, 120.0])
def test_who_passes_between_a_standstill_and_the_hand_over_is_accounted_for(
    day: Day, stands_s: float
) -> None:
    """The line stands, runs again, and another service takes over before anything of that is stored."""
    day.run(0.3 * EVERY_S)
    day.run(stands_s, 0.0)
    day.run(0.5 * EVERY_S)
    day.run(1.5 * EVERY_S)
    day.take_over()
    day.run(2 * EVERY_S)
    assert len(day.line.left_s) == 7
    assert day.each_once()


@pytest.mark.fault(51)
def test_who_passes_unseen_after_a_standstill_is_accounted_for(day: Day) -> None:
    """It stood while it was watched; who watched is lost, and it runs: nobody says that it still stands."""
    day.run(60.0, 0.0)
    day.run(2.2 * EVERY_S, seen=False)
    day.take_over()
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.thorough
@pytest.mark.fault(51)
@pytest.mark.parametrize("minutes", [2, 11])
def test_nobody_is_made_up_of_a_line_that_stands_while_it_is_watched(day: Day, minutes: int) -> None:
    """However long it stands: what nobody could see is all that is unknown, and the lag of the note."""
    day.run(60.0 * minutes, 0.0)
    taken = day.take_over().owner
    assert taken.carried.until_mono_s is not None
    assert taken.unaccounted <= (BEHIND_S + NOTED_S) / EVERY_S + 1.0
    day.run(60.0 * minutes, 0.0)
    again = day.take_over().owner
    assert again.unaccounted <= 2 * taken.unaccounted, "nor by a service that has never seen it run"
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.fault(51)
def test_who_passed_before_a_standing_line_was_watched_again_is_not_forgotten(day: Day) -> None:
    """Six carriers pass unseen, then the line stands, and services come and go: the last one reports them."""
    day.run(6.2 * EVERY_S, seen=False)
    for _ in range(2):
        day.take_over()
        day.run(300.0, 0.0)
    day.take_over()
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.fault(51)
def test_a_carrier_on_its_way_is_not_taken_for_stored(day: Day) -> None:
    """The database answers slowly, and the line stands for long: that is not noted before it is stored."""
    with day.store.reading() as session:
        before = accounted.noted(session)
    day.run(EVERY_S)
    assert len(day.now.waiting) == 1
    day.run(120.0, 0.0)
    with day.store.reading() as session:
        assert accounted.noted(session) == before
    day.take_over()
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.fault(51)
def test_a_lease_that_comes_late_says_who_passed_before_its_owner_began(day: Day) -> None:
    """Two carriers pass; a service begins, and the database is lost: they are `unknown` once it is back."""
    day.run(2.2 * EVERY_S, seen=False)
    day.database.lost = True
    day.take_over()
    day.run(3 * EVERY_S)
    assert day.now.camera.accounted() is None
    day.database.lost = False
    day.services[0].waiting.clear()  # its claim is over
    day.write()  # what its owner saw without a lease comes first
    day.run(2 * EVERY_S)
    day.write()
    found = day.carriers()
    assert found.pop(BEFORE) == 2
    assert found == Counter({number: 1 for number in range(len(day.line.left_s)) if number not in (3, 4)})


@pytest.mark.fault(51)
def test_who_passed_before_a_service_that_died_without_a_lease_is_accounted_for(day: Day) -> None:
    """It began during an outage, and stored three carriers before it was given its lease: then it died."""
    day.run(2.2 * EVERY_S, seen=False)
    day.database.lost = True
    day.take_over()
    day.run(3 * EVERY_S)
    day.database.lost = False
    day.services[0].dies()
    day.write()
    assert not day.now.leased
    day.now.dies()
    day.take_over()
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.fault(51)
@pytest.mark.parametrize("by", ["a service", "a node", "a node that was prepared"])
def test_who_was_passed_over_while_the_line_was_uncertain_is_accounted_for(day: Day, by: str) -> None:
    """A carrier is recognised before it is known who left before it; who saw it is lost in between."""
    if by == "a node that was prepared":
        day.now.camera.prepare("b")
    day.now.owner.unsure = True
    day.run(2.2 * EVERY_S)
    assert len(day.now.waiting) == 1
    day.write()
    if by == "a service":
        day.now.dies()
        day.take_over()
    elif by == "a node":
        day.now.owner.connected = False
        day.now.camera.move("b", "no answer")
    else:
        day.now.camera.succeed()
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.fault(51)
def test_who_was_passed_over_and_is_reported_at_last_is_stored_once(day: Day) -> None:
    """And nobody counts again from before it."""
    day.now.owner.unsure = True
    day.run(3 * EVERY_S)
    day.now.owner.is_sure()
    day.write()
    with day.store.reading() as session:
        assert accounted.incomplete_after(session) == {}
    assert day.take_over().owner.unaccounted == 0
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.fault(51)
def test_who_passed_before_a_lease_that_came_late_is_not_the_next_owners_to_report(day: Day) -> None:
    """The line stands, so that nobody is seen; the camera is handed on before that record is stored."""
    day.run(2.2 * EVERY_S, seen=False)
    day.database.lost = True
    day.take_over()
    day.run(10.0, 0.0)
    day.database.lost = False
    day.services[0].dies()
    day.run(10.0, 0.0)
    assert len(day.now.waiting) == 1
    day.now.camera.move("b", "no answer")
    day.run(2 * EVERY_S)
    day.write()
    assert day.carriers()[BEFORE] == 2


@pytest.mark.fault(51)
def test_without_a_database_a_carrier_that_two_owners_saw_is_reported_once(day: Day) -> None:
    """A node takes over from one whose lease could not be stored, and says late what that one has said."""
    day.database.lost = True
    day.now.camera.move("b", "no answer")
    day.now.camera.prepare("c")
    day.now.owners[-1].connected = False
    day.run(1.2 * EVERY_S)
    day.now.camera.succeed()
    day.now.owner.connected = True
    day.now.owner.send()
    day.run(2 * EVERY_S)
    day.database.lost = False
    assert day.each_once()


@pytest.mark.fault(51)
def test_of_a_longer_time_nobody_is_made_up_and_what_comes_late_is_stored(day: Day) -> None:
    """For eleven minutes nothing is stored: who saw those carriers may still report them, nobody else can."""
    day.run(661.0, 0.1)
    assert len(day.now.waiting) == 11
    assert day.take_over().owner.unaccounted == 0
    day.run(3 * EVERY_S)
    day.now.waiting.clear()  # it ends before they are stored
    assert 3 <= day.take_over().owner.unaccounted <= 4, "from when the one before began"
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.fault(51)
def test_a_camera_that_is_configured_otherwise_goes_on_where_it_was(day: Day) -> None:
    """What was judged just before is stored as that, though another owner has the camera by then."""
    day.run(1.5 * EVERY_S)
    before = day.now
    before.camera.stop()
    after = FakeService(day.database, day.line, WatchedLift(LIFT, None, {}), book=before.book)
    assert after.owner.carried.until_mono_s == pytest.approx(day.line.left_s[3])
    day.services.append(after)
    day.run(2 * EVERY_S)
    assert day.each_once()
    with day.store.reading() as session:
        assert session.scalar(select(PassageRow.id).where(PassageRow.id.like("lift-3-seen-%")))


@pytest.mark.thorough
@pytest.mark.fault(51)
@pytest.mark.parametrize("hours", [-1.0, 14.0])
def test_a_clock_that_is_set_costs_no_carrier(day: Day, hours: float) -> None:
    """A service stands by since before the clock was right: it counts who passed before it leads."""
    day.database.set_by = timedelta(hours=hours)
    day.run(3 * EVERY_S)
    day.run(60.0, 0.0)
    day.run(2.2 * EVERY_S)
    day.write()
    day.run(2.2 * EVERY_S, seen=False)
    taken = day.take_over().owner
    assert taken.unaccounted == 2
    day.run(60.0, 0.0)
    assert day.take_over().owner.carried.until_mono_s is not None
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.thorough
@pytest.mark.fault(6)
@pytest.mark.fault(51)
@pytest.mark.parametrize("set_s", [-45.0, 45.0])
@pytest.mark.parametrize("how", ["the same owner", "another owner", "another service"])
def test_who_is_not_seen_after_a_clock_was_set_is_no_earlier_carrier(
    day: Day, set_s: float, how: str
) -> None:
    """A clock that was set back says the same times again: at each of them a carrier is stored already."""
    day.run(12 * EVERY_S)
    day.write()
    for _ in range(2):  # set once, and once more
        day.database.set_by += timedelta(seconds=set_s)
        day.run(2 * EVERY_S)
        day.write()
        if how == "the same owner":
            day.now.owner.unsure = True
            day.run(3 * EVERY_S)
            day.now.owner.is_sure()
        else:
            day.run(3 * EVERY_S, seen=False)
            if how == "another owner":
                day.now.camera.move("another", "no answer")
            else:
                day.take_over()
        day.run(3 * EVERY_S)
        assert day.each_once()


@pytest.mark.fault(6)
@pytest.mark.fault(51)
def test_a_service_that_begins_with_a_clock_set_back_takes_nobody_for_a_carrier_of_before(day: Day) -> None:
    """Set while no service ran: who was stored by the clock of before is nobody whom it has seen."""
    day.run(20 * EVERY_S)
    day.write()
    day.database.set_by = timedelta(seconds=-60.0)
    day.services.clear()
    day.services.append(day.begin())
    passed = len(day.line.left_s)
    day.run(3 * EVERY_S)
    day.now.owner.unsure = True
    day.run(3 * EVERY_S)
    day.now.owner.is_sure()
    day.run(2 * EVERY_S)
    day.write()
    counts = day.carriers()
    assert {counts[number] for number in range(passed, len(day.line.left_s))} == {1}


@pytest.mark.fault(6)
@pytest.mark.fault(51)
@pytest.mark.parametrize("set_s", [-40.0, 40.0])
def test_a_note_by_a_clock_that_is_set_once_more_is_not_taken_for_a_later_one(day: Day, set_s: float) -> None:
    """It is noted before a carrier says that the clock was set, and never again: the line runs."""
    day.database.set_by += timedelta(seconds=set_s)
    day.run(60.0, 0.0)
    day.run(2 * EVERY_S)
    day.write()
    day.database.set_by += timedelta(seconds=set_s)
    day.run(2 * EVERY_S)
    day.write()
    day.run(3.2 * EVERY_S, seen=False)
    day.take_over()
    day.run(2 * EVERY_S)
    assert day.each_once()


@pytest.mark.fault(7)
@pytest.mark.fault(51)
def test_a_camera_handed_on_without_the_database_repeats_nobody(day: Day) -> None:
    """One carrier was to be found out yet when a later one was stored: who begins counts from before both."""
    day.now.owner.unsure = True
    day.run(2 * EVERY_S)
    day.write()
    day.take_over()
    day.database.lost = True
    day.now.camera.move("another", "no answer")
    day.run(EVERY_S)
    day.database.lost = False
    day.run(3 * EVERY_S)
    assert day.each_once()


def test_no_carrier_that_leaves_after_a_standstill_is_taken_for_one_before(day: Day) -> None:
    """Carriers come every 30 s: `since` is half an interval earlier, as if one had left at that time."""
    day.run(4.8 * 30.0, EVERY_S / 30.0)
    day.write()
    until = steady_at(day.line.now_s)
    note = {"lift": CarriersAccounted(day.now.book.handed[-1].lease.fence, until)}
    day.store.write(partial(accounted.note, found=note)).result()
    assert day.take_over().book.handed[-1].lease.since == until - timedelta(seconds=15.0)


def test_what_is_not_seen_of_a_standing_line_is_not_taken_for_seen() -> None:
    """Nobody knows any more where it is, and nothing moves: only the time since then is left out."""
    known = after((1.0, STANDS), (600.0, STANDS))
    assert (known.until_mono_s, known.stood_s) == (600.0 - BEHIND_S, 0.0)
    for at_s in (601.0, 601.0 + STANDS_S, 700.0):
        known.take(replace(STANDS, accounted=False, still_s=650.0), at_s)
    assert (known.until_mono_s, known.stood_s) == (600.0 - BEHIND_S, 700.0 - BEHIND_S - 601.0)


def test_what_a_camera_says_that_was_handed_on_is_not_noted(store: Store) -> None:
    """A line that stands for whoever watched before may run for who watches now."""
    at = steady_at(1000.0)
    for owner in "ab":
        hand_out = partial(leases.hand_out, lift_id="lift", owner=owner, since=None, now=at)
        store.write(hand_out).result()
    for fence in (1, 2):
        noting = partial(accounted.note, found={"lift": CarriersAccounted(fence, steady_at(fence), 0.5)})
        store.write(noting).result()
        with store.reading() as session:
            noted = accounted.noted(session)
        assert noted == ({} if fence == 1 else {"lift": (steady_at(2.0), 0.5)})


STANDS = CameraStatus("lift", CameraState.LIVE, "", 25.0, 0.0, 1, 0, 0, "stopped", accounted=True)


def after(*statuses: tuple[float, CameraStatus]) -> Accounted:
    """Return what is known after statuses; a carrier left at 0."""
    known = Accounted()
    known.take(Passage("p", "lift", 1, 0.0, 1.0, 2.0, (), 0.0, 0.0, interval_s=EVERY_S), 0.0)
    for at_s, status in statuses:
        known.take(status, at_s)
    return known


@pytest.mark.parametrize(
    ("change", "counts"),
    [
        ({}, True),
        ({"carrier_every_s": 60.0}, False),
        ({"cause": "low_visibility"}, False),
        ({"state": CameraState.DEGRADED}, False),
        ({"accounted": False, "still_s": 1.0}, False),
    ],
    ids=["it stands", "it crawls", "it is dark", "frames are missing", "somebody walks there"],
)
def test_a_line_stands_if_it_is_seen_to_stand_all_the_while(change: dict[str, object], counts: bool) -> None:
    """A moment in which nobody can say so, and the time begins anew."""
    long_s = STANDS_S + 1.0
    known = after((1.0, STANDS), (20.0, replace(STANDS, **change)), (1.0 + long_s, STANDS))  # type: ignore[arg-type]
    assert known.until_mono_s == (1.0 + long_s - BEHIND_S if counts else 0.0)
