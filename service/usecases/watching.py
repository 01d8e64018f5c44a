"""Which lifts are watched, and why the others are not; readiness, metrics and lists all use this."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from lifts.schema import Lift
from service.domain.camera import CameraState, CameraStatus
from service.store import lifts, masks
from service.store.database import Store


class NotWatched(StrEnum):
    """Why a lift's carriers are not being judged. Part of the API: a code never changes its meaning."""

    NO_CAMERA = "no_camera"
    NO_ADDRESS = "no_address"
    NO_TRACK = "no_track"
    NO_MASKS = "no_masks"
    CAMERA_NOT_STARTED = "camera_not_started"
    CAMERA_STARTING = "camera_starting"
    CAMERA_DEGRADED = "camera_degraded"
    CAMERA_LOST = "camera_lost"


_TEXTS = {NotWatched.NO_ADDRESS: "camera without an address"}


def why_not_watched(lift: Lift, mask_version: int | None, status: CameraStatus | None) -> str | None:
    """Return the same as `not_watched_code` in words."""
    code = not_watched_code(lift, mask_version, status)
    return None if code is None else _TEXTS.get(code, code.value.replace("_", " "))


def not_watched_code(lift: Lift, mask_version: int | None, status: CameraStatus | None) -> NotWatched | None:
    """Return why a lift's carriers are not being judged now, None if they are.

    Args:
        lift: as it is configured.
        mask_version: its active masks, None if it has none.
        status: what its camera's process reports, None if there is no such process.
    """
    if status is None:
        if lift.camera is None:
            return NotWatched.NO_CAMERA
        if lift.camera.watched_url is None:
            return NotWatched.NO_ADDRESS
        return NotWatched.CAMERA_NOT_STARTED if lift.track else NotWatched.NO_TRACK
    if status.state is not CameraState.LIVE:
        return NotWatched(f"camera_{status.state.value}")
    return None if mask_version else NotWatched.NO_MASKS


def survey(store: Store, status_of: Callable[[str], CameraStatus | None]) -> dict[str, str | None]:
    """Return every enrolled lift with why it is not watched; None for one that is. Raises StoreError."""
    with store.reading() as session:
        versions = masks.active_versions(session)
        enrolled, invalid = lifts.listing(session), lifts.invalid(session)
    found = {lift.id: why_not_watched(lift, versions.get(lift.id), status_of(lift.id)) for lift in enrolled}
    found |= {lift_id: f"out of service: {reason}" for lift_id, reason in invalid.items()}
    return dict(sorted(found.items()))
