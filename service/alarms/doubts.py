"""Alarms whose reporter is gone, and the evidence that ends them: pure, without clock or thread.

A restarted service, or a camera's new process, does not know what its predecessor reported. That is no reason
to give the all-clear: the alarm stands until there is evidence that the condition is over. If the condition
persists, it is reported again within seconds, and its new reporter ends it.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState, CameraStatus
from service.domain.health import Health

QUIET_S = 30.0
"""A camera that has been live for this long without a report sees well; its slowest check takes 12 s."""

Key = tuple[AlarmKind, str | None, str]
"""Kind, lift and cause."""

SEEN_LIVE = frozenset(
    {
        AlarmKind.CAMERA_LOST,
        AlarmKind.CAMERA_FROZEN,
        AlarmKind.LOW_VISIBILITY,
        AlarmKind.OVERLOADED,
        AlarmKind.STREAM_FAILED,
        AlarmKind.WORKER_DOWN,
    }
)
"""Conditions that a camera or its supervisor would report again. A changed view is not among them: a new
process may learn it as the normal one, so only carriers of this lift show that the view is back."""


def key_of(health: Health) -> Key:
    """Return which alarm the change is about."""
    return health.kind, health.lift_id, health.cause


class Doubts:
    """The standing alarms that have no reporter."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()
        self._quiet_since_s: dict[str, float] = {}

    def add(self, keys: Iterable[Key]) -> None:
        """Mark these alarms as doubtful: nobody watches their condition any more."""
        new = set(keys)
        self._keys |= new
        for _, lift_id, _ in new:
            if lift_id is not None:
                self._quiet_since_s.pop(lift_id, None)

    def of(self, kind: AlarmKind, lift_id: str | None) -> list[Key]:
        """Return the doubtful alarms of a kind at a lift."""
        return sorted(key for key in self._keys if key[:2] == (kind, lift_id))

    def reported(self, health: Health) -> None:
        """Take note of a report: the alarm has a reporter again, or is over."""
        for key in self.of(health.kind, health.lift_id):
            if health.cause in ("", key[2]):
                self._keys.discard(key)

    def status(self, status: CameraStatus, now_s: float) -> list[Health]:
        """Take in a camera's report at time.monotonic(); return which doubtful alarms are over."""
        lift_id = status.lift_id
        if status.state is not CameraState.LIVE or status.message:
            self._quiet_since_s.pop(lift_id, None)
            return []
        since_s = self._quiet_since_s.setdefault(lift_id, now_s)
        if now_s - since_s < QUIET_S:
            return []
        return self._over(SEEN_LIVE, lift_id, f"the camera has been live and clear for {QUIET_S:.0f} s")

    def carrier(self, lift_id: str) -> list[Health]:
        """Take in a recognised carrier; return which doubtful alarms are over."""
        return self._over({AlarmKind.LIFT_UNKNOWN_RATE}, lift_id, "carriers are recognised again")

    def view_confirmed(self, lift_id: str) -> list[Health]:
        """Take in that the carriers are this lift's again; return which doubtful alarms are over."""
        return self._over({AlarmKind.VIEW_CHANGED}, lift_id, "carriers look like this lift's again")

    def _over(self, kinds: Iterable[AlarmKind], lift_id: str, message: str) -> list[Health]:
        return [
            Health(kind, lift_id, False, message, cause)
            for kind in kinds
            for _, _, cause in self.of(kind, lift_id)
        ]
