"""Several causes of one alarm: it stands as long as any of them, and says which."""

from service.alarms.causes import Causes
from service.domain.alarm import AlarmKind
from service.domain.health import Health

UNKNOWN, VIEW = AlarmKind.LIFT_UNKNOWN_RATE, AlarmKind.VIEW_CHANGED


def change(active: bool, cause: str, kind: AlarmKind = UNKNOWN, lift: str = "lift") -> Health:
    return Health(kind, lift, active, f"{cause} {active}", cause)


def test_one_cause_comes_and_goes_as_it_is_said() -> None:
    """Said twice it is told twice: whoever raises alarms knows which stand."""
    causes = Causes()
    on, off = change(True, "a"), change(False, "a")
    assert [causes.step(each) for each in (on, on, off)] == [[on], [on], [off]]


def test_an_alarm_stands_until_its_last_cause_is_over() -> None:
    """The second cause takes the alarm over, with its own message; one that was never shown goes quietly."""
    causes = Causes()
    a, b, c = (change(True, cause) for cause in "abc")
    assert [causes.step(each) for each in (a, b, c)] == [[a], [], []]
    assert causes.step(change(False, "c")) == []
    assert causes.step(change(False, "a")) == [change(False, "a"), b]
    assert causes.step(change(False, "b")) == [change(False, "b")]


def test_kinds_and_lifts_are_apart() -> None:
    """What is wrong with one lift or with the view says nothing of others."""
    causes = Causes()
    assert causes.step(change(True, "a")) == [change(True, "a")]
    assert causes.step(change(True, "a", VIEW)) == [change(True, "a", VIEW)]
    assert causes.step(change(True, "b", lift="other")) == [change(True, "b", lift="other")]


def test_an_end_without_a_cause_ends_all() -> None:
    """A lift that is gone has no troubles left; what nobody heard of may stand in the store all the same."""
    causes = Causes()
    causes.step(change(True, "a"))
    causes.step(change(True, "b"))
    gone = change(False, "")
    assert causes.step(gone) == [gone]
    assert causes.step(change(True, "b")) == [change(True, "b")]
    unheard = change(False, "x", VIEW)
    assert causes.step(unheard) == [unheard]
