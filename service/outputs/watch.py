"""Raises `output_failed` for an output that is behind for long or has set alarms aside, until it is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.host.runner import Runner
from service.outputs.follower import Follower
from service.store.alarms.history import StoredOutbox

EVERY_S = 1.0

SET_ASIDE, PARTLY = " set aside", " partly"
"""What the causes of such alarms end with, after the output's id, which has no blank: other alarms than of
one that is behind, so that none hides another. PARTLY: taken, and refused for some who should get it."""


class OutputWatch:
    """Looks at followers; none of them can hold it up.

    Args:
        followers: those that run now.
        outbox: what there is to deliver.
        take: takes changes in health.
        behind_s: how long an output may be behind, or fail, before it is an alarm.
        set_aside: how many alarms each output has set aside, but for those about outputs.
        clock: time.monotonic, or a test's own.
    """

    def __init__(
        self,
        followers: Callable[[], Collection[Follower]],
        outbox: StoredOutbox,
        take: Callable[[Health], object],
        behind_s: float,
        set_aside: Callable[[], Mapping[str, int]] = dict,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._followers, self._outbox, self._take = followers, outbox, take
        self._behind_s, self._set_aside, self._clock = behind_s, set_aside, clock
        self._since_s: dict[str, float] = {}
        self._reported: set[str] = set()
        self.runner = Runner("outputs", self.step, every_s=EVERY_S)

    def resume(self, reported: Collection[str]) -> None:
        """Take over which causes' alarms an earlier run left standing."""
        self._reported |= set(reported)

    def step(self) -> None:
        """Look once; raises StoreError."""
        newest, now_s = self._outbox.newest(), self._clock()
        followers = {follower.id: follower for follower in self._followers()}
        for cause in [each for each in self._reported if each.partition(" ")[0] not in followers]:
            self._over(cause, "The output is off")
        self._look_at_set_aside(followers)
        self._look_at_parts(followers, newest)
        for output_id, follower in followers.items():
            if follower.failing_since_s is None and not follower.behind(newest):
                self._since_s.pop(output_id, None)
                if output_id in self._reported and follower.seq is not None:
                    self._over(output_id, "The output has delivered everything")
                continue
            since_s = self._since_s.setdefault(output_id, now_s)
            if now_s - since_s >= self._behind_s and output_id not in self._reported:
                self._begun(follower, newest)

    def _look_at_set_aside(self, followers: Mapping[str, Follower]) -> None:
        counts = self._set_aside()
        for output_id in followers:
            cause, count = output_id + SET_ASIDE, counts.get(output_id, 0)
            if not count and cause in self._reported:
                self._over(cause, "Nothing is set aside any more")
            elif count and cause not in self._reported:
                self._reported.add(cause)
                message = f"Output {output_id}: its receiver refuses alarms for good: {count} are set aside"
                told: dict[str, float | str] = {"output": output_id, "set_aside": count}
                self._take(Health(AlarmKind.OUTPUT_FAILED, None, True, message, cause, told))

    def _look_at_parts(self, followers: Mapping[str, Follower], newest: int) -> None:
        for output_id, follower in followers.items():
            cause, is_whole = output_id + PARTLY, follower.is_whole
            if is_whole and cause in self._reported:
                self._over(cause, "All who should get the alarms do")
            elif is_whole is False and cause not in self._reported:
                self._reported.add(cause)
                fault = follower.health(newest).fault
                why = "" if fault is None else str(fault.error)
                message = f"Output {output_id}: some who should get the alarms do not: {why}"
                told: dict[str, float | str] = {"output": output_id, "partly": 1.0}
                self._take(Health(AlarmKind.OUTPUT_FAILED, None, True, message, cause, told))

    def _begun(self, follower: Follower, newest: int) -> None:
        health = follower.health(newest)
        code = "" if health.fault is None else health.fault.error.code
        why = "" if not code else f": {health.fault.error}" if health.fault else ""
        self._reported.add(follower.id)
        self._take(
            Health(
                AlarmKind.OUTPUT_FAILED,
                None,
                True,
                f"Output {follower.id}: its receiver does not get the alarms{why}",
                follower.id,
                {"output": follower.id, "code": code, "waiting": health.lag},
            )
        )

    def _over(self, cause: str, message: str) -> None:
        self._reported.discard(cause)
        self._since_s.pop(cause, None)
        self._take(Health(AlarmKind.OUTPUT_FAILED, None, False, message, cause))
