"""Alarms whose reporter is gone, and what shows that they are over: pure, without clock or thread.

A restarted service, or a camera's new process, knows nothing of what its predecessor reported. That is no
reason to say that all is well: the alarm stands until something shows otherwise. A condition that is still
there is reported anew within seconds, and then ends as its reporter says.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState, CameraStatus
from service.domain.health import Health

QUIET_S = 30.0
"""A camera that is live for so long and reports nothing sees well: the slowest of its checks takes 12 s."""

Key = tuple[AlarmKind, str | None, str]
"""Kind, lift and cause."""

SEEN_LIVE = frozenset(
    {AlarmKind.CAMERA_LOST, AlarmKind.CAMERA_FROZEN, AlarmKind.LOW_VISIBILITY, AlarmKind.OVERLOADED}
)
"""What a camera would report again; a view that has changed is not among them, for a new process may take it
for the usual one. Only carriers of this lift show that it is back."""


def key_of(health: Health) -> Key:
    """Return which alarm the change is about."""
    return health.kind, health.lift_id, health.cause


class Doubts:
    """The alarms that stand without a reporter."""

    def __init__(self) -> None:
        self._keys: set[Key] = set()
        self._quiet_since_s: dict[str, float] = {}

    def add(self, keys: Iterable[Key]) -> None:
        """Doubt these alarms: nobody watches their condition any more."""
        self._keys.update(keys)
        for _, lift_id, _ in self._keys:
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
