"""Storing enrolled masks: the lift comes with its first ones, and everything that judges by them follows."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lifts.schema import Lift
from service.domain.errors import NotFoundError
from service.domain.masks import MaskVersion
from service.store import lifts, masks
from service.usecases.parts import ServiceParts


def find_lift(parts: ServiceParts, lift_id: str) -> Lift | None:
    """Return a lift, None if it is new. Raises StoreError."""
    with parts.store.reading() as session:
        try:
            return lifts.get(session, lift_id)
        except NotFoundError:
            return None


def store_masks(parts: ServiceParts, lift: Lift, version: MaskVersion) -> MaskVersion:
    """Store an enrolled pair as the lift's active masks, and the lift if it is new; cameras follow.

    Returns:
        The masks with their version number.

    Raises:
        StoreError: the database takes no write.
    """

    def job(session: Session) -> MaskVersion:
        if not lifts.exists(session, lift.id):
            lifts.put(session, lift)
        return masks.add(session, version)

    stored = parts.store.write(job).result()
    parts.masks_changed(lift.id)
    return stored
