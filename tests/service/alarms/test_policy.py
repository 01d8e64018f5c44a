"""What is an alarm and what is none."""

import pytest

from service.alarms.policy import PassageWatch, UnknownRate, health_alarm, passage_alarm
from service.domain.alarm import AlarmKind, Severity
from service.domain.health import Health
from service.domain.verdict import NOT_THIS_LIFT, Judgement, Verdict
from service.inference.judge import unknown

OPEN, CLOSED, UNKNOWN = Verdict.OPEN, Verdict.CLOSED, Verdict.UNKNOWN


def _judgement(verdict: Verdict, occupied: bool) -> Judgement:
    return Judgement(verdict, 0.987, -0.5, occupied, 0.9, (), 1, "m")


def test_only_an_open_bar_with_somebody_on_the_seat_is_an_alarm() -> None:
    """Open and occupied: critical, with passage, verdict and evidence. Everything else is none."""
    draft = passage_alarm("p", "lift", _judgement(OPEN, True), ("/passages/p/pictures/1.jpg",))
    assert draft is not None
    assert (draft.kind, draft.severity, draft.lift_id) == (AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift")
    assert (draft.passage_id, draft.verdict) == ("p", OPEN)
    assert draft.evidence == ("/passages/p/pictures/1.jpg",)
    assert "98.7 %" in draft.message
    for verdict, occupied in [(OPEN, False), (CLOSED, True), (CLOSED, False), (UNKNOWN, True)]:
        assert passage_alarm("p", "lift", _judgement(verdict, occupied), ()) is None
    assert passage_alarm("p", "lift", unknown("dark"), ()) is None


def test_health_is_a_warning_of_its_own_kind() -> None:
    """The alarm of a condition carries its kind, place and words."""
    draft = health_alarm(Health(AlarmKind.CAMERA_FROZEN, "lift", True, "the picture stands still"))
    assert (draft.kind, draft.severity, draft.lift_id) == (AlarmKind.CAMERA_FROZEN, Severity.WARNING, "lift")
    assert draft.message == "the picture stands still"


def test_unknown_rate_is_said_once_and_taken_back_once() -> None:
    """Of 10: raised at the first half unknown with 4 or more known, over at 2 in 10; nothing in between."""
    rate = UnknownRate("lift", window=10, minimum=4, raise_at=0.5, clear_at=0.2)
    steps = [UNKNOWN, UNKNOWN, CLOSED, UNKNOWN, UNKNOWN, *[CLOSED] * 9]
    changes = [(n, change) for n, verdict in enumerate(steps) if (change := rate.step(verdict))]
    # After the 4th step: 3 of 4. Then 10 steps hold 4 unknown; the 1st falls out with the 11th, the 2nd with
    # the 12th (2 of 10).
    assert [(n, change.active) for n, change in changes] == [(3, True), (11, False)]
    assert changes[0][1].message == "3 of the last 4 passages could not be judged"
    assert changes[0][1].lift_id == "lift"


@pytest.mark.parametrize("verdicts", [[UNKNOWN] * 3, [CLOSED, OPEN] * 20, [CLOSED, CLOSED, UNKNOWN] * 20])
def test_few_unknown_verdicts_are_no_alarm(verdicts: list[Verdict]) -> None:
    """Too few passages to tell, or a share below the limit, say nothing."""
    rate = UnknownRate("lift", window=10, minimum=4)
    assert [rate.step(verdict) for verdict in verdicts] == [None] * len(verdicts)


def test_the_alarm_says_what_most_unknown_passages_have() -> None:
    """Three of five are of another lift: whoever reads the alarm need not look them up."""
    rate = UnknownRate("lift", window=10, minimum=5)
    reasons = ["dark", NOT_THIS_LIFT, NOT_THIS_LIFT, NOT_THIS_LIFT]
    assert rate.step(Verdict.CLOSED) is None
    changes = [rate.step(Verdict.UNKNOWN, reason) for reason in reasons]
    assert changes[:3] == [None] * 3
    assert changes[3] is not None
    assert (
        changes[3].message == f"4 of the last 5 passages could not be judged, most of them: {NOT_THIS_LIFT}"
    )


def test_most_passages_of_another_lift_mean_another_view() -> None:
    """Six of ten do not look like this lift's carriers: view_changed says so, until they do again."""
    watch = PassageWatch("lift")
    right, other, dark = _judgement(CLOSED, True), unknown(NOT_THIS_LIFT), unknown("dark")
    said = [change for judgement in [right] * 4 + [other] * 6 for change in watch.step(judgement)]
    assert [(change.kind, change.active) for change in said] == [
        (AlarmKind.LIFT_UNKNOWN_RATE, True),
        (AlarmKind.VIEW_CHANGED, True),
    ]
    assert "may show another lift" in said[1].message
    over = [change for judgement in [right] * 20 for change in watch.step(judgement)]
    assert {(change.kind, change.active) for change in over} == {
        (AlarmKind.LIFT_UNKNOWN_RATE, False),
        (AlarmKind.VIEW_CHANGED, False),
    }
    assert [change.cause for _ in range(20) for change in watch.step(dark)] == ["unknown passages"]
