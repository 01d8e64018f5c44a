"""Whether the service works and sees, from what is in memory: asked four times a second, it never waits."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from service.domain.alarm import BLIND
from service.domain.camera import CameraState
from service.host.runner import Runner, Runners, RunnerState
from service.industry.report.nouns import LineState
from service.inference.protocol import Engine
from service.store.database import Store
from service.store.delivery import plant
from service.verdicts.pipeline import Pipeline

ALARM_PATH = frozenset({"deciding", "records", "conditions", "database", "alarm feed"})
"""The threads that lie between a carrier and its alarm."""

LONGEST_STEP_S = 1.25
"""One of them that has been at one step for longer hangs."""

LOOK_EVERY_S = 1.0

BLIND_AFTER_S = 1.4
"""Without a frame for so long, a camera sees nothing. A report comes every half second."""


class ServiceMarks:
    """Which lifts are out of service, looked up once a second. A part; safe from any thread.

    Args:
        store: knows it.
        now: the believed time.
        runners: the list to which its thread is added.
    """

    def __init__(self, store: Store, now: Callable[[], datetime], runners: Runners | None = None) -> None:
        self._store, self._now = store, now
        self._out: frozenset[str] = frozenset()
        self.runner = (runners or Runners()).add(Runner("out of service", self.look, every_s=LOOK_EVERY_S))

    def start(self) -> None:
        """Begin to look."""
        self.runner.start()

    def stop(self) -> None:
        """Look no more."""
        self.runner.stop()

    def look(self) -> None:
        """Look once. Raises StoreError: what was known stays."""
        with self._store.reading() as session:
            self._out = plant.out_of_service(session, self._now())

    def in_service(self, lift_id: str) -> bool:
        """Return whether the lift is in service."""
        return lift_id not in self._out


class Sight:
    """Answers for the whole service and for each lift. Safe from any thread.

    Args:
        pipeline: knows the cameras' states and which lifts are armed.
        runners: the service's threads.
        engine: the network's process.
        in_service: whether a lift is in service.
        clock: time.monotonic, or a test's own.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        runners: Runners,
        engine: Engine,
        in_service: Callable[[str], bool] = lambda _: True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pipeline, self._runners, self._engine = pipeline, runners, engine
        self.in_service, self._clock = in_service, clock

    def works(self) -> bool:
        """Return whether every thread between a carrier and its alarm gets on, and the network answers."""
        found = [runner for runner in self._runners if runner.name in ALARM_PATH]
        return (
            len(found) == len(ALARM_PATH)
            and all(runner.state is RunnerState.ALIVE for runner in found)
            and all(runner.heartbeat.lasts_s() < LONGEST_STEP_S for runner in found)
            and self._engine.status.state == "ready"
        )

    def sees(self, lift_id: str) -> bool:
        """Return whether the camera shows the carriers now, and no alarm says that they leave unseen."""
        standing = self._pipeline.conditions.standing()
        blind = any(kind in BLIND and place in {None, lift_id} for kind, place, _ in standing)
        return not blind and self._shows(lift_id)

    def _shows(self, lift_id: str) -> bool:
        status = self._pipeline.board.statuses().get(lift_id)
        if status is None or status.state is not CameraState.LIVE or status.cause:
            return False
        return self.has_frames(lift_id)

    def has_frames(self, lift_id: str) -> bool:
        """Return whether frames come from the lift's camera now, whatever they show."""
        status = self._pipeline.board.statuses().get(lift_id)
        if status is None or status.frame_age_s is None:
            return False
        since_s = max(self._clock() - self._pipeline.board.reported_s(lift_id), 0.0)
        return status.frame_age_s + since_s < BLIND_AFTER_S

    def armed(self, lift_id: str) -> bool:
        """Return whether the lift may say that all is well."""
        return self._pipeline.arming(lift_id).armed

    def healthy(self, lift_id: str) -> bool:
        """Return whether the service watches this lift as it should."""
        return self.works() and self.sees(lift_id) and self.armed(lift_id) and self.in_service(lift_id)

    def line(self, lift_id: str) -> LineState:
        """Return how the line moves, as the camera sees it."""
        status = self._pipeline.board.statuses().get(lift_id)
        if status is None or not self._shows(lift_id) or status.line_speed == "unknown":
            return LineState.UNKNOWN
        still = {"stopped": LineState.STOPPED, "backwards": LineState.BACKWARDS}
        return still.get(status.line_speed, LineState.RUNNING)

    def passages(self, lift_id: str) -> int:
        """Return how many carriers the lift's camera process has reported."""
        status = self._pipeline.board.statuses().get(lift_id)
        return 0 if status is None else status.passages
