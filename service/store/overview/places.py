"""Where lifts are, for people who look at many of them, and how far apart their carriers hang.

Apart from the lift's configuration: a camera is started anew when that changes, and nobody shall be blind for
seconds because an area was renamed.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.errors import NotFoundError
from service.store import lifts
from service.store.audit.entries import record
from service.store.damage import readable
from service.store.tables import LiftPlaceRow


@dataclass(frozen=True, slots=True)
class LiftPlace:
    """Where a lift is. Empty: nobody has said it.

    spacing_m: metres between carriers on the rope, > 0; None: not known.
    """

    area: str = ""
    station: str = ""
    spacing_m: float | None = None


NOWHERE = LiftPlace()


def put(session: Session, lift_id: str, place: LiftPlace) -> None:
    """Store where a lift is, in place of what was said before. Raises NotFoundError: no such lift."""
    if not lifts.exists(session, lift_id):
        raise NotFoundError(f"no lift {lift_id!r}", "no_lift", lift_id=lift_id)
    session.merge(LiftPlaceRow(lift_id=lift_id, **asdict(place)))
    record(session, "lift.place", lift_id, **asdict(place))


def by_lift(session: Session) -> dict[str, LiftPlace]:
    """Return where each lift is of which somebody said it; a damaged entry says nothing."""
    rows = readable(session, select(LiftPlaceRow), LiftPlaceRow.lift_id, _place)
    return {lift_id: place for lift_id, place in rows if place is not None}


def _place(row: LiftPlaceRow) -> LiftPlace:
    area, station, spacing_m = row.area, row.station, row.spacing_m
    if not isinstance(area, str) or not isinstance(station, str):
        raise TypeError("expected text")
    if spacing_m is not None and not (isinstance(spacing_m, float) and 0 < spacing_m < math.inf):
        raise ValueError(f"expected metres between carriers, got {spacing_m!r}")
    return LiftPlace(area, station, spacing_m)
