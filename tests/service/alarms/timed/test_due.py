"""What is due happens once a second, whatever else is wrong: ends, calls again, floods, back in service."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import text

from lifts.decision.verdict import Judgement, Seat, Verdict
from service.alarms import conditions, lifecycle
from service.alarms.grouped import acknowledge_group
from service.alarms.timed import service_state
from service.alarms.timed.due import AlarmTimes, DueAlarms
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, AlarmState, AlarmStatus, ServiceScope, Severity
from service.domain.errors import ConflictError, NotFoundError
from service.domain.health import Health
from service.host.clocks.wall_clock import WallClock
from service.store import alarms
from service.store.alarms import groups, history
from service.store.audit import entries
from service.store.database import Store
from service.store.records import PassageRecord
from service.verdicts.recording import store_passage

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOST = Health(AlarmKind.CAMERA_LOST, "lift", True, "no frames")


@dataclass
class Clockwork:
    """Alarms on a clock that is set by hand."""

    store: Store
    now: datetime = NOW
    said: list[AlarmStatus] = field(default_factory=list)
    count: int = 0
    set_by: timedelta = timedelta()

    def __post_init__(self) -> None:
        self.clock = WallClock(lambda: self.now, self.counter_s, "boot")
        self.due = DueAlarms(self.store, self.clock, AlarmTimes(), self.said.append)

    def counter_s(self) -> float:
        return (self.now - self.set_by).timestamp()

    def set(self, by: timedelta) -> None:
        """Somebody sets the system's time, and says that it is right."""
        self.now += by
        self.set_by += by
        self.clock.confirm()

    def later(self, minutes: float) -> None:
        self.now += minutes * MINUTE
        self.due.step()

    def bar_open(self, lift: str = "lift") -> Alarm:
        self.count += 1
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, lift, "open", f"p{self.count}")
        raised = self.store.write(partial(alarms.raise_alarm, draft=draft, at=self.now)).result()
        assert raised is not None
        return raised

    def change(self, health: Health) -> None:
        self.store.write(partial(conditions.apply, health=health, at=self.now)).result()

    def acknowledge(self, alarm_id: str) -> Alarm:
        return self.store.write(
            partial(lifecycle.acknowledge, alarm_id=alarm_id, actor="Jo", now=self.now)
        ).result()

    def take_out(self, scope: ServiceScope = ServiceScope.LIFT, minutes: float = 60) -> None:
        until = self.now + minutes * MINUTE
        job = partial(service_state.take_out, lift_id="lift", actor="Jo", scope=scope, until=until)
        self.store.write(partial(job, reason="rope", now=self.now)).result()

    def one(self, alarm_id: str) -> Alarm:
        with self.store.reading() as session:
            return alarms.get(session, alarm_id)

    def standing(self) -> list[Alarm]:
        with self.store.reading() as session:
            return list(alarms.listing(session, standing=True, limit=500).items)


@pytest.fixture
def clockwork(store: Store) -> Clockwork:
    return Clockwork(store)


def test_an_alarm_of_the_bar_ends_when_its_carrier_has_passed_the_next_station(clockwork: Clockwork) -> None:
    """After ten minutes: returned while nobody has seen it, cleared if somebody has; the end is stated."""
    seen, unseen = clockwork.bar_open(), clockwork.bar_open()
    clockwork.acknowledge(seen.id)
    clockwork.later(9.9)
    assert clockwork.one(unseen.id).state is AlarmState.ACTIVE
    clockwork.later(0.1)
    assert clockwork.one(seen.id).state is AlarmState.CLEARED
    found = clockwork.one(unseen.id)
    assert (found.state, found.ended_at) == (AlarmState.RETURNED, clockwork.now)
    assert [alarm.id for alarm in clockwork.standing()] == [unseen.id]
    clockwork.later(600)
    assert clockwork.one(unseen.id) == found


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_is_set_makes_no_ride_shorter_or_longer(clockwork: Clockwork, by: timedelta) -> None:
    """A carrier is on its way for ten minutes: whoever looks meanwhile finds its alarm standing."""
    before = clockwork.bar_open()
    clockwork.later(1)
    clockwork.set(by)
    after = clockwork.bar_open()
    clockwork.later(8.9)
    assert clockwork.one(before.id).state is AlarmState.ACTIVE
    clockwork.later(0.1)
    assert clockwork.one(before.id).state is AlarmState.RETURNED
    assert clockwork.one(after.id).state is AlarmState.ACTIVE
    clockwork.later(1)
    assert clockwork.one(after.id).state is AlarmState.RETURNED


def test_after_a_start_a_ride_goes_on_from_when_its_alarm_was_raised(clockwork: Clockwork) -> None:
    """Nobody counted while the service was down."""
    alarm = clockwork.bar_open()
    clockwork.now += 9.9 * MINUTE
    clockwork.__post_init__()
    clockwork.due.step()
    assert clockwork.one(alarm.id).state is AlarmState.ACTIVE
    clockwork.later(0.1)
    assert clockwork.one(alarm.id).state is AlarmState.RETURNED


def test_an_acknowledged_alarm_whose_condition_stays_calls_again(clockwork: Clockwork) -> None:
    """An hour after somebody saw it, and again an hour after the next one did; not once it is over."""
    clockwork.change(LOST)
    (alarm,) = clockwork.standing()
    for _ in range(2):
        clockwork.acknowledge(alarm.id)
        clockwork.later(59)
        assert clockwork.one(alarm.id).state is AlarmState.ACKNOWLEDGED
        clockwork.later(1)
        again = clockwork.one(alarm.id)
        assert (again.state, again.acknowledged_at, again.acknowledged_by) == (AlarmState.ACTIVE, None, None)
    with clockwork.store.reading() as session:
        actions = [event.action for event in history.events(session, alarm.id)]
    assert actions == ["raise", "acknowledge", "realarm", "acknowledge", "realarm"]
    clockwork.acknowledge(alarm.id)
    clockwork.change(replace(LOST, active=False))
    clockwork.later(120)
    assert clockwork.one(alarm.id).state is AlarmState.CLEARED


def test_nothing_calls_again_where_that_is_switched_off(clockwork: Clockwork) -> None:
    """Zero minutes: never."""
    never = DueAlarms(
        clockwork.store,
        WallClock(lambda: clockwork.now, clockwork.counter_s, "boot"),
        AlarmTimes(realarm=timedelta()),
    )
    clockwork.change(LOST)
    (alarm,) = clockwork.standing()
    clockwork.acknowledge(alarm.id)
    clockwork.now += timedelta(days=1)
    never.step()
    assert clockwork.one(alarm.id).state is AlarmState.ACKNOWLEDGED


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_is_set_calls_neither_earlier_nor_later(clockwork: Clockwork, by: timedelta) -> None:
    """An hour is an hour: a clock that is set back keeps no alarm silent for a day."""
    clockwork.change(LOST)
    (alarm,) = clockwork.standing()
    clockwork.acknowledge(alarm.id)
    clockwork.later(1)
    clockwork.set(by)
    clockwork.later(58.9)
    assert clockwork.one(alarm.id).state is AlarmState.ACKNOWLEDGED
    clockwork.later(0.1)
    assert clockwork.one(alarm.id).state is AlarmState.ACTIVE


def test_an_alarm_that_was_out_of_service_for_long_calls_again_at_once(clockwork: Clockwork) -> None:
    """Its hour went on meanwhile."""
    clockwork.change(LOST)
    (alarm,) = clockwork.standing()
    clockwork.acknowledge(alarm.id)
    clockwork.later(1)
    clockwork.take_out(minutes=120)
    clockwork.later(119)
    assert clockwork.one(alarm.id).state is AlarmState.OUT_OF_SERVICE
    clockwork.later(1)
    clockwork.later(0.1)
    assert clockwork.one(alarm.id).state is AlarmState.ACTIVE


def test_what_was_seen_at_a_time_that_never_came_calls_again(clockwork: Clockwork) -> None:
    """Somebody acknowledged it while the machine's clock was a year ahead."""
    clockwork.change(LOST)
    (alarm,) = clockwork.standing()
    clockwork.due.step()
    ahead = partial(lifecycle.acknowledge, alarm_id=alarm.id, actor="Jo", now=NOW + timedelta(days=365))
    clockwork.store.write(ahead).result()
    clockwork.later(0)
    clockwork.later(60)
    assert clockwork.one(alarm.id).state is AlarmState.ACTIVE


def test_what_was_suppressed_is_heard_when_its_reason_is_no_longer_seen(clockwork: Clockwork) -> None:
    """The camera is back, but its carriers still cannot be judged; or somebody shelves the reason."""
    rate = Health(AlarmKind.LIFT_UNKNOWN_RATE, "lift", True, "20 of 20")
    clockwork.change(LOST)
    clockwork.change(rate)
    clockwork.later(1)
    lost, suppressed = clockwork.standing()[::-1]
    assert (suppressed.state, suppressed.suppressed_by) == (AlarmState.SUPPRESSED, AlarmKind.CAMERA_LOST)
    shelve = partial(lifecycle.shelve, alarm_id=lost.id, actor="Jo", reason="x", now=clockwork.now)
    clockwork.store.write(partial(shelve, until=clockwork.now + MINUTE)).result()
    clockwork.later(0.1)
    heard = clockwork.one(suppressed.id)
    assert (heard.state, heard.suppressed_by) == (AlarmState.ACTIVE, None)


def test_a_flood_is_said_while_it_lasts(clockwork: Clockwork) -> None:
    """Ten alarms in ten minutes; over when the last ten minutes had fewer than five."""
    for _ in range(10):
        clockwork.bar_open()
    clockwork.later(0)
    clockwork.later(5)
    assert [said.flood and said.flood.alarms for said in clockwork.said] == [10]
    clockwork.later(6)
    assert clockwork.said[-1].flood is None


def test_out_of_service_marks_what_stands_and_what_comes_and_ends_by_itself(clockwork: Clockwork) -> None:
    """Nothing vanishes: at its time all is back as it is by then, unseen ones unseen; the audit says both."""
    clockwork.change(LOST)
    (lost,) = clockwork.standing()
    old = clockwork.bar_open()
    elsewhere = clockwork.bar_open("other")
    seen = clockwork.bar_open()
    clockwork.take_out(minutes=60)
    new = clockwork.bar_open()
    states = {alarm.id: alarm.state for alarm in clockwork.standing()}
    out = AlarmState.OUT_OF_SERVICE
    assert states == {lost.id: out, old.id: out, elsewhere.id: AlarmState.ACTIVE, seen.id: out, new.id: out}
    assert clockwork.acknowledge(seen.id).state is out
    clockwork.later(30)
    assert clockwork.one(seen.id).state is AlarmState.CLEARED
    assert clockwork.one(old.id).state is out
    assert [entry.until for entry in clockwork.said[-1].out_of_service] == [NOW + 60 * MINUTE]
    clockwork.change(replace(LOST, active=False))
    clockwork.change(LOST)
    clockwork.change(replace(LOST, active=False))
    clockwork.later(30)
    assert clockwork.said[-1].out_of_service == ()
    back = {alarm.id: alarm.state for alarm in clockwork.standing()}
    assert back == dict.fromkeys((lost.id, old.id, elsewhere.id, new.id), AlarmState.RETURNED)
    with clockwork.store.reading() as session:
        said = [entry for entry in entries.listing(session, action="lift.") if entry.subject == "lift"]
    assert [(entry.action, entry.actor) for entry in said] == [
        ("lift.return_to_service", "system"),
        ("lift.out_of_service", "Jo"),
    ]


def test_a_camera_out_of_service_marks_only_that_it_is_blind(clockwork: Clockwork) -> None:
    """A bar that is seen open all the same calls for somebody."""
    clockwork.take_out(ServiceScope.CAMERA)
    clockwork.change(LOST)
    bar = clockwork.bar_open()
    lost = next(alarm for alarm in clockwork.standing() if alarm.id != bar.id)
    assert (bar.state, lost.state) == (AlarmState.ACTIVE, AlarmState.OUT_OF_SERVICE)


def test_a_lift_is_put_back_by_hand(clockwork: Clockwork) -> None:
    """At once; a lift that is in service cannot be."""
    clockwork.take_out()
    bar = clockwork.bar_open()
    clockwork.store.write(partial(service_state.put_back, lift_id="lift", now=clockwork.now)).result()
    assert clockwork.one(bar.id).state is AlarmState.ACTIVE
    with pytest.raises(NotFoundError, match="is in service"):
        clockwork.store.write(partial(service_state.put_back, lift_id="lift", now=clockwork.now)).result()


@pytest.mark.parametrize(("minutes", "reason"), [(0, "r"), (60 * 24 * 32, "r"), (60, " ")])
def test_out_of_service_needs_an_end_and_a_reason(clockwork: Clockwork, minutes: int, reason: str) -> None:
    """At most a month, and not for nothing."""
    job = partial(service_state.take_out, lift_id="lift", actor="Jo", scope=ServiceScope.LIFT, reason=reason)
    with pytest.raises(ConflictError):
        clockwork.store.write(partial(job, until=NOW + minutes * MINUTE, now=NOW)).result()


def test_a_damaged_alarm_keeps_no_other_from_its_end(clockwork: Clockwork) -> None:
    """Its row cannot be read: the others end all the same."""
    damaged, good = clockwork.bar_open(), clockwork.bar_open()
    statement = text("UPDATE alarms SET parameters = '{' WHERE id = :id")
    clockwork.store.write(lambda s: s.execute(statement, {"id": damaged.id})).result()
    clockwork.later(11)
    assert clockwork.one(good.id).state is AlarmState.RETURNED


def _passage(number: int, at: datetime, verdict: Verdict) -> PassageRecord:
    judgement = Judgement(
        verdict=verdict,
        confidence=0.97,
        margin=-0.5,
        occupied=True,
        occupancy=0.9,
        images=(),
        mask_version=1,
        model="m",
    )
    assert judgement.seat is Seat.OCCUPIED
    return PassageRecord(f"p-{number}", "lift", number, at, 0.0, 1.0, 2.0, judgement, (), left_at=at)


def _run(store: Store, start: datetime, minutes: float, first: int, every_s: float = 8.0) -> int:
    """Let carriers pass as the demonstration's do: every eighth leaves open. Return the next number."""
    for n in range(int(minutes * 60 / every_s)):
        at = start + timedelta(seconds=n * every_s)
        verdict = Verdict.OPEN if n % 8 == 3 else Verdict.CLOSED
        record = _passage(first + n, at, verdict)
        store.write(lambda s, record=record: store_passage(s, record, at=record.seen_at)).result()  # type: ignore[misc]
    return first + int(minutes * 60 / every_s)


@pytest.mark.thorough
def test_half_an_hour_of_a_running_line_leaves_one_standing_group(clockwork: Clockwork) -> None:
    """Thirty minutes, an open carrier a minute, a stop of four in between: one group, one acknowledgement."""
    store = clockwork.store
    number = _run(store, NOW, 15, 0)
    _run(store, NOW + 19 * MINUTE, 11, number)
    clockwork.now = NOW + 30 * MINUTE
    for _ in range(5):
        clockwork.due.step()
    with store.reading() as session:
        (group,) = groups.standing_groups(session)
    assert (group.alarms, group.unacknowledged, group.state) == (24, 24, AlarmState.ACTIVE)
    states = [alarm.state for alarm in clockwork.standing()]
    assert states.count(AlarmState.RETURNED) == 15
    assert acknowledge_group(store, group.id, "Jo", now=clockwork.now) == 24
    assert clockwork.standing() == []


def test_a_line_that_stood_for_ten_minutes_begins_a_new_run(clockwork: Clockwork) -> None:
    """And so does another lift; within a run the group lasts for hours."""
    store = clockwork.store
    number = _run(store, NOW, 2, 0)
    number = _run(store, NOW + 12 * MINUTE, 2, number)
    _run(store, NOW + 14 * MINUTE, 180, number, every_s=240.0)
    with store.reading() as session:
        found = groups.standing_groups(session)
    assert [group.first_raised_at for group in found] == [
        NOW + 12 * MINUTE + timedelta(seconds=24),
        NOW + timedelta(seconds=24),
    ]


def test_who_acknowledges_a_group_acknowledges_what_they_saw(clockwork: Clockwork) -> None:
    """What came after their seq stays unseen; the group stands on with it."""
    first, second = clockwork.bar_open(), clockwork.bar_open()
    assert first.group == second.group == first.id
    group = first.id
    late = clockwork.bar_open()
    assert acknowledge_group(clockwork.store, group, "Jo", up_to=second.seq, now=clockwork.now) == 2
    assert [alarm.id for alarm in clockwork.standing()] == [late.id]
    with pytest.raises(NotFoundError):
        acknowledge_group(clockwork.store, "x", "Jo", now=clockwork.now)
