"""Lifts as registered. Every function takes the caller's session and neither commits nor closes it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lifts.schema import Lift
from service.domain.errors import NotFoundError
from service.store.tables import LiftRow


def put(session: Session, lift: Lift) -> bool:
    """Register the lift or replace its configuration; returns whether it is new."""
    row = session.get(LiftRow, lift.id)
    config = lift.model_dump(mode="json", exclude_none=True)
    now = datetime.now(UTC)
    if row is None:
        session.add(LiftRow(id=lift.id, config=config, updated_at=now))
        session.flush()
        return True
    row.config, row.updated_at = config, now
    return False


def get(session: Session, lift_id: str) -> Lift:
    """Return the lift; raises NotFoundError."""
    row = session.get(LiftRow, lift_id)
    if row is None:
        raise NotFoundError(f"no lift {lift_id!r}")
    return Lift.model_validate(row.config)


def exists(session: Session, lift_id: str) -> bool:
    """Say whether the lift is registered."""
    return session.get(LiftRow, lift_id) is not None


def listing(session: Session) -> tuple[Lift, ...]:
    """Return every lift, by id."""
    rows = session.scalars(select(LiftRow).order_by(LiftRow.id))
    return tuple(Lift.model_validate(row.config) for row in rows)


def delete(session: Session, lift_id: str) -> None:
    """Remove the lift and its masks; its passages and alarms stay as evidence. Raises NotFoundError."""
    row = session.get(LiftRow, lift_id)
    if row is None:
        raise NotFoundError(f"no lift {lift_id!r}")
    session.delete(row)
    session.flush()
