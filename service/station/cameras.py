"""Which cameras are watched: one supervisor per lift with a camera and a track, in step with the store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from lifts.schema import Lift
from service.domain.camera import CameraEvent, CameraStatus, WatchedLift
from service.domain.errors import BarwatchError
from service.domain.health import Health
from service.store import alarms, lifts, masks
from service.store.database import Store

log = structlog.get_logger(__name__)


class Supervisor(Protocol):
    """What runs one camera (service.station.supervisor.CameraSupervisor)."""

    @property
    def status(self) -> CameraStatus:
        """Its newest report."""

    def start(self) -> None:
        """Start watching."""

    def stop(self) -> None:
        """Stop; no event comes after this returns."""


FOLLOW_S = 5.0

MakeSupervisor = Callable[[WatchedLift, Callable[[CameraEvent], None]], Supervisor]


class Cameras:
    """Starts, restarts and stops supervisors as the store says, on one thread of its own.

    Args:
        store: where lifts and masks stand.
        make: makes a supervisor; handed in so that tests need no processes.
        on_event: told what cameras report.
        on_masks: told of each lift whose active masks changed since it was last looked at.
        loop_files: recorded videos start again at their end (the demonstration).
    """

    def __init__(
        self,
        store: Store,
        make: MakeSupervisor,
        on_event: Callable[[CameraEvent], None],
        on_masks: Callable[[str], object],
        *,
        loop_files: bool = False,
    ) -> None:
        self._store, self._make, self._on_event, self._on_masks = store, make, on_event, on_masks
        self._loop_files = loop_files
        self._versions: dict[str, int] = {}
        self._running: dict[str, tuple[_Key, Supervisor]] = {}
        self._changed = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cameras", daemon=True)

    def start(self) -> None:
        """Watch what the store says, from now on."""
        self._changed.set()
        self._thread.start()

    def stop(self) -> None:
        """Stop every camera; returns when all have ended."""
        self._stopping.set()
        self._changed.set()
        if self._thread.is_alive():
            self._thread.join()
        self._stop_all(list(self._running))

    def refresh(self) -> None:
        """Look at the store again, soon; several calls in a row become one."""
        self._changed.set()

    def status(self, lift_id: str) -> CameraStatus | None:
        """Return the camera's state; None if none is watched."""
        found = self._running.get(lift_id)
        return None if found is None else found[1].status

    def statuses(self) -> tuple[CameraStatus, ...]:
        """Return every watched camera's state."""
        return tuple(supervisor.status for _, supervisor in list(self._running.values()))

    def _run(self) -> None:
        while True:
            # Without a call as well: the command line may have changed the store from another process.
            self._changed.wait(FOLLOW_S)
            self._changed.clear()
            if self._stopping.is_set():
                return
            try:
                self._follow()
            except BarwatchError as error:
                # The cameras that run go on; without this, one unreadable moment would freeze the list.
                log.error("cameras cannot follow the configuration; trying again", reason=str(error))
                if not self._stopping.wait(1.0):
                    self._changed.set()

    def _follow(self) -> None:
        with self._store.reading() as session:
            versions = masks.active_versions(session)
            found = [
                lift
                for lift in lifts.listing(session)
                if lift.track and lift.camera and lift.camera.watched_url
            ]
        for lift_id in versions.keys() | self._versions.keys():
            if versions.get(lift_id) != self._versions.get(lift_id):
                self._on_masks(lift_id)
        self._versions = versions
        wanted = {lift.id: (lift, versions.get(lift.id, 0)) for lift in found}
        self._stop_all([lift_id for lift_id, (key, _) in self._running.items() if wanted.get(lift_id) != key])
        for lift_id, key in wanted.items():
            if lift_id not in self._running and not self._stopping.is_set():
                supervisor = self._make(self._watched(key[0]), self._on_event)
                self._running[lift_id] = (key, supervisor)
                supervisor.start()
                log.info("camera watched", lift_id=lift_id)
        self._withdraw(set(wanted))

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
        supervisors = [(lift_id, self._running.pop(lift_id)[1]) for lift_id in lift_ids]
        threads = [threading.Thread(target=supervisor.stop) for _, supervisor in supervisors]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for lift_id, _ in supervisors:
            log.info("camera no longer watched", lift_id=lift_id)

    def _withdraw(self, watched: set[str]) -> None:
        """End the health alarms of cameras that nobody watches any more: nothing else would."""
        with self._store.reading() as session:
            standing = alarms.standing(session)
        for alarm in standing:
            if alarm.lift_id is not None and alarm.lift_id not in watched:
                self._on_event(Health(alarm.kind, alarm.lift_id, False, "the camera is no longer watched"))


_Key = tuple[Lift, int]
"""A camera is restarted when its lift's configuration or active masks change."""
