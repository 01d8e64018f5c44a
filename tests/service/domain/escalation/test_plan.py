"""Which steps are due: worked out without clock or database."""

from service.domain.escalation.plan import (
    DEFAULT_STEPS,
    EscalationRule,
    EscalationStep,
    WaitingAlarm,
    calls_due,
    steps_for,
)

FIRST, SECOND = EscalationStep(30, ("pager",), "Anna"), EscalationStep(90, ("pager", "siren"))
ALL = EscalationRule((FIRST, SECOND))


def levels(*waited: tuple[float, int], rules: tuple[EscalationRule, ...] = (ALL,)) -> dict[str, int]:
    alarms = [WaitingAlarm(f"a{n}", "l", 2, time, level) for n, (time, level) in enumerate(waited)]
    return {call.alarm_id: call.level for call in calls_due(alarms, rules)}


def test_each_step_comes_once_and_in_its_time() -> None:
    """At its very second, not before; what has reached a level is not called for it again."""
    assert levels((29.9, 0), (30, 0), (89.9, 1), (90, 1), (500, 2)) == {"a1": 1, "a3": 2}
    assert levels((500, 0)) == {"a0": 2}  # both at once, after a stop of the service
    waits = [WaitingAlarm(name, "l", 2, time, 0) for name, time in (("new", 31), ("old", 60))]
    assert [call.alarm_id for call in calls_due(waits, [ALL])] == ["old", "new"]


def test_a_call_says_who_and_what_so_far() -> None:
    """The outputs of every step, each once; the last named person, until another one is named."""
    (call,) = calls_due([WaitingAlarm("a", "l", 2, 100, 0)], [ALL])
    assert (call.outputs, call.person) == (("pager", "siren"), "Anna")


def test_the_narrowest_rule_decides() -> None:
    """Lift and priority, then lift, then priority, then all; without any the page alone, after a minute."""
    rules = [
        EscalationRule((EscalationStep(n),), lift, priority)
        for n, (lift, priority) in enumerate([(None, None), (None, 1), ("l", None), ("l", 1)], 1)
    ]
    cases = (("l", 1, 4), ("l", 2, 3), ("m", 1, 2), (None, 1, 2), ("m", 2, 1), (None, 2, 1))
    for lift, priority, expected in cases:
        assert steps_for(rules, lift, priority) == (EscalationStep(expected),)
        assert steps_for(list(reversed(rules)), lift, priority) == (EscalationStep(expected),)
    assert steps_for([], "l", 1) == DEFAULT_STEPS == (EscalationStep(60.0),)
    off = [EscalationRule((), "l")]
    assert levels((500, 0), rules=tuple(off)) == {}
    assert steps_for(off, "m", 1) == DEFAULT_STEPS
