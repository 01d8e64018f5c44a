"""Which cameras are watched: one supervisor per lift with a camera and a track, in step with the store."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

import structlog

from lifts.schema import Lift
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, CameraStatus, WatchedLift
from service.domain.errors import DamagedError
from service.domain.health import Health
from service.host.runner import BackOff, Runner, Runners, attempt
from service.store import alarms, lifts, masks
from service.store.database import Store

log = structlog.get_logger(__name__)


class Supervisor(Protocol):
    """What runs one camera (service.station.supervisor.CameraSupervisor)."""

    @property
    def status(self) -> CameraStatus:
        """Its newest report."""

    @property
    def process(self) -> tuple[int | None, int]:
        """Its process's id, if one runs, and how often it was started again."""

    def start(self) -> None:
        """Start watching."""

    def ask_to_stop(self) -> None:
        """Begin to stop; returns at once."""

    def stop(self) -> None:
        """Stop; no event comes after this returns."""


FOLLOW_S = 5.0

RETRY_MASKS_S = 300.0
"""The longest pause before damaged masks are tried again; once their row has changed, there is none."""

MakeSupervisor = Callable[[WatchedLift, Callable[[CameraEvent], None]], Supervisor]


class _RefusedMasks:
    """Masks of one lift that could not be used: why, and when to try again."""

    def __init__(self, reason: str, damaged: bool) -> None:
        self.reason, self.damaged = reason, damaged
        self._back_off = BackOff(first_s=FOLLOW_S, longest_s=RETRY_MASKS_S)
        self._rows, self._due_mono_s = b"", 0.0

    def refused(self, rows: bytes) -> None:
        """Note that they were refused (again) as the rows are now (masks.fingerprint)."""
        if rows != self._rows:
            self._back_off.reset()
        self._rows, self._due_mono_s = rows, time.monotonic() + self._back_off.next_s()

    def due(self, rows: bytes) -> bool:
        """Say whether to try again: damaged ones once their rows have changed or the pause is over."""
        return not self.damaged or rows != self._rows or time.monotonic() >= self._due_mono_s


class Cameras:
    """Starts, restarts and stops supervisors as the store says, on one thread of its own.

    A lift that cannot be read or watched is put out of service, with an alarm of its own; the others go on.

    Args:
        store: where lifts and masks are kept.
        make: makes a supervisor; handed in so that tests need no processes.
        on_event: called with what cameras report.
        on_masks: called with each lift whose active masks have changed.
        on_listed: called with all lifts' ids where they have changed; cameras of others have ended.
        loop_files: recorded videos start again at their end (the demonstration).
        runners: owns the thread.
    """

    def __init__(
        self,
        store: Store,
        make: MakeSupervisor,
        on_event: Callable[[CameraEvent], None],
        on_masks: Callable[[str], object],
        on_listed: Callable[[frozenset[str]], object] = lambda _: None,
        *,
        loop_files: bool = False,
        runners: Runners | None = None,
    ) -> None:
        self._store, self._make, self._on_event, self._on_masks = store, make, on_event, on_masks
        self._on_listed = on_listed
        self._listed: frozenset[str] | None = None
        self._loop_files = loop_files
        self._versions: dict[str, int] = {}
        self._running: dict[str, tuple[_Key, Supervisor]] = {}
        self._refused: dict[str, _RefusedMasks] = {}
        self._invalid: dict[str, str] = {}
        self._changed = threading.Event()
        self._followed = threading.Event()
        self._runner = (runners or Runners()).add(Runner("cameras", self._run, wake=self._changed.set))

    def start(self) -> None:
        """Follow the store from now on; returns once each of its cameras has been started."""
        self._changed.set()
        self._runner.start()
        self._followed.wait()

    def stop(self) -> None:
        """Stop every camera; returns when all have ended."""
        self._followed.set()
        self._runner.stop()
        self._stop_all(list(self._running))

    def refresh(self) -> None:
        """Look at the store again soon; several calls in a row become one."""
        self._changed.set()

    def status(self, lift_id: str) -> CameraStatus | None:
        """Return the camera's state; None if none is watched."""
        found = self._running.get(lift_id)
        return None if found is None else found[1].status

    def statuses(self) -> tuple[CameraStatus, ...]:
        """Return every watched camera's state."""
        return tuple(supervisor.status for _, supervisor in list(self._running.values()))

    def processes(self) -> dict[str, tuple[int | None, int]]:
        """Return each watched camera's process, and how often it was started again, by lift."""
        return {lift_id: supervisor.process for lift_id, (_, supervisor) in list(self._running.items())}

    def _run(self) -> None:
        with self._runner.heartbeat.waiting():
            # Without `refresh` as well: the command line may change the store from another process.
            self._changed.wait(FOLLOW_S)
        self._changed.clear()
        if self._runner.stopping.is_set():
            return
        try:
            self._follow()
        except BaseException:
            self._changed.set()  # the next turn, after the runner's pause, does not wait for FOLLOW_S
            raise
        self._followed.set()

    def _follow(self) -> None:
        """Bring what is watched in step with the store; one lift's trouble does not hold up the others."""
        with self._store.reading() as session:
            versions = masks.active_versions(session)
            stored, invalid = lifts.listing(session), lifts.invalid(session)
        listed = frozenset([*(lift.id for lift in stored), *invalid])
        invalid |= self._report_masks(versions)
        found = [lift for lift in stored if lift.track and lift.camera and lift.camera.watched_url]
        wanted = {lift.id: (lift, versions.get(lift.id, 0)) for lift in found}
        self._stop_all([lift_id for lift_id, (key, _) in self._running.items() if wanted.get(lift_id) != key])
        for lift_id, key in wanted.items():
            if lift_id in self._running or self._runner.stopping.is_set():
                continue
            self._runner.heartbeat.begin()
            if (error := attempt(partial(self._start, lift_id, key))) is not None:
                invalid[lift_id] = f"its camera cannot be watched: {error}"
        self._note_invalid(invalid)
        self._withdraw(set(wanted), set(invalid))
        if listed != self._listed and (error := attempt(partial(self._on_listed, listed))) is not None:
            log.error("a change of lifts is not followed everywhere", exc_info=error)
        self._listed = listed

    def _report_masks(self, versions: dict[str, int]) -> dict[str, str]:
        """Tell of changed masks; return the lifts whose masks are damaged, each with the reason."""
        damaged: dict[str, str] = {}
        for lift_id in versions.keys() | self._versions.keys():
            if versions.get(lift_id) == self._versions.get(lift_id):
                continue
            self._runner.heartbeat.begin()
            refused = self._refused.get(lift_id)
            with self._store.reading() as session:
                rows = masks.fingerprint(session, lift_id)
            if refused is None or refused.due(rows):
                refused = self._take_masks(lift_id, versions.get(lift_id), rows, refused)
            if refused is not None and refused.damaged:
                damaged[lift_id] = refused.reason
        self._refused = {lift_id: why for lift_id, why in self._refused.items() if lift_id in versions}
        return damaged

    def _take_masks(
        self, lift_id: str, version: int | None, rows: bytes, before: _RefusedMasks | None
    ) -> _RefusedMasks | None:
        """Tell of one lift's changed masks; return why they cannot be used, None if they can."""
        error = attempt(partial(self._on_masks, lift_id))
        if error is None:
            self._refused.pop(lift_id, None)
            if version is None:
                del self._versions[lift_id]
            else:
                self._versions[lift_id] = version
            return None
        damaged, reason = isinstance(error, DamagedError), str(error)
        if before is None or before.reason != reason:
            log.error(
                "masks cannot be used", lift_id=lift_id, exc_info=None if damaged else error, reason=reason
            )
            before = _RefusedMasks(reason, damaged)
        before.refused(rows)
        self._refused[lift_id] = before
        return before

    def _start(self, lift_id: str, key: _Key) -> None:
        supervisor = self._make(self._watched(key[0]), self._on_event)
        supervisor.start()
        self._running[lift_id] = (key, supervisor)
        log.info("camera watched", lift_id=lift_id)

    def _note_invalid(self, invalid: dict[str, str]) -> None:
        """Raise and clear the alarms of lifts that cannot be watched."""
        for lift_id, reason in invalid.items():
            if self._invalid.get(lift_id) != reason:
                log.error("a lift is out of service", lift_id=lift_id, reason=reason)
                self._on_event(_out_of_service(lift_id, reason))
        for lift_id in self._invalid.keys() - invalid.keys():
            self._on_event(Health(AlarmKind.LIFT_INVALID, lift_id, False, "The lift is in service again"))
        self._invalid = invalid

    def _watched(self, lift: Lift) -> WatchedLift:
        with self._store.reading() as session:
            version = masks.active(session, lift.id)
        return WatchedLift(
            lift=lift,
            masks=None if version is None else version.masks,
            references={} if version is None else version.references,
            loop_file=self._loop_files,
        )

    def _stop_all(self, lift_ids: list[str]) -> None:
        """Stop several at once: each may take its process's time to end."""
        for lift_id in lift_ids:
            self._running[lift_id][1].ask_to_stop()
        for lift_id in lift_ids:
            self._runner.heartbeat.begin()
            self._running[lift_id][1].stop()
            del self._running[lift_id]
            log.info("camera no longer watched", lift_id=lift_id)

    def _withdraw(self, watched: set[str], invalid: set[str]) -> None:
        """Clear the health alarms of lifts that are no longer watched: nothing else would."""
        with self._store.reading() as session:
            standing = alarms.standing(session)
        for alarm in standing:
            kept = invalid if alarm.kind is AlarmKind.LIFT_INVALID else watched
            if alarm.lift_id is not None and alarm.lift_id not in kept:
                self._on_event(Health(alarm.kind, alarm.lift_id, False, "The camera is no longer watched"))


_Key = tuple[Lift, int]
"""A camera is restarted when its lift's configuration or active masks change."""


def _out_of_service(lift_id: str, reason: str) -> Health:
    message = f"Out of service: {reason}"
    return Health(AlarmKind.LIFT_INVALID, lift_id, True, message, parameters={"reason": reason})
