"""Who is called when nobody comes: the steps of a rule, and which of them are due. Pure.

    rules: for one lift and priority, for one lift, for one priority, for all; the narrowest decides
    step 1 after 60 s ─▶ step 2 after 180 s ─▶ …      until somebody acknowledges the alarm

Without any rule there is one step: after a minute the page becomes louder. Every step makes the page louder
still; what else it does (a second person's name, outputs that get the alarm) is a matter of the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EscalationStep:
    """What happens once nobody has acknowledged an alarm for `after_s` seconds.

    outputs: ids of outputs that get the alarm, whatever their filters. person: who is to look, for people.
    """

    after_s: float
    outputs: tuple[str, ...] = ()
    person: str = ""


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """The steps for alarms of one lift (None: all) and one priority (None: all); no steps: none happens."""

    steps: tuple[EscalationStep, ...]
    lift_id: str | None = None
    priority: int | None = None


DEFAULT_STEPS = (EscalationStep(60.0),)
"""Without a rule: the page alone, after a minute."""


@dataclass(frozen=True, slots=True)
class WaitingAlarm:
    """An alarm that nobody has acknowledged: where, for how long it waits, and its level so far, 0 none."""

    id: str
    lift_id: str | None
    priority: int
    waited_s: float
    level: int


@dataclass(frozen=True, slots=True)
class EscalationCall:
    """An alarm that reaches a level: the steps that are behind it, the newest last."""

    alarm_id: str
    level: int
    steps: tuple[EscalationStep, ...]

    @property
    def outputs(self) -> tuple[str, ...]:
        """The outputs of all steps so far, each once."""
        return tuple(dict.fromkeys(output for step in self.steps for output in step.outputs))

    @property
    def person(self) -> str:
        """Who is to look: whom the newest step with a name names."""
        return next((step.person for step in reversed(self.steps) if step.person), "")


def steps_for(
    rules: Sequence[EscalationRule], lift_id: str | None, priority: int
) -> tuple[EscalationStep, ...]:
    """Return the steps of the narrowest rule for a lift's alarms of a priority; DEFAULT_STEPS without any."""
    for lift, level in ((lift_id, priority), (lift_id, None), (None, priority), (None, None)):
        for rule in rules:
            if (rule.lift_id, rule.priority) == (lift, level):
                return rule.steps
    return DEFAULT_STEPS


def calls_due(waiting: Iterable[WaitingAlarm], rules: Sequence[EscalationRule]) -> tuple[EscalationCall, ...]:
    """Return which alarms reach another level now, those that wait the longest first.

    An alarm whose time for several steps has come, as after a stop of the service, reaches the last of them
    at once.
    """
    found = []
    for alarm in waiting:
        steps = steps_for(rules, alarm.lift_id, alarm.priority)
        level = sum(step.after_s <= alarm.waited_s for step in steps)
        if level > alarm.level:
            found.append((alarm.waited_s, EscalationCall(alarm.id, level, steps[:level])))
    return tuple(call for _, call in sorted(found, key=lambda pair: -pair[0]))
