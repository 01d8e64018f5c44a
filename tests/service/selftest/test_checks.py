"""What passages say together where people are hidden in some of them."""

from __future__ import annotations

import pytest

from lifts.decision.verdict import Verdict
from service.domain.trials.selftest import PassageSource, ProbedPassage, SelfTestCode, SelfTestResult
from service.selftest.checks import check_alarms, check_state

RIGHT, WRONG = "right", "wrong"
DOUBTFUL = "wrong, hidden, right as it was seen"
UNKNOWN = "wrong, hidden, not known how it was seen"
ONCE = "right, hidden, wrong as it was seen"

PASSED, INCOMPLETE, FAILED = SelfTestResult.PASSED, SelfTestResult.INCOMPLETE, SelfTestResult.FAILED


def probed(number: int, how: str) -> ProbedPassage:
    """An open and occupied carrier."""
    judged = {True: (Verdict.OPEN, True), False: (Verdict.CLOSED, False), None: (None, None)}
    verdict, alarm = judged[how in (RIGHT, ONCE)]
    seen, seen_alarm = judged[{DOUBTFUL: True, ONCE: False}.get(how)]
    hidden, source = how in (DOUBTFUL, UNKNOWN, ONCE), PassageSource.REVIEWED
    return ProbedPassage(
        f"p-{number}", source, Verdict.OPEN, verdict, 0.9, alarm, (), hidden, seen, seen_alarm
    )


@pytest.mark.parametrize(
    ("passages", "result", "code"),
    [
        ([RIGHT], PASSED, SelfTestCode.OK),
        ([WRONG], FAILED, SelfTestCode.MISJUDGED),
        ([RIGHT, RIGHT, WRONG], FAILED, SelfTestCode.MISJUDGED),
        ([DOUBTFUL], INCOMPLETE, SelfTestCode.PEOPLE_HIDDEN),
        ([RIGHT, DOUBTFUL], PASSED, SelfTestCode.OK),
        ([RIGHT, RIGHT, DOUBTFUL], PASSED, SelfTestCode.OK),
        ([RIGHT, DOUBTFUL, DOUBTFUL], FAILED, SelfTestCode.MISJUDGED),
        ([DOUBTFUL, DOUBTFUL], FAILED, SelfTestCode.MISJUDGED),
        ([RIGHT, UNKNOWN], FAILED, SelfTestCode.MISJUDGED),
        ([RIGHT, ONCE], FAILED, SelfTestCode.MISJUDGED),
    ],
)
def test_hidden_people_excuse_no_blindness(
    passages: list[str], result: SelfTestResult, code: SelfTestCode
) -> None:
    """State and alarm alike: never a pass without one that came out right, no failure by one doubt alone."""
    tested = [probed(number, how) for number, how in enumerate(passages)]
    state = check_state(Verdict.OPEN, tested)
    assert (state.result, state.code) == (result, code)
    alarm = check_alarms(tested, {one.id: True for one in tested})
    assert alarm.result is result
    assert alarm.code is (SelfTestCode.NO_ALARM if result is FAILED else code)
