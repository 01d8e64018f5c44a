"""Chatter: a condition that comes and goes is one alarm, and says so; one that does not is as it was."""

from hypothesis import given
from hypothesis import strategies as st

from service.alarms.chatter import QUIET_S, TIMES, WITHIN_S, Chatter
from service.domain.alarm import CHATTERING, AlarmKind
from service.domain.health import Health

ON = Health(AlarmKind.CAMERA_LOST, "l", True, "no frames", "no_frames", {"silent_s": 8})
OFF = Health(AlarmKind.CAMERA_LOST, "l", False, "frames again", "no_frames")


class Line:
    """A condition that is changed by hand, on a clock that is set by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.chatter = Chatter(lambda: self.now_s)

    def change(self, health: Health, after_s: float = 1.0) -> Health | None:
        self.now_s += after_s
        return self.chatter.take(health)


def test_what_comes_and_goes_slowly_does_not_chatter() -> None:
    """Each beginning and each end counts, for ever, where there are fewer than three within a minute."""
    line = Line()
    for _ in range(20):
        assert line.change(ON, WITHIN_S / 2) is ON
        assert line.change(OFF, WITHIN_S / 2) is OFF


def test_the_third_beginning_within_a_minute_is_said_to_chatter() -> None:
    """Its number is among the parameters, beside those of the condition; its end is held back."""
    line = Line()
    taken = [line.change(health) for health in (ON, OFF, ON, OFF, ON, OFF)]
    assert taken[:4] == [ON, OFF, ON, OFF]
    marked = taken[4]
    assert marked is not None
    assert marked.parameters == {"silent_s": 8, CHATTERING: TIMES}
    assert marked.message.startswith("no frames; it comes and goes")
    assert taken[5] is None


def test_the_end_counts_once_it_has_been_quiet_for_a_minute() -> None:
    """Not before, not if it begins again; then the next beginning is an ordinary one."""
    line = Line()
    for health in (ON, OFF, ON, OFF, ON, OFF):
        line.change(health)
    line.now_s += QUIET_S - 1
    assert line.chatter.ended() == []
    assert line.change(ON, 0.0) is not None
    line.now_s += 2 * QUIET_S
    assert line.chatter.ended() == []
    line.change(OFF)
    line.now_s += QUIET_S
    assert line.chatter.ended() == [OFF]
    assert line.chatter.ended() == []
    assert not line.chatter.holds
    assert line.change(ON) is ON


def test_other_causes_do_not_chatter_with_it() -> None:
    """Another cause, kind or lift has its own count."""
    line = Line()
    for health in (ON, OFF, ON, OFF, ON, OFF):
        line.change(health)
    dark = Health(AlarmKind.LOW_VISIBILITY, "l", True, "dark", "dark")
    assert line.change(dark) is dark
    elsewhere = Health(AlarmKind.CAMERA_LOST, "m", True, "no frames", "no_frames")
    assert line.change(elsewhere) is elsewhere


def test_a_lift_that_is_gone_holds_nothing_back() -> None:
    """Its ends count at once."""
    line = Line()
    for health in (ON, OFF, ON, OFF, ON, OFF):
        line.change(health)
    assert line.chatter.forget("other") == []
    assert line.chatter.forget("l") == [OFF]
    assert not line.chatter.holds


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 90.0)), max_size=40))
def test_what_counts_ends_as_it_is(changes: list[tuple[bool, float]]) -> None:
    """Whatever comes in whatever rhythm: a minute of quiet later, what counts last is what was said last."""
    line, said = Line(), [False]
    for active, after_s in changes:
        counted = line.change(ON if active else OFF, after_s)
        said += [over.active for over in line.chatter.ended()]
        if counted is not None:
            said.append(counted.active)
    line.now_s += QUIET_S
    said += [over.active for over in line.chatter.ended()]
    assert said[-1] is (changes[-1][0] if changes else False)
