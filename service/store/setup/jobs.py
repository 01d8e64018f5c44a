"""Lifts' set-up jobs: one each, by the lift's id, whether the lift is registered yet or not."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.setup.jobs.state import SetupJob
from service.store.damage import intact, readable
from service.store.tables import SetupJobRow


def put(session: Session, job: SetupJob) -> None:
    """Store a lift's job in place of the one before."""
    delete(session, job.lift_id)
    now = datetime.now(UTC)
    session.add(SetupJobRow(lift_id=job.lift_id, job=job.model_dump(mode="json"), updated_at=now))
    session.flush()


def get(session: Session, lift_id: str) -> SetupJob | None:
    """Return a lift's job; None if it has none. Raises DamagedError."""
    query = select(SetupJobRow).where(SetupJobRow.lift_id == lift_id)
    with intact(session, SetupJobRow.__tablename__, lift_id, f"the set-up of lift {lift_id!r} is"):
        row = session.scalar(query)
        return None if row is None else _record(row)


def listing(session: Session) -> list[SetupJob]:
    """Return every job that can be read, by lift."""
    query = select(SetupJobRow).order_by(SetupJobRow.lift_id)
    return [job for _, job in readable(session, query, SetupJobRow.lift_id, _record) if job is not None]


def delete(session: Session, lift_id: str) -> None:
    """Delete a lift's job, damaged or not, if it has one."""
    session.execute(sql_delete(SetupJobRow).where(SetupJobRow.lift_id == lift_id))


def _record(row: SetupJobRow) -> SetupJob:
    return SetupJob.model_validate(row.job)
