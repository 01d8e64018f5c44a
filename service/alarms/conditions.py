"""Alarms that stand as long as a condition does: the health of cameras, worker and verdicts.

Each change in health raises or clears an alarm, in the order in which it was reported. Changes have their own
thread and queue: none is dropped, however many passages are waiting and however often the database refuses.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import structlog
from sqlalchemy.orm import Session

from lifts.decision.verdict import Judgement, Verdict
from service.alarms import lifecycle
from service.alarms.chatter import Chatter
from service.alarms.doubts import Doubts, Key, key_of
from service.alarms.outages import Outages
from service.alarms.passage_watch import ANOTHER_LIFT, UNKNOWN_PASSAGES, PassageWatch
from service.alarms.policy import health_alarm
from service.alarms.unstored import UnstoredAlarms
from service.domain.alarm import AlarmKind, AlarmState
from service.domain.camera import CameraState, CameraStatus
from service.domain.errors import FencedError, StoreError
from service.domain.health import Health
from service.host.runner import Runner
from service.store import alarms
from service.store.database import Store
from service.store.owners import leases

log = structlog.get_logger(__name__)

MAX_CHANGES = 6
"""Changes of one alarm that may wait; beyond that, pairs of a beginning and an end are left out."""

LAST_TRY_S = 2.0
LOOK_AT_HELD_S = 5.0
"""How often ends that are held back, because their alarm chatters, are looked at."""

OF_CAMERA = frozenset(
    {
        AlarmKind.CAMERA_LOST,
        AlarmKind.CAMERA_FROZEN,
        AlarmKind.LOW_VISIBILITY,
        AlarmKind.OVERLOADED,
        AlarmKind.VIEW_CHANGED,
        AlarmKind.LIFT_UNKNOWN_RATE,
        AlarmKind.STREAM_FAILED,
        AlarmKind.WORKER_DOWN,
    }
)
"""Conditions that a camera's process or its supervisor watches; a new one does not know of them."""

OF_PASSAGES = frozenset({UNKNOWN_PASSAGES, ANOTHER_LIFT})
"""Causes that are watched here, by a PassageWatch."""


def apply(session: Session, health: Health, at: datetime | None = None) -> None:
    """Raise the alarm of a cause that begins, unless it is standing already; clear it when it is over.

    One that grows calls again if somebody has acknowledged it. at: the aware time; now if not given.

    Raises FencedError: a camera's owner says it that the camera was taken from.
    """
    if health.fence is not None and health.lift_id is not None:
        leases.check_current(session, health.lift_id, health.fence)
    if health.active:
        if alarms.raise_alarm(session, health_alarm(health), at) is None and health.grows:
            for alarm in alarms.standing(session, health.kind, health.lift_id):
                if (alarm.cause, alarm.state) == (health.cause, AlarmState.ACKNOWLEDGED):
                    lifecycle.realarm(session, alarm.id, at or datetime.now(UTC), health)
        return
    for alarm in alarms.standing(session, health.kind, health.lift_id):
        if health.cause in ("", alarm.cause):
            lifecycle.clear(session, alarm.id, health.message, at)


class HealthConditions:
    """Takes changes in health, statuses and verdicts from any thread, and commits what follows from them.

    Args:
        store: where alarms are kept.
        clock: time.monotonic, or a test's own.
        unstored: gets the alarms that the database refuses.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.monotonic,
        unstored: UnstoredAlarms | None = None,
    ) -> None:
        self._store, self._clock = store, clock
        self._unstored = unstored or UnstoredAlarms()
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._changes: deque[Health] = deque()
        self._standing: set[Key] = set()
        self._doubts = Doubts()
        self._outages = Outages()
        self._chatter = Chatter(clock)
        self._watches: dict[str, PassageWatch] = {}
        self.fenced = 0
        """Changes that were not stored because the camera has another owner (service.store.owners.leases)."""
        self.runner = Runner("conditions", self._turn, wake=self._wake.set)

    def start(self) -> None:
        """Take over the alarms that an earlier run left standing: each stands until it is shown to be over.

        Raises:
            StoreError: the database cannot answer.
        """
        self._store.write(alarms.restore).result()
        with self._store.reading() as session:
            standing = {(alarm.kind, alarm.lift_id, alarm.cause) for alarm in alarms.standing(session)}
        with self._lock:
            self._standing |= standing
            self._doubt(standing)
        self.runner.start()

    def take(self, health: Health) -> None:
        """Take a change in health; returns at once and loses none."""
        key = key_of(health)
        with self._lock:
            if health.active:
                self._standing.add(key)
            else:
                self._standing -= {
                    known
                    for known in self._standing
                    if known[:2] == key[:2] and health.cause in ("", known[2])
                }
            self._doubts.reported(health)
            self._outages.reported(health)
            counted = self._chatter.take(health)
            if counted is not None:
                self._append(counted)
        self._wake.set()

    def status(self, status: CameraStatus) -> None:
        """Take a camera's report: one that starts knows nothing of what the process before it reported.

        One that has long been live and clear ends what nobody watches any more.
        """
        with self._lock:
            if status.state is CameraState.STARTING:
                self._doubts.add(
                    {
                        (kind, lift_id, cause)
                        for kind, lift_id, cause in self._standing
                        if lift_id == status.lift_id and kind in OF_CAMERA and cause not in OF_PASSAGES
                    }
                )
                if self._doubts.of(AlarmKind.VIEW_CHANGED, status.lift_id):
                    self._watch(status.lift_id).doubt_view()
            for over in self._doubts.status(status, self._clock()):
                self.take(over)

    def judged(self, lift_id: str, judgement: Judgement) -> None:
        """Take the next verdict of a lift."""
        with self._lock:
            accounted = self._outages.account_for(lift_id, judgement, self._standing)
            changes = self._watch(lift_id).step(judgement, accounted=accounted)
            if judgement.verdict is not Verdict.UNKNOWN:
                changes += self._doubts.carrier(lift_id)
            for change in changes:
                if change.kind is AlarmKind.VIEW_CHANGED and not change.active:
                    for over in self._doubts.view_confirmed(lift_id):
                        self.take(over)
                self.take(change)

    def standing(self) -> frozenset[Key]:
        """Return kind, lift and cause of every condition that holds now."""
        with self._lock:
            return frozenset(self._standing)

    def forget(self, lift_id: str) -> None:
        """End every condition of a lift that is gone."""
        with self._lock:
            self._watches.pop(lift_id, None)
            self._outages.forget(lift_id)
            for over in self._chatter.forget(lift_id):
                self._append(over)
            for kind in sorted({kind for kind, place, _ in self._standing if place == lift_id}):
                self.take(Health(kind, lift_id, False, "The lift was removed"))

    def stop(self) -> None:
        """Commit what is waiting, once more where the database refused it, then end."""
        self.runner.stop()
        with self._lock:
            for over in self._chatter.ended(quiet_s=0.0):
                self._append(over)
        try:
            self._commit_all(LAST_TRY_S)
        except (StoreError, TimeoutError) as error:
            log.error("changes in health are lost", count=len(self._changes), reason=str(error))

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():
            self._wake.wait(LOOK_AT_HELD_S if self._chatter.holds else None)
        self._wake.clear()
        with self._lock:
            for over in self._chatter.ended():
                self._append(over)
        try:
            self._commit_all()
        finally:
            if self._changes:  # refused: again after the runner's pause
                self._wake.set()

    def _commit_all(self, timeout_s: float | None = None) -> None:
        """Commit the changes in their order; each stays the first until it is, for twice does no harm."""
        while True:
            with self._lock:
                if not self._changes:
                    return
                health = self._changes[0]
            self.runner.heartbeat.begin()
            error = self._store.write(partial(apply, health=health)).exception(timeout_s)
            if isinstance(error, StoreError):
                self._show_waiting()
                raise error
            if isinstance(error, FencedError):
                self.fenced += 1
                log.warning("a change in health is another owner's to tell", reason=str(error))
            elif error is not None:  # the change itself is at fault: retrying would block all others
                log.error("a change in health cannot be stored", kind=health.kind, exc_info=error)
            with self._lock:
                # Another thread may have committed it too, if this one was given up as hanging.
                if self._changes and self._changes[0] is health:
                    self._changes.popleft()
            if health.active:
                self._unstored.discard(key_of(health))

    def _show_waiting(self) -> None:
        with self._lock:
            waiting = [health for health in self._changes if health.active]
        for health in waiting:
            self._unstored.add(key_of(health), health_alarm(health))

    def _append(self, health: Health) -> None:
        key = key_of(health)
        same = [index for index, waiting in enumerate(self._changes) if key_of(waiting) == key]
        # The first is being committed right now, perhaps.
        if same and same[-1] > 0 and self._changes[same[-1]].active == health.active:
            del self._changes[same[-1]]
        elif len(same) >= MAX_CHANGES:
            del self._changes[same[2]], self._changes[same[1]]
        self._changes.append(health)

    def _doubt(self, keys: set[Key]) -> None:
        self._doubts.add(keys)
        for kind, lift_id, cause in keys:
            if lift_id is None:
                continue
            if kind is AlarmKind.VIEW_CHANGED:
                self._watch(lift_id).doubt_view()
            elif (kind, cause) == (AlarmKind.LIFT_UNKNOWN_RATE, UNKNOWN_PASSAGES):
                self._watch(lift_id).doubt_verdicts()
                self._doubts.reported(Health(kind, lift_id, True, "", cause))

    def _watch(self, lift_id: str) -> PassageWatch:
        return self._watches.setdefault(lift_id, PassageWatch(lift_id))
