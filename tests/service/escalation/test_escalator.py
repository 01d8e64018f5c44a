"""Alarms that nobody acknowledges, with clocks that the test moves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from service.alarms import lifecycle
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.escalation.plan import EscalationRule, EscalationStep
from service.escalation.escalator import Escalator
from service.outputs.base.filters import OutputFilter
from service.store import alarms, escalations
from service.store.alarms import history
from service.store.audit import entries
from service.store.database import Store
from service.store.tables import AlarmRow
from tests.service.store.empty import open_empty

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
STEPS = EscalationStep(30, ("pager",), "Anna"), EscalationStep(90, ("siren",))


@dataclass
class Site:
    """A database, and an escalator whose clocks stand until they are moved."""

    store: Store
    now: datetime = NOON
    mono_s: float = 1000.0
    escalator: Escalator = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """A new process: another monotonic clock, and nothing remembered."""
        self.mono_s = 5.0
        self.escalator = Escalator(self.store, lambda: self.now, lambda: self.mono_s)

    def move(self, seconds: float, *, wall: float | None = None) -> None:
        self.mono_s += seconds
        self.now += timedelta(seconds=seconds if wall is None else wall)
        self.escalator.step()

    def do(self, job: Any, **arguments: Any) -> Any:
        return self.store.write(partial(job, **arguments)).result()

    def rule(self, *steps: EscalationStep, lift_id: str | None = None) -> None:
        self.do(escalations.replace, rules=[EscalationRule(steps, lift_id)])

    def lose_camera(self, lift_id: str | None = None) -> Alarm:
        draft = AlarmDraft(AlarmKind.CAMERA_LOST, Severity.WARNING, lift_id, "m")
        found: Alarm = self.do(alarms.raise_alarm, draft=draft, at=self.now)
        return found

    def alarm(self, alarm_id: str) -> Alarm:
        with self.store.reading() as session:
            return alarms.get(session, alarm_id)

    def seqs(self) -> list[int]:
        with self.store.reading() as session:
            return [entry.seq for entry in alarms.outbox(session, 0)]


@pytest.fixture
def site(tmp_path: Path) -> Any:
    made = Site(open_empty(tmp_path / "data"))
    yield made
    made.store.close()


def test_nobody_comes(site: Site) -> None:
    """Each step changes the alarm under the next seq, with an entry of the audit, and comes once."""
    site.rule(*STEPS)
    lost = site.lose_camera()
    site.move(29)
    assert site.alarm(lost.id).escalation == 0
    site.move(1.5)
    first = site.alarm(lost.id)
    assert (first.escalation, first.escalated_to, first.escalated_person) == (1, ("pager",), "Anna")
    assert first.state is AlarmState.ACTIVE
    for _ in range(5):
        site.move(5)
    assert site.seqs() == [1, 2]
    site.move(60)
    last = site.alarm(lost.id)
    assert (last.escalation, last.escalated_to, last.escalated_person) == (2, ("pager", "siren"), "Anna")
    site.move(10_000)
    assert site.seqs() == [1, 2, 3]
    with site.store.reading() as session:
        actions = [event.action for event in history.events(session, lost.id)]
        assert actions == ["raise", "escalate", "escalate"]
        audited = [row for row in entries.listing(session) if row.action == "alarm.escalate"]
        assert [(row.subject, row.actor) for row in audited] == [(lost.id, "system")] * 2
        sent = [entry.alarm for entry in alarms.outbox(session, 0)]
    assert [alarm.escalation for alarm in sent if alarm is not None] == [0, 1, 2]


def test_by_default_the_page_alone(site: Site) -> None:
    """After a minute, without any rule: no output gets anything, and nobody is named."""
    lost = site.lose_camera()
    site.move(59)
    site.move(2)
    found = site.alarm(lost.id)
    assert (found.escalation, found.escalated_to, found.escalated_person) == (1, (), "")


def test_who_acknowledges_ends_it(site: Site) -> None:
    """No step after that; one that calls again waits anew, from nothing."""
    site.rule(*STEPS)
    lost = site.lose_camera()
    site.move(1)
    site.move(30)
    site.do(lifecycle.acknowledge, alarm_id=lost.id, actor="x")
    site.move(1000)
    assert site.alarm(lost.id).escalation == 1  # how far it came
    again = {"state": AlarmState.ACTIVE.value, "announced_at": site.now}
    site.do(lambda session: session.execute(update(AlarmRow).values(again)))
    assert site.alarm(lost.id).escalation == 0
    assert site.alarm(lost.id).escalated_to == ()
    site.move(29)
    assert site.alarm(lost.id).escalation == 0
    site.move(2)
    assert site.alarm(lost.id).escalation == 1


def test_what_is_over_waits_all_the_same(site: Site) -> None:
    """A condition that ended before anybody saw it; a shelved one does not call."""
    site.rule(*STEPS)
    lost = site.lose_camera()
    site.do(lifecycle.clear, alarm_id=lost.id)
    site.move(31)
    site.move(31)
    assert site.alarm(lost.id).escalation == 1
    away = AlarmDraft(AlarmKind.OVERLOADED, Severity.WARNING, None, "m")
    shelved = site.do(alarms.raise_alarm, draft=away, at=site.now)
    until = site.now + timedelta(hours=1)
    site.do(lifecycle.shelve, alarm_id=shelved.id, actor="x", until=until, reason="r", now=site.now)
    site.move(500)
    assert site.alarm(shelved.id).escalation == 0


def test_a_restart_neither_repeats_nor_forgets(site: Site) -> None:
    """What has waited goes on waiting, for as long as nobody watched too; a level is not given twice."""
    site.rule(*STEPS)
    lost = site.lose_camera()
    site.move(1)
    site.move(30)
    site.now += timedelta(seconds=20)
    site.restart()
    site.move(0.1)
    assert (site.alarm(lost.id).escalation, site.seqs()) == (1, [1, 2])
    site.now += timedelta(seconds=100)
    site.restart()
    site.move(0.1)
    assert (site.alarm(lost.id).escalation, site.seqs()) == (2, [1, 2, 3])


def test_a_clock_that_is_set_hurries_nothing(site: Site) -> None:
    """A new alarm waits by the counter that nobody sets, whatever the wall clock says."""
    site.rule(*STEPS)
    site.move(1)
    lost = site.lose_camera()
    site.move(1, wall=7200)
    assert site.alarm(lost.id).escalation == 0
    site.move(10, wall=-9000)
    assert site.alarm(lost.id).escalation == 0
    site.move(20, wall=0)
    assert site.alarm(lost.id).escalation == 1


def test_a_group_calls_once(site: Site) -> None:
    """Of the open bars of one run the one that waits the longest; the next waits from when it is seen."""
    site.rule(*STEPS)
    bars = []
    for n in range(3):
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, None, "m", passage_id=f"p{n}")
        bars.append(site.do(alarms.raise_alarm, draft=draft, at=site.now))
        site.move(1)
    site.do(lambda session: session.execute(update(AlarmRow).values(group=bars[0].id)))
    site.move(32)
    assert [site.alarm(bar.id).escalation for bar in bars] == [1, 0, 0]
    site.do(lifecycle.acknowledge, alarm_id=bars[0].id, actor="x")
    site.move(1)
    assert [site.alarm(bar.id).escalation for bar in bars] == [1, 0, 0]
    site.move(30)
    assert [site.alarm(bar.id).escalation for bar in bars] == [1, 1, 0]


def test_a_lift_has_rules_of_its_own(site: Site) -> None:
    """No steps: nothing happens there, and elsewhere the default holds. A damaged rule is left out."""
    site.rule(lift_id=None)
    lost = site.lose_camera()
    site.move(500)
    assert site.alarm(lost.id).escalation == 0
    table = "UPDATE escalation_rules SET steps = '{}'"
    site.do(lambda session: session.connection().exec_driver_sql(table))
    site.move(1)
    assert site.alarm(lost.id).escalation == 1
    assert site.store.damaged.counts() == {"escalation_rules": 1}


def test_an_output_for_what_was_escalated(site: Site) -> None:
    """Named by a step it gets the alarm whatever its filters; one for escalated ones gets nothing else."""
    site.rule(*STEPS)
    lost = site.lose_camera()
    site.move(1)
    pager = OutputFilter(kinds=(AlarmKind.BAR_OPEN,), escalated=True)
    assert not pager.wants(site.alarm(lost.id), "pager")
    site.move(30)
    found = site.alarm(lost.id)
    assert pager.wants(found, "pager")
    assert not pager.wants(found, "siren")
    site.do(lifecycle.acknowledge, alarm_id=lost.id, actor="x")
    assert pager.wants(site.alarm(lost.id), "pager")  # who was called hears that somebody came
    assert OutputFilter.of({"escalated": True}) == OutputFilter(escalated=True)
