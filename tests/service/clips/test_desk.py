"""Which clips are awaited: each alarm's once, for as long as its camera may still answer."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from service.clips.desk import MOST_MADE, MOST_OPEN, PATIENCE_S, ClipDesk
from service.domain.alarm import Alarm, AlarmKind, AlarmState, Severity
from service.domain.evidence.clip import ClipMade, NoClip

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ALARM = Alarm(
    "a1", 1, AlarmKind.BAR_OPEN, Severity.CRITICAL, "quad", "p-1", NOW, AlarmState.ACTIVE, None, (), "open"
)


@pytest.fixture
def times() -> list[float]:
    """The monotonic clock."""
    return [100.0]


@pytest.fixture
def desk(times: list[float]) -> ClipDesk:
    return ClipDesk(lambda: times[0], lambda: NOW)


def _taken(desk: ClipDesk) -> list[NoClip | None]:
    return [outcome[1].none for outcome in iter(desk.take, None)]


def test_an_alarm_is_asked_for_at_its_camera_once(desk: ClipDesk) -> None:
    """Its moment is when the carrier left; what happens to the alarm later asks for nothing."""
    left = replace(ALARM, left_at=NOW - timedelta(seconds=1.5))
    desk.on_alarms([left, left])
    desk.on_alarms([replace(left, state=AlarmState.ACKNOWLEDGED), replace(left, seq=3)])
    assert desk.wanted("other") == ()
    (wanted,) = desk.wanted("quad")
    assert (wanted.alarm_id, wanted.passage_id, wanted.at_mono_s) == ("a1", "p-1", 98.5)
    assert desk.wanted("quad") == ()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": AlarmKind.SERVICE_DOWN},
        {"kind": AlarmKind.DISK_LOW, "lift_id": None},
        {"state": AlarmState.CLEARED},
    ],
)
def test_what_no_camera_shows_is_not_asked_for(desk: ClipDesk, change: dict[str, object]) -> None:
    """Alarms of the machine, and what is only recorded."""
    desk.on_alarms([replace(ALARM, **change)])  # type: ignore[arg-type]
    assert desk.wanted("quad") == ()
    assert not desk.is_waiting


def test_a_lift_without_clips_is_not_asked(desk: ClipDesk) -> None:
    """Its people are hidden, whatever the service does elsewhere; until that is taken back."""
    desk.has_clips("quad", False)
    desk.on_alarms([ALARM])
    assert not desk.is_waiting
    desk.has_clips("quad", True)
    desk.on_alarms([ALARM])
    assert len(desk.wanted("quad")) == 1


def test_a_camera_that_does_not_answer_is_given_up(desk: ClipDesk, times: list[float]) -> None:
    """After a while the alarm has no clip, with the reason; what comes then is dropped."""
    desk.on_alarms([ALARM])
    assert desk.take() is None
    times[0] += PATIENCE_S + 0.1
    assert _taken(desk) == [NoClip.NO_ANSWER]
    desk.made(ClipMade("a1", np.zeros(3, np.uint8)))
    assert _taken(desk) == []


def test_what_waits_is_bounded(desk: ClipDesk) -> None:
    """Neither a flood of alarms nor a slow disk lets it grow: the rest have no clip, with the reason."""
    desk.on_alarms([replace(ALARM, id=f"a{number}") for number in range(MOST_OPEN + 1)])
    assert _taken(desk) == [NoClip.BUSY]
    assert len(desk.wanted("quad")) == MOST_OPEN
    for number in range(MOST_MADE + 2):
        desk.made(ClipMade(f"a{number}", np.zeros(3, np.uint8)))
    assert _taken(desk) == [None] * MOST_MADE + [NoClip.BUSY] * 2


def test_an_alarm_of_long_ago_is_not_asked_for(desk: ClipDesk) -> None:
    """No camera holds so much: a late one has none, with the reason. What changes later asks for nothing."""
    desk.on_alarms([replace(ALARM, left_at=NOW - timedelta(minutes=1))])
    assert _taken(desk) == [NoClip.NO_PICTURES]
    desk.on_alarms([replace(ALARM, id="old", raised_at=NOW - timedelta(minutes=1))])
    assert _taken(desk) == []


def test_a_made_clip_is_given_out(desk: ClipDesk) -> None:
    """With the alarm that it is of."""
    desk.on_alarms([ALARM])
    desk.made(ClipMade("a1", np.zeros(3, np.uint8), "h264", -8.2, 4.0))
    outcome = desk.take()
    assert outcome is not None
    assert (outcome[0].lift_id, outcome[0].at, outcome[1].codec) == ("quad", NOW, "h264")
    assert desk.take() is None


def test_the_end_of_the_service_asks_at_once(desk: ClipDesk) -> None:
    """Whether or not the wish was given out; what comes later is not asked for, the rest is given up."""
    desk.on_alarms([ALARM])
    (wanted,) = desk.wanted("quad")
    desk.on_alarms([replace(ALARM, id="a2", lift_id="six")])
    desk.end()
    assert desk.wanted("quad") == [replace(wanted, at_once=True)]
    assert [each.at_once for each in desk.wanted("six")] == [False, True]
    desk.on_alarms([replace(ALARM, id="a3")])
    assert desk.wanted("quad") == ()
    desk.made(ClipMade("a1", np.zeros(3, np.uint8), cut_short=True))
    desk.give_up()
    assert _taken(desk) == [None, NoClip.SERVICE_ENDED]
    assert not desk.is_waiting


def test_what_is_awaited_is_said_once(desk: ClipDesk) -> None:
    """To whoever leaves word of it; what has come by then is no longer awaited."""
    desk.on_alarms([ALARM, replace(ALARM, id="a2")])
    desk.made(ClipMade("a1", np.zeros(3, np.uint8)))
    assert [each.alarm_id for each in desk.opened()] == ["a2"]
    assert list(desk.opened()) == []
