"""Alarms under every order of what can happen to them, as Hypothesis finds it: no unseen one vanishes."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from service.alarms import conditions, lifecycle
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.errors import ConflictError
from service.domain.health import Health
from service.store import alarms
from tests.service.store.empty import open_empty

LIFTS = st.sampled_from(["north", "south"])
KINDS = st.sampled_from([AlarmKind.CAMERA_LOST, AlarmKind.LOW_VISIBILITY])
CAUSES = st.sampled_from(["", "snow", "covered"])
WHICH = st.integers(0, 30)
MINUTES = st.integers(-10, 26 * 60)


class AlarmsInAnyOrder(RuleBasedStateMachine):
    """A database of alarms, and beside it who has acknowledged which and until when each is shelved."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.store = open_empty(Path(self.folder.name) / "data")
        self.now = datetime(2026, 1, 31, 12, tzinfo=UTC)
        self.unseen: set[str] = set()
        self.until: dict[str, datetime] = {}
        self.passages = 0

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def everything(self) -> list[Alarm]:
        with self.store.reading() as session:
            return list(alarms.listing(session, limit=500).items)

    def one(self, which: int) -> Alarm | None:
        found = self.everything()
        return found[which % len(found)] if found else None

    @rule()
    def a_bar_is_open(self) -> None:
        self.passages += 1
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "north", "open", f"p-{self.passages}")
        raised = self.store.write(partial(alarms.raise_alarm, draft=draft)).result()
        assert raised is not None
        self.unseen.add(raised.id)

    @rule(kind=KINDS, lift=LIFTS, cause=CAUSES, active=st.booleans())
    def a_condition_changes(self, kind: AlarmKind, lift: str, cause: str, active: bool) -> None:
        before = {alarm.id: alarm.state for alarm in self.everything()}
        health = Health(kind, lift, active, "changed", cause)
        self.store.write(partial(conditions.apply, health=health)).result()
        for alarm in self.everything():
            anew = before.get(alarm.id) is not AlarmState.ACTIVE and alarm.state is AlarmState.ACTIVE
            if alarm.id not in before or anew:
                self.unseen.add(alarm.id)
            if alarm.state is not AlarmState.SHELVED:
                self.until.pop(alarm.id, None)

    @rule(which=WHICH)
    def somebody_acknowledges(self, which: int) -> None:
        if (alarm := self.one(which)) is not None:
            with suppress(ConflictError):
                acknowledge = partial(lifecycle.acknowledge, alarm_id=alarm.id, actor="Jo")
                self.store.write(acknowledge).result()
                self.unseen.discard(alarm.id)

    @rule(which=WHICH, minutes=MINUTES)
    def somebody_shelves(self, which: int, minutes: int) -> None:
        if (alarm := self.one(which)) is None:
            return
        until = self.now + timedelta(minutes=minutes)
        named: dict[str, Any] = {"alarm_id": alarm.id, "actor": "Jo", "reason": "x", "until": until}
        with suppress(ConflictError):
            self.store.write(lambda s: lifecycle.shelve(s, now=self.now, **named)).result()
            assert timedelta(0) < until - self.now <= lifecycle.MAX_SHELVE
            self.until[alarm.id] = until

    @rule(minutes=st.integers(1, 25 * 60))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.store.write(partial(lifecycle.expire_shelved, now=self.now)).result()
        self.until = {name: until for name, until in self.until.items() if until > self.now}

    @invariant()
    def whoever_was_not_seen_is_there(self) -> None:
        states = {alarm.id: alarm.state for alarm in self.everything()}
        assert self.unseen <= states.keys()
        assert all(states[name] is not AlarmState.CLEARED for name in self.unseen)
        with self.store.reading() as session:
            listed = {alarm.id for alarm in alarms.listing(session, standing=True, limit=500).items}
        assert self.unseen <= listed

    @invariant()
    def only_what_was_shelved_in_time_is_shelved(self) -> None:
        shelved = {alarm.id for alarm in self.everything() if alarm.state is AlarmState.SHELVED}
        assert shelved == self.until.keys()


@pytest.mark.fault(16)
@pytest.mark.parametrize("examples", [12, pytest.param(400, marks=pytest.mark.slow)])
def test_no_alarm_that_nobody_saw_vanishes_and_shelving_ends(examples: int) -> None:
    """Floods, acknowledging, shelving and conditions that come and go, in any order."""
    checks = [HealthCheck.too_slow]
    chosen = settings(
        max_examples=examples, stateful_step_count=25, deadline=None, suppress_health_check=checks
    )
    run_state_machine_as_test(AlarmsInAnyOrder, settings=chosen)
