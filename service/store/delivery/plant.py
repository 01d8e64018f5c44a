"""What belongs to a lift's control, as stored: its slot, the output towards it, the inputs from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.audit import entries
from service.store.damage import readable
from service.store.tables import OutOfServiceRow, PlantRow

MOST_SLOTS = 64


@dataclass(frozen=True, slots=True)
class StoredControl:
    """Where a lift's coil is, and who armed it. `id` names the proposal that is confirmed.

    coil: its address; counter: a holding register that counts with each write, None: none. Times are UTC.
    """

    id: str
    host: str
    port: int
    unit: int
    coil: int
    counter: int | None
    proposed_by: str
    proposed_at: datetime
    armed_by: str | None = None
    armed_at: datetime | None = None


_CONTROL, _INPUTS = TypeAdapter(StoredControl), TypeAdapter(dict[str, Any])


def slots(session: Session) -> dict[str, int]:
    """Return the slot of each lift that ever had one."""
    rows = readable(session, select(PlantRow), PlantRow.lift_id, lambda row: int(row.slot))
    return {lift_id: slot for lift_id, slot in rows if slot is not None}


def assign_slots(session: Session, lift_ids: Collection[str]) -> None:
    """Give each lift that has no slot the next that was never used; none beyond MOST_SLOTS."""
    for lift_id in sorted(set(lift_ids) - slots(session).keys()):
        if _next_slot(session) < MOST_SLOTS:
            _row(session, lift_id)


def controls(session: Session) -> dict[str, StoredControl]:
    """Return the outputs towards lifts' controls, by lift; damaged ones are left out: they are off."""

    def control(row: PlantRow) -> StoredControl | None:
        return None if row.control is None else _CONTROL.validate_python(row.control)

    rows = readable(session, select(PlantRow), PlantRow.lift_id, control)
    return {lift_id: found for lift_id, found in rows if found is not None}


def put_control(session: Session, lift_id: str, control: StoredControl | None, action: str) -> None:
    """Store a lift's output towards its control, or that there is none; action: for the audit."""
    _row(session, lift_id).control = None if control is None else _CONTROL.dump_python(control, mode="json")
    host, coil = ("", 0) if control is None else (control.host, control.coil)
    entries.record(session, f"lift.control_{action}", lift_id, host=host, coil=coil)


def inputs(session: Session) -> dict[str, Mapping[str, Any]]:
    """Return the inputs from lifts' controls as they were stored, by lift; damaged ones are left out."""

    def found(row: PlantRow) -> dict[str, Any] | None:
        return None if row.inputs is None else _INPUTS.validate_python(row.inputs)

    rows = readable(session, select(PlantRow), PlantRow.lift_id, found)
    return {lift_id: given for lift_id, given in rows if given is not None}


def out_of_service(session: Session, now: datetime) -> frozenset[str]:
    """Return the lifts that are out of service at an aware time, or whose camera is."""
    rows = readable(session, select(OutOfServiceRow), OutOfServiceRow.lift_id, lambda row: row.until > now)
    return frozenset(lift_id for lift_id, lasts in rows if lasts)


def put_inputs(session: Session, lift_id: str, given: Mapping[str, Any] | None) -> None:
    """Store a lift's inputs, or that it has none."""
    _row(session, lift_id).inputs = None if given is None else dict(given)
    entries.record(session, "lift.inputs", lift_id, kind="" if given is None else str(given.get("kind", "")))


def _row(session: Session, lift_id: str) -> PlantRow:
    row = session.get(PlantRow, lift_id)
    if row is None:
        slot = _next_slot(session)
        row = PlantRow(lift_id=lift_id, slot=slot, control=None, inputs=None)
        session.add(row)
        session.flush()
        entries.record(session, "lift.slot", lift_id, slot=slot)
    return row


def _next_slot(session: Session) -> int:
    newest = session.scalar(select(func.max(PlantRow.slot)))
    return 0 if newest is None else newest + 1
