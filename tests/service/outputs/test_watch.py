"""An output that is behind for long is an alarm, until its receiver has everything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from service.domain.alarm import Alarm, AlarmKind
from service.domain.health import Health
from service.outputs.base.output import Delivery
from service.outputs.follower import Follower
from service.outputs.health import OutputHealth, OutputState
from service.outputs.watch import OutputWatch
from service.store.alarms.history import StoredOutbox
from tests.service.outputs.scripted import Receiver, ScriptedOutput, quick, raise_alarm
from tests.service.outputs.test_follower import cursor, set_up
from tests.service.store.empty import open_empty


class Slow:
    id = "slow"
    failing_since_s: float | None = None
    is_behind = False
    seq: int | None = 3
    is_whole: bool | None = None

    def behind(self, newest: int) -> bool:
        return self.is_behind

    def health(self, newest: int) -> OutputHealth:
        return OutputHealth(OutputState.BEHIND, 3, 2, None, None)


@dataclass(frozen=True)
class Standing:
    cause: str
    parameters: Mapping[str, float | str]


def test_a_list_that_grows_says_so_once(tmp_path: Path) -> None:
    """By its newest entry, not by how many there are: also after a restart, and not when it shrinks."""
    store, told = open_empty(tmp_path), list[Health]()
    followers, aside = [cast(Follower, Slow())], {"slow": (2, 7)}

    def watch() -> OutputWatch:
        return OutputWatch(lambda: followers, StoredOutbox(store), told.append, 60.0, lambda: aside)

    def said(watch: OutputWatch, *found: int) -> list[bool]:
        told.clear()
        aside["slow"] = found[0], found[1]
        watch.step()
        return [each.grows for each in told]

    first = watch()
    assert [said(first, *found) for found in ((2, 7), (2, 7), (1, 7), (1, 9))] == [[False], [], [], [True]]
    assert told[0].parameters["set_aside"] == 1
    later = watch()
    later.resume([cast(Alarm, Standing("slow set aside", told[0].parameters))])
    assert [said(later, *found) for found in ((1, 9), (2, 12), (1, 9))] == [[], [True], []]
    store.close()


@pytest.mark.thorough
def test_a_fault_of_our_own_on_one_alarm_is_said_and_is_nobody_elses(tmp_path: Path) -> None:
    """The output stays before the alarm and says why; the others get it, and their own faults are seen."""
    store, told, now = open_empty(tmp_path), list[Health](), [0.0]
    receivers = {name: Receiver() for name in ("faulty", "filter", "works")}

    def wants(alarm: Alarm, name: str) -> bool:
        if name == "filter" and alarm.passage_id == "p-2":
            raise KeyError(name)
        return True

    followers = []
    for name, receiver in receivers.items():
        set_up(store, name)
        make = partial(FaultyOutput if name == "faulty" else ScriptedOutput, receiver)
        followers.append(Follower(name, make, partial(wants, name=name), store, "e", quick()))
    watch = OutputWatch(
        lambda: followers, StoredOutbox(store), told.append, 60.0, clock=lambda: now[0]
    )  # the one that fails in here comes before the one that works
    for number in (1, 2, 3):
        raise_alarm(store, number)
    for follower in followers:
        follower.runner.start()
    receivers["works"].wait(lambda: receivers["works"].seqs == [1, 2, 3])
    receivers["faulty"].wait(lambda: receivers["faulty"].opened > 2)
    receivers["filter"].wait(lambda: receivers["filter"].opened > 2)
    watch.step()
    now[0] = 61.0
    watch.step()
    for follower in followers:
        follower.runner.stop()
    assert {(each.cause, each.parameters["code"]) for each in told} == {
        ("faulty", "crashed"), ("filter", "crashed")
    }  # fmt: skip
    assert all("KeyError" in each.message and each.active for each in told)
    assert (receivers["faulty"].seqs, cursor(store, "faulty"), cursor(store, "works")) == ([1], 1, 3)
    store.close()


def test_one_that_cannot_be_looked_at_hides_no_other(tmp_path: Path) -> None:
    """It is a fault of the watch's thread, after the others were looked at."""
    store, told, failing = open_empty(tmp_path), list[Health](), Slow()
    failing.id, failing.failing_since_s = "failing", 0.0
    followers = [cast(Follower, Broken()), cast(Follower, failing)]
    watch = OutputWatch(lambda: followers, StoredOutbox(store), told.append, 0.0)
    with pytest.raises(KeyError):
        watch.step()
    assert [each.cause for each in told] == ["failing"]
    store.close()


class Broken(Slow):
    def behind(self, newest: int) -> bool:
        raise KeyError(newest)


class FaultyOutput(ScriptedOutput):
    """Has a fault on the second alarm."""

    async def deliver(self, deliveries: Sequence[Delivery]) -> int:
        if deliveries[0].seq == 2:
            raise KeyError("a fault")
        return await super().deliver(deliveries)


def test_behind_for_long_is_an_alarm_once(tmp_path: Path) -> None:
    """It begins after the time that was set, not before, once; and ends with it, or with the output."""
    store, told, slow, now = open_empty(tmp_path), list[Health](), Slow(), [0.0]
    followers = [cast(Follower, slow)]
    aside = dict[str, tuple[int, int]]()
    watch = OutputWatch(
        lambda: followers, StoredOutbox(store), told.append, 60.0, lambda: aside, lambda: now[0]
    )

    def at(second: float, *, behind: bool) -> list[tuple[bool, str]]:
        told.clear()
        now[0], slow.is_behind = second, behind
        watch.step()
        assert all(health.kind is AlarmKind.OUTPUT_FAILED for health in told)
        return [(health.active, health.cause) for health in told]

    assert at(0, behind=True) == []
    assert at(59, behind=True) == []
    assert at(60, behind=False) == []
    assert at(61, behind=True) == []
    assert at(120, behind=True) == []
    assert at(121, behind=True) == [(True, "slow")]
    assert told[0].parameters == {"output": "slow", "code": "", "waiting": 2}
    assert at(500, behind=True) == []
    assert at(501, behind=False) == [(False, "slow")]
    slow.failing_since_s = 501.0
    assert at(502, behind=False) == []
    assert at(562, behind=False) == [(True, "slow")]
    followers.clear()
    assert at(563, behind=False) == [(False, "slow")]
    watch.resume([cast(Alarm, Standing("gone", {}))])
    assert at(564, behind=False) == [(False, "gone")]
    followers.append(cast(Follower, slow))
    slow.failing_since_s = None
    aside["slow"] = 2, 7
    assert at(565, behind=True) == [(True, "slow set aside")]
    assert (told[0].parameters, told[0].grows) == ({"output": "slow", "set_aside": 2, "newest": 7}, False)
    assert at(625, behind=True) == [(True, "slow")], "neither hides the other"
    slow.is_whole = False
    assert at(625.5, behind=True) == [(True, "slow partly")]
    slow.is_whole = True
    assert at(625.7, behind=True) == [(False, "slow partly")]
    aside.clear()
    assert at(626, behind=True) == [(False, "slow set aside")]
    store.close()
