"""From an alarm that nobody acknowledges to a receiver that has nothing to do with it otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
import stamina

from service.alarms import lifecycle
from service.domain.alarm import Alarm
from service.domain.escalation.plan import EscalationRule, EscalationStep
from service.store import escalations
from tests.service.escalation.test_escalator import Site
from tests.service.outputs.conftest import OutputHouse, make_outputs, until
from tests.service.outputs.scripted import raise_alarm
from tests.service.outputs.webhook.test_webhook import SECRET, Hook

__all__ = ["make_outputs"]


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    with stamina.set_testing(True, attempts=1):
        yield hook
    hook.go_away()


@pytest.mark.parametrize("filters", [{"escalated": True}, {"kinds": ["disk_low"], "lifts": ["other"]}])
def test_nobody_acknowledges_and_the_receiver_of_the_step_hears_of_it(
    make_outputs: Callable[..., OutputHouse], hook: Hook, filters: dict[str, object]
) -> None:
    """Whatever its filters, also if it was away as the step came; then that somebody came."""
    house = make_outputs()
    site = Site(house.store)
    step = EscalationStep(30, ("o",), "Anna")
    house.store.write(partial(escalations.replace, rules=[EscalationRule((step,), None)])).result()
    house.add("webhook", {"url": hook.url}, {"secret": SECRET}, filters)

    def alarm(number: int) -> Alarm:
        return raise_alarm(house.store, number, lift=f"lift-{number}")  # of one lift, one would call for both

    def acknowledge(given: Alarm) -> None:
        job = partial(lifecycle.acknowledge, alarm_id=given.id, actor="Anna")
        house.store.write(job).result()

    site.escalator.step()
    seen, unseen = alarm(1), alarm(2)
    site.move(0)
    site.move(20)
    acknowledge(seen)
    site.move(5)
    hook.go_away()
    site.move(15)
    until(lambda: house.problem)
    hook.come_back()
    until(hook.got)
    acknowledge(unseen)
    until(lambda: len(hook.got()) == 2)
    told = [
        (each["id"], each["state"], each["escalation"], each["escalated_to"], each["escalated_person"])
        for _, each in hook.got()
    ]
    assert told == [
        (unseen.id, "active", 1, ["o"], "Anna"),
        (unseen.id, "acknowledged", 1, ["o"], "Anna"),
    ]
    assert hook.got() == house.committed()[-2:], "as committed, and nothing of what was seen in time"
