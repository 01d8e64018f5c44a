"""Raises `output_failed` for an output that is behind for long or has set alarms aside, until it is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from functools import partial

from service.domain.alarm import Alarm, AlarmKind
from service.domain.health import Health
from service.host.runner import Runner, attempt
from service.outputs.follower import Follower
from service.store.alarms.history import StoredOutbox

EVERY_S = 1.0

SET_ASIDE, PARTLY = " set aside", " partly"
"""What the causes of such alarms end with, after the output's id, which has no blank: other alarms than of
one that is behind, so that none hides another. PARTLY: taken, and refused for some who should get it."""

NEWEST = "newest"
"""A parameter of such an alarm: the newest seq that is set aside, so that a list that grows is seen to."""


class OutputWatch:
    """Looks at followers; none of them can hold it up.

    Args:
        followers: those that run now.
        outbox: what there is to deliver.
        take: takes changes in health.
        behind_s: how long an output may be behind, or fail, before it is an alarm.
        set_aside: how many alarms each output has set aside, and the newest seq of them, but for those about
            outputs.
        clock: time.monotonic, or a test's own.
    """

    def __init__(
        self,
        followers: Callable[[], Collection[Follower]],
        outbox: StoredOutbox,
        take: Callable[[Health], object],
        behind_s: float,
        set_aside: Callable[[], Mapping[str, tuple[int, int]]] = dict,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._followers, self._outbox, self._take = followers, outbox, take
        self._behind_s, self._set_aside, self._clock = behind_s, set_aside, clock
        self._since_s: dict[str, float] = {}
        self._reported: set[str] = set()
        self._newest: dict[str, int] = {}  # by cause: the newest seq that was said to be set aside
        self.runner = Runner("outputs", self.step, every_s=EVERY_S)

    def resume(self, reported: Collection[Alarm]) -> None:
        """Take over the alarms that an earlier run left standing."""
        for alarm in reported:
            self._reported.add(alarm.cause)
            if NEWEST in alarm.parameters:
                self._newest[alarm.cause] = int(alarm.parameters[NEWEST])

    def step(self) -> None:
        """Look once; raises StoreError."""
        newest, now_s = self._outbox.newest(), self._clock()
        followers = {follower.id: follower for follower in self._followers()}
        for cause in [each for each in self._reported if each.partition(" ")[0] not in followers]:
            self._over(cause, "The output is off")
        self._look_at_set_aside(followers)
        self._look_at_parts(followers, newest)
        # One whose own fault shows here as well (its filter, say) hides no other.
        looks = [partial(self._look_at, follower, newest, now_s) for follower in followers.values()]
        failures = [failure for failure in map(attempt, looks) if failure is not None]
        if failures:
            raise failures[0]

    def _look_at(self, follower: Follower, newest: int, now_s: float) -> None:
        output_id = follower.id
        if follower.failing_since_s is None and not follower.behind(newest):
            self._since_s.pop(output_id, None)
            if output_id in self._reported and follower.seq is not None:
                self._over(output_id, "The output has delivered everything")
            return
        since_s = self._since_s.setdefault(output_id, now_s)
        if now_s - since_s >= self._behind_s and output_id not in self._reported:
            self._begun(follower, newest)

    def _look_at_set_aside(self, followers: Mapping[str, Follower]) -> None:
        found = self._set_aside()
        for output_id in followers:
            cause, (count, newest) = output_id + SET_ASIDE, found.get(output_id, (0, 0))
            if not count and cause in self._reported:
                self._over(cause, "Nothing is set aside any more")
            elif count and (cause not in self._reported or newest > self._newest.get(cause, 0)):
                grows = cause in self._reported
                self._reported.add(cause)
                self._newest[cause] = newest
                message = f"Output {output_id}: its receiver refuses alarms for good: {count} are set aside"
                told: dict[str, float | str] = {"output": output_id, "set_aside": count, NEWEST: newest}
                self._take(Health(AlarmKind.OUTPUT_FAILED, None, True, message, cause, told, grows=grows))

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
        self._newest.pop(cause, None)
        self._take(Health(AlarmKind.OUTPUT_FAILED, None, False, message, cause))
