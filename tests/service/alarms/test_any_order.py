"""Alarms under every order of what can happen to them, as Hypothesis finds it: no unseen one vanishes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from service.alarms import conditions, lifecycle
from service.alarms.grouped import acknowledge_group
from service.alarms.timed import service_state
from service.alarms.timed.due import AlarmTimes, DueAlarms
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, AlarmState, ServiceScope, Severity
from service.domain.errors import ConflictError, NotFoundError
from service.domain.health import Health
from service.host.clocks.wall_clock import WallClock
from service.store import alarms
from service.store.alarms import groups, history, out_of_service
from service.store.tables import AlarmEventRow
from tests.service.store.empty import open_empty

LIFTS = st.sampled_from(["north", "south"])
KINDS = st.sampled_from(
    [AlarmKind.CAMERA_LOST, AlarmKind.LOW_VISIBILITY, AlarmKind.WORKER_DOWN, AlarmKind.LIFT_UNKNOWN_RATE]
)
CAUSES = st.sampled_from(["", "snow"])
WHICH = st.integers(0, 30)
MINUTES = st.integers(-10, 26 * 60)
ENDS, REALARM = timedelta(minutes=10), timedelta(minutes=60)
MOST_SHELVED = timedelta(hours=24)


class AlarmsInAnyOrder(RuleBasedStateMachine):
    """A database of alarms, and beside it what the outbox has said of each since somebody saw it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = open_empty(Path(self.folder.name) / "data")
        self.now = datetime(2026, 1, 31, 12, tzinfo=UTC)
        clock = WallClock(lambda: self.now, self.counter_s, "boot")
        self.due = DueAlarms(self.store, clock, AlarmTimes(ENDS, REALARM))
        self.unseen: set[str] = set()
        self.until: dict[str, datetime] = {}
        self.first_shelved: dict[str, datetime] = {}
        self.acknowledged: dict[str, datetime] = {}
        self.out: dict[str, datetime] = {}
        self.passages = self.seq = 0
        self.all: dict[str, Alarm] = {}

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def counter_s(self) -> float:
        return self.now.timestamp()

    def one(self, which: int) -> str:
        names = list(self.all)
        return names[which % len(names)] if names else "none"

    @rule(lift=LIFTS, severity=st.sampled_from(list(Severity)))
    def a_bar_is_open(self, lift: str, severity: Severity) -> None:
        self.passages += 1
        draft = AlarmDraft(AlarmKind.BAR_OPEN, severity, lift, "open", f"p-{self.passages}")
        raised = self.store.write(partial(alarms.raise_alarm, draft=draft, at=self.now)).result()
        assert raised is not None
        assert raised.group is not None

    @rule(kind=KINDS, lift=LIFTS, cause=CAUSES, active=st.booleans())
    def a_condition_changes(self, kind: AlarmKind, lift: str, cause: str, active: bool) -> None:
        health = Health(kind, lift, active, "changed", cause)
        self.store.write(partial(conditions.apply, health=health, at=self.now)).result()

    @rule(which=WHICH)
    def somebody_acknowledges(self, which: int) -> None:
        with suppress(ConflictError, NotFoundError):
            acknowledge = partial(lifecycle.acknowledge, alarm_id=self.one(which), actor="Jo", now=self.now)
            self.store.write(acknowledge).result()

    @rule(lift=LIFTS)
    def somebody_acknowledges_a_group(self, lift: str) -> None:
        with self.store.reading() as session:
            found = [group for group in groups.standing_groups(session) if group.lift_id == lift]
        for group in found[:1]:
            acknowledge_group(self.store, group.id, "Jo", now=self.now)

    @rule(which=WHICH, minutes=MINUTES)
    def somebody_shelves(self, which: int, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        shelve = partial(
            lifecycle.shelve, alarm_id=self.one(which), actor="Jo", until=until, reason="x", now=self.now
        )
        with suppress(ConflictError, NotFoundError):
            shelved = self.store.write(shelve).result()
            assert timedelta(0) < until - self.now <= MOST_SHELVED
            assert shelved.severity is not Severity.CRITICAL or shelved.id not in self.unseen
            self.until[shelved.id] = until
            assert until - self.first_shelved.setdefault(shelved.id, self.now) <= MOST_SHELVED

    @rule(which=WHICH)
    def somebody_unshelves(self, which: int) -> None:
        with suppress(ConflictError, NotFoundError):
            unshelve = partial(lifecycle.unshelve, alarm_id=self.one(which), actor="Jo", now=self.now)
            self.store.write(unshelve).result()

    @rule(lift=LIFTS, scope=st.sampled_from(list(ServiceScope)), minutes=MINUTES)
    def a_lift_goes_out_of_service(self, lift: str, scope: ServiceScope, minutes: int) -> None:
        until = self.now + timedelta(minutes=minutes)
        take = partial(
            service_state.take_out,
            lift_id=lift,
            actor="Jo",
            scope=scope,
            until=until,
            reason="x",
            now=self.now,
        )
        with suppress(ConflictError):
            self.store.write(partial(take, now=self.now)).result()
            assert until > self.now
            self.out[lift] = until

    @rule(lift=LIFTS)
    def a_lift_is_put_back(self, lift: str) -> None:
        with suppress(NotFoundError):
            self.store.write(partial(service_state.put_back, lift_id=lift, now=self.now)).result()
            assert self.out.pop(lift) is not None

    @rule(minutes=st.one_of(st.integers(1, 90), st.integers(1, 25 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.store.write(partial(lifecycle.expire_shelved, now=self.now)).result()
        for _ in range(3):  # what one turn brings back, the next one marks, ends or lets call again
            self.due.step()
        self.until = {name: until for name, until in self.until.items() if until > self.now}
        self.out = {lift: until for lift, until in self.out.items() if until > self.now}
        self.take_in_what_was_said()
        for alarm in self.all.values():
            late = alarm.kind is AlarmKind.BAR_OPEN and alarm.raised_at <= self.now - ENDS
            assert not late or alarm.ended_at is not None, "every alarm of the bar ends"
            seen_at = self.acknowledged.get(alarm.id)
            stays = alarm.state is AlarmState.ACKNOWLEDGED and alarm.kind is not AlarmKind.BAR_OPEN
            assert not stays or seen_at is None or seen_at > self.now - REALARM, "it calls again"

    @invariant()
    def all_holds(self) -> None:
        self.take_in_what_was_said()
        self.whoever_was_not_seen_is_there()
        self.only_what_was_shelved_in_time_is_shelved()
        self.only_what_was_taken_out_of_service_is_out()

    def take_in_what_was_said(self) -> None:
        """Follow the outbox as a subscriber does: without a gap."""
        query = select(AlarmEventRow.seq, AlarmEventRow.action).where(AlarmEventRow.seq > self.seq)
        with self.store.reading() as session:
            said = {row.seq: row.action for row in session.execute(query)}
            entries = history.outbox(session, self.seq, limit=1000)
        assert [entry.seq for entry in entries] == list(range(self.seq + 1, self.seq + 1 + len(said)))
        for entry in entries:
            alarm, action = entry.alarm, said[entry.seq]
            assert alarm is not None
            self.seq, self.all[alarm.id] = entry.seq, alarm
            if action == "acknowledge":
                self.unseen.discard(alarm.id)
                self.first_shelved.pop(alarm.id, None)
                self.acknowledged[alarm.id] = self.now
            elif alarm.state is AlarmState.ACTIVE or (
                action == "raise" and alarm.state is AlarmState.OUT_OF_SERVICE
            ):
                self.unseen.add(alarm.id)
                self.acknowledged.pop(alarm.id, None)
            if alarm.state is not AlarmState.SHELVED:
                self.until.pop(alarm.id, None)

    def whoever_was_not_seen_is_there(self) -> None:
        with self.store.reading() as session:
            listed = alarms.listing(session, standing=True, limit=500).items
        assert self.unseen <= {alarm.id for alarm in listed}
        assert all(self.all[name].state is not AlarmState.CLEARED for name in self.unseen)
        assert [alarm.priority for alarm in listed] == sorted(alarm.priority for alarm in listed)

    def only_what_was_shelved_in_time_is_shelved(self) -> None:
        shelved = {alarm.id for alarm in self.all.values() if alarm.state is AlarmState.SHELVED}
        assert shelved == self.until.keys()

    def only_what_was_taken_out_of_service_is_out(self) -> None:
        with self.store.reading() as session:
            entries = {entry.lift_id: entry for entry in out_of_service.listing(session)}
        assert entries.keys() == self.out.keys()
        for alarm in self.all.values():
            entry = entries.get(alarm.lift_id or "")
            if alarm.state is AlarmState.OUT_OF_SERVICE:
                assert entry is not None
                assert entry.covers(alarm.kind)
            elif entry is not None and entry.covers(alarm.kind):
                assert alarm.state is not AlarmState.ACTIVE


@pytest.mark.thorough
@pytest.mark.fault(16)
@pytest.mark.parametrize(
    ("examples", "steps"),
    [(5, 80), pytest.param(1000, 100, marks=[pytest.mark.slow, pytest.mark.timeout(7200)])],
    ids=["4e2", "1e5"],
)
def test_no_alarm_that_nobody_saw_vanishes_and_shelving_ends(examples: int, steps: int) -> None:
    """Floods, acknowledging, shelving, lifts out of service and conditions that come and go, in any order."""
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large]
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=checks
    )
    run_state_machine_as_test(AlarmsInAnyOrder, settings=chosen)
