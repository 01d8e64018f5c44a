"""Raises `output_failed` for an output that is behind for long, until its receiver has everything."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.host.runner import Runner
from service.outputs.follower import Follower
from service.store.alarms.history import StoredOutbox

EVERY_S = 1.0


class OutputWatch:
    """Looks at followers; none of them can hold it up.

    Args:
        followers: those that run now.
        outbox: what there is to deliver.
        take: takes changes in health.
        behind_s: how long an output may be behind, or fail, before it is an alarm.
        clock: time.monotonic, or a test's own.
    """

    def __init__(
        self,
        followers: Callable[[], Collection[Follower]],
        outbox: StoredOutbox,
        take: Callable[[Health], object],
        behind_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._followers, self._outbox, self._take = followers, outbox, take
        self._behind_s, self._clock = behind_s, clock
        self._since_s: dict[str, float] = {}
        self._reported: set[str] = set()
        self.runner = Runner("outputs", self.step, every_s=EVERY_S)

    def resume(self, reported: Collection[str]) -> None:
        """Take over which outputs' alarms an earlier run left standing."""
        self._reported |= set(reported)

    def step(self) -> None:
        """Look once; raises StoreError."""
        newest, now_s = self._outbox.newest(), self._clock()
        followers = {follower.id: follower for follower in self._followers()}
        for gone in self._reported - followers.keys():
            self._over(gone, "The output is off")
        for output_id, follower in followers.items():
            if follower.failing_since_s is None and not follower.behind(newest):
                self._since_s.pop(output_id, None)
                if output_id in self._reported and follower.seq is not None:
                    self._over(output_id, "The output has delivered everything")
                continue
            since_s = self._since_s.setdefault(output_id, now_s)
            if now_s - since_s >= self._behind_s and output_id not in self._reported:
                self._begun(follower, newest)

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

    def _over(self, output_id: str, message: str) -> None:
        self._reported.discard(output_id)
        self._since_s.pop(output_id, None)
        self._take(Health(AlarmKind.OUTPUT_FAILED, None, False, message, output_id))
