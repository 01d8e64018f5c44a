"""What may be said of each lift now: whether it is watched, or the first reason why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from service.domain.alarm import AlarmKind
from service.figures.watching import Look, WatchState
from service.store import lifts
from service.store.database import Store

_CAUSES = (
    AlarmKind.WORKER_DOWN,
    AlarmKind.CAMERA_LOST,
    AlarmKind.CAMERA_FROZEN,
    AlarmKind.VIEW_CHANGED,
    AlarmKind.LOW_VISIBILITY,
    AlarmKind.OVERLOADED,
    AlarmKind.LIFT_UNKNOWN_RATE,
)
"""Conditions in which carriers leave unseen, those first from which others follow."""


class LiftSight(Protocol):
    """What is known of lifts in memory (service.industry.sight.Sight)."""

    @property
    def in_service(self) -> Callable[[str], bool]:
        """Whether a lift is in service."""

    def works(self) -> bool:
        """Whether every thread between a carrier and its alarm gets on."""

    def sees(self, lift_id: str) -> bool:
        """Whether its camera shows its carriers."""

    def has_frames(self, lift_id: str) -> bool:
        """Whether frames come."""

    def armed(self, lift_id: str) -> bool:
        """Whether it may say that all is well."""


class Looking:
    """Looks at every registered lift. Safe from any thread.

    Args:
        store: knows the lifts.
        sight: what is known in memory.
        standing: kind, lift (None: the service's) and cause of every condition that holds.
        has_camera: whether a lift's camera is watched at all.
    """

    def __init__(
        self,
        store: Store,
        sight: LiftSight,
        standing: Callable[[], Collection[tuple[AlarmKind, str | None, str]]],
        has_camera: Callable[[str], bool],
    ) -> None:
        self._store, self._sight = store, sight
        self._standing, self._has_camera = standing, has_camera

    def __call__(self) -> Mapping[str, Look]:
        """Look once. Raises StoreError."""
        with self._store.reading() as session:
            found = lifts.ids(session)
        standing, works = self._standing(), self._sight.works()
        return {
            lift_id: Look(
                self._state(
                    lift_id, {kind for kind, place, _ in standing if place in (None, lift_id)}, works
                ),
                self._sight.has_frames(lift_id),
            )
            for lift_id in found
        }

    def _state(self, lift_id: str, kinds: Collection[AlarmKind], works: bool) -> WatchState:
        if not self._sight.in_service(lift_id):
            return WatchState.OUT_OF_SERVICE
        if AlarmKind.LIFT_INVALID in kinds:
            return WatchState.LIFT_INVALID
        if not self._has_camera(lift_id):
            return WatchState.NO_CAMERA
        for kind in _CAUSES:
            if kind in kinds:
                return WatchState(kind.value)
        if not works:
            return WatchState.WORKER_DOWN
        if not self._sight.sees(lift_id):
            return WatchState.NOT_SEEING
        return WatchState.WATCHED if self._sight.armed(lift_id) else WatchState.NOT_ARMED
