"""Going back to an earlier track of a lift, with the masks that were used on it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lifts.schema import Lift
from service.domain.errors import NotFoundError
from service.store import lifts, masks, tracks
from service.store.database import Store
from service.store.tracks import TrackVersion


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What is active now; masks_changed: whether the masks are others than before."""

    lift: Lift
    version: TrackVersion
    masks_changed: bool


def roll_back(store: Store, lift_id: str, version: int) -> RolledBack:
    """Make a version of the track, and the masks last used on it, the active ones; all or nothing.

    The caller lets cameras and pipeline follow.

    Raises:
        NotFoundError: there is no such lift or version.
        DamagedError: lift, track or masks cannot be read.
        StoreError: the database takes no write.
    """

    def job(session: Session) -> RolledBack:
        lift = lifts.get(session, lift_id)
        before = masks.active_versions(session).get(lift_id)
        wanted = tracks.activate(session, lift_id, version)
        # The masks of the active track are those that are active, whatever it had when it was left.
        mask_version = before if wanted.active else wanted.mask_version
        lift = lift.model_copy(update={"track": wanted.track})
        lifts.put(session, lift)
        if mask_version is not None and mask_version != before:
            try:
                masks.activate(session, lift_id, mask_version)
            except NotFoundError:
                mask_version = before
        return RolledBack(lift, tracks.get(session, lift_id, version), mask_version not in {None, before})

    return store.write(job).result()
