"""A coil's two steps as they are stored: proposed by an administrator, then confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CONFIRM_WITHIN = timedelta(minutes=10)


class ControlState(StrEnum):
    """How far an output towards a lift's control is."""

    OFF = "off"
    PROPOSED = "proposed"
    ARMED = "armed"


@dataclass(frozen=True, slots=True)
class ControlRecord:
    """Where a lift's coil is, and who armed it. `id` names the proposal that is confirmed."""

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

    def state(self, now: datetime) -> ControlState:
        """Return its state: a proposal that nobody confirmed in time is off."""
        if self.armed_at is not None:
            return ControlState.ARMED
        return ControlState.PROPOSED if now < self.proposed_at + CONFIRM_WITHIN else ControlState.OFF
