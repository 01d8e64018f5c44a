"""An output that is behind for long is an alarm, until its receiver has everything."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.outputs.follower import Follower
from service.outputs.health import OutputHealth, OutputState
from service.outputs.watch import OutputWatch
from service.store.alarms.history import StoredOutbox
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


def test_behind_for_long_is_an_alarm_once(tmp_path: Path) -> None:
    """It begins after the time that was set, not before, once; and ends with it, or with the output."""
    store, told, slow, now = open_empty(tmp_path), list[Health](), Slow(), [0.0]
    followers = [cast(Follower, slow)]
    aside = dict[str, int]()
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
    watch.resume(["gone"])
    assert at(564, behind=False) == [(False, "gone")]
    followers.append(cast(Follower, slow))
    slow.failing_since_s = None
    aside["slow"] = 2
    assert at(565, behind=True) == [(True, "slow set aside")]
    assert told[0].parameters == {"output": "slow", "set_aside": 2}
    assert at(625, behind=True) == [(True, "slow")], "neither hides the other"
    slow.is_whole = False
    assert at(625.5, behind=True) == [(True, "slow partly")]
    slow.is_whole = True
    assert at(625.7, behind=True) == [(False, "slow partly")]
    aside.clear()
    assert at(626, behind=True) == [(False, "slow set aside")]
    store.close()
