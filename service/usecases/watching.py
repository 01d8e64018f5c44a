"""Which lifts are watched, and why the others are not; readiness, metrics and lists all use this."""

from __future__ import annotations

from collections.abc import Callable

from lifts.schema import Lift
from service.domain.camera import CameraState, CameraStatus
from service.store import lifts, masks
from service.store.database import Store


def why_not_watched(lift: Lift, mask_version: int | None, status: CameraStatus | None) -> str | None:
    """Return why a lift's carriers are not being judged now, None if they are.

    Args:
        lift: as it is configured.
        mask_version: its active masks, None if it has none.
        status: what its camera's process reports, None if there is no such process.
    """
    if status is None:
        if lift.camera is None:
            return "no camera"
        if lift.camera.watched_url is None:
            return "camera without an address"
        return "camera not started" if lift.track else "no track"
    if status.state is not CameraState.LIVE:
        return f"camera {status.state.value}"
    return None if mask_version else "no masks"


def survey(store: Store, status_of: Callable[[str], CameraStatus | None]) -> dict[str, str | None]:
    """Return every enrolled lift with why it is not watched; None for one that is. Raises StoreError."""
    with store.reading() as session:
        versions = masks.active_versions(session)
        enrolled, invalid = lifts.listing(session), lifts.invalid(session)
    found = {lift.id: why_not_watched(lift, versions.get(lift.id), status_of(lift.id)) for lift in enrolled}
    found |= {lift_id: f"out of service: {reason}" for lift_id, reason in invalid.items()}
    return dict(sorted(found.items()))
