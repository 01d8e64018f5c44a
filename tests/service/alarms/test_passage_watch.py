"""What passages say of the view: too many unknown, carriers of another lift; no all-clear for free."""

import pytest

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.alarms.passage_watch import PassageWatch, ProblemShare
from service.domain.alarm import AlarmKind
from service.domain.health import Health

RIGHT = Judgement(Verdict.CLOSED, 0.987, 0.5, True, 0.9, (), 1, "m")
OTHER, CLOSE_CALL, DARK = unknown(Reason.NOT_THIS_LIFT), unknown(Reason.TOO_CLOSE), unknown(Reason.DARK)


def _changes(watch: PassageWatch, judgements: list[Judgement]) -> list[Health]:
    return [change for judgement in judgements for change in watch.step(judgement)]


def _of_view(changes: list[Health]) -> list[bool]:
    return [change.active for change in changes if change.kind is AlarmKind.VIEW_CHANGED]


def test_a_share_changes_once_each_way() -> None:
    """Of 10: present at the first half with 4 or more known, over at 2 in 10; nothing in between."""
    share = ProblemShare(raise_at=0.5, clear_at=0.2, window=10, minimum=4)
    steps = ["x", "x", None, "x", "x", *[None] * 9]
    changes = [(n, share.active) for n, problem in enumerate(steps) if share.step(problem)]
    # After the 4th step: 3 of 4. Then 10 steps hold 4 of them; the 1st falls out with the 11th, the 2nd with
    # the 12th (2 of 10).
    assert changes == [(3, True), (11, False)]


@pytest.mark.parametrize("problems", [["x"] * 3, [None] * 40, [None, None, "x"] * 20, ["x", "x", None, None]])
def test_few_problems_change_nothing(problems: list[str | None]) -> None:
    """Too few passages to tell, or a share below the limit, say nothing."""
    share = ProblemShare(raise_at=0.5, window=10, minimum=4)
    assert not any(share.step(problem) for problem in problems)


def test_the_alarm_says_what_most_unknown_passages_have() -> None:
    """Most are of another lift: whoever reads the alarm need not look them up."""
    changes = _changes(PassageWatch("lift"), [RIGHT, RIGHT, DARK, OTHER, OTHER])
    assert [(change.kind, change.lift_id, change.active) for change in changes] == [
        (AlarmKind.LIFT_UNKNOWN_RATE, "lift", True)
    ]
    assert changes[0].message == (
        "3 of the last 5 passages could not be judged, "
        "most of them: does not look like a carrier of this lift"
    )


def test_most_passages_of_another_lift_mean_another_view() -> None:
    """Six of ten do not look like this lift's carriers: view_changed says so, until they do again."""
    watch = PassageWatch("lift")
    said = _changes(watch, [RIGHT] * 4 + [OTHER] * 6)
    assert [(change.kind, change.active) for change in said] == [
        (AlarmKind.LIFT_UNKNOWN_RATE, True),
        (AlarmKind.VIEW_CHANGED, True),
    ]
    assert "may show another lift" in said[1].message
    over = _changes(watch, [RIGHT] * 20)
    assert {(change.kind, change.active) for change in over} == {
        (AlarmKind.LIFT_UNKNOWN_RATE, False),
        (AlarmKind.VIEW_CHANGED, False),
    }


@pytest.mark.parametrize(
    "reason", [Reason.DARK, Reason.LATE, Reason.WORKER_DOWN, Reason.OVERLOADED, Reason.NO_MASKS]
)
def test_what_is_unknown_for_another_reason_proves_nothing(reason: Reason) -> None:
    """The camera was turned away, then night falls or the embedder dies: nothing says that all is well."""
    watch = PassageWatch("lift")
    assert _of_view(_changes(watch, [OTHER] * 10)) == [True]
    assert _of_view(_changes(watch, [unknown(reason)] * 100)) == []
    assert _of_view(_changes(watch, [RIGHT] * 100)) == [False]


def test_nor_does_it_speak_against_the_view() -> None:
    """A hundred dark passages are blindness, not another lift; a few wrong ones among them are noticed."""
    watch = PassageWatch("lift")
    assert _of_view(_changes(watch, [DARK] * 100)) == []
    assert _of_view(_changes(watch, [OTHER, DARK, DARK, DARK] * 5)) == [True]


def test_pictures_that_fit_and_are_too_close_to_call_show_this_lift() -> None:
    """They say nothing of the bar, but the carrier was recognised."""
    watch = PassageWatch("lift")
    _changes(watch, [OTHER] * 10)
    assert _of_view(_changes(watch, [CLOSE_CALL] * 40)) == [False]


def test_what_stood_before_a_restart_is_over_only_by_new_passages() -> None:
    """Standing causes are taken over: the first right passage is no all-clear, several are."""
    watch = PassageWatch("lift")
    watch.doubt_verdicts()
    watch.doubt_view()
    assert _changes(watch, [RIGHT] * 4) == []
    over = _changes(watch, [RIGHT])
    assert [(change.cause, change.active) for change in over] == [
        ("unknown passages", False),
        ("another lift", False),
    ]


def test_a_doubted_view_is_confirmed_by_new_passages_alone() -> None:
    """Twenty right passages from before the doubt count for nothing after it."""
    watch = PassageWatch("lift")
    _changes(watch, [RIGHT] * 20)
    watch.doubt_view()
    assert _of_view(_changes(watch, [RIGHT] * 4)) == []
    assert _of_view(_changes(watch, [RIGHT])) == [False]
