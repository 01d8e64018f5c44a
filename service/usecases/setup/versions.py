"""Going back to an earlier track of a lift, with the masks that were used on it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from sqlalchemy.orm import Session

from lifts.schema import Lift
from service.domain.errors import ConflictError, NotFoundError
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
        ConflictError: the track is of pictures of another size than the camera's are now.
        NotFoundError: there is no such lift or version.
        DamagedError: lift, track or masks cannot be read.
        StoreError: the database takes no write.
    """

    def job(session: Session) -> RolledBack:
        lift = lifts.get(session, lift_id)
        before = masks.active_versions(session).get(lift_id)
        _check_size(lift, tracks.picture(session, lift_id, version))
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


def _check_size(lift: Lift, jpeg: bytes | None) -> None:
    """Refuse a track whose kept view, a JPEG, is not of the camera's size: its poses are in those pixels."""
    view = None if not jpeg else cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if view is None or lift.camera is None:
        return
    now, then = (lift.camera.width, lift.camera.height), view.shape[1::-1]
    if now != then:
        raise ConflictError(
            f"that track is of pictures of {then[0]}x{then[1]}, the camera's are {now[0]}x{now[1]} now",
            "other_size",
            width=now[0],
            height=now[1],
        )
