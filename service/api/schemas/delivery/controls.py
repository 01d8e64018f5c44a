"""The output towards a lift's control, as the API takes and shows it."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from service.api.schemas.base import Body, Shape
from service.industry.control.terms import CoilProblem, ControlTerms
from service.industry.control.whole import ControlShown, ControlState


class ControlIn(Body):
    """Where the coil is that says that this service lives and sees the lift."""

    host: str = Field(min_length=1, max_length=253, description="The device, e.g. the PLC's address.")
    port: int = Field(default=502, ge=1, le=65535)
    unit: int = Field(default=1, ge=0, le=255, description="Modbus's device id.")
    coil: int = Field(ge=0, le=65535, description="Address of the coil: 1 is healthy.")
    counter: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Address of a holding register that counts with each write. The device must drop by "
        "itself once it stands still for two seconds: only so it notices a network that failed.",
    )

    def terms(self) -> ControlTerms:
        """Return the same for the service."""
        return ControlTerms(self.host, self.port, self.unit, self.coil, self.counter)


class ControlConfirmIn(Body):
    """Which proposal is confirmed, so that nobody arms something else than what was looked at."""

    proposal: str = Field(min_length=1, max_length=64)


class ControlOut(Shape):
    """The output towards a lift's control. It is an operators' aid and no safety function.

    `energised`: what was written last, null unless it is armed; `problem`: why it cannot be written, and
    `problem_code` the same as a code.
    """

    state: ControlState
    proposal: str | None = None
    host: str | None = None
    port: int | None = None
    unit: int | None = None
    coil: int | None = None
    counter: int | None = None
    proposed_by: str | None = None
    proposed_at: datetime | None = None
    confirm_until: datetime | None = None
    armed_by: str | None = None
    armed_at: datetime | None = None
    energised: bool | None = None
    problem: str | None = None
    problem_code: CoilProblem | None = None

    @classmethod
    def of(cls, shown: ControlShown) -> ControlOut:
        """Return what is shown of one; a proposal that is too old is shown as off, without its terms."""
        stored, coil = shown.stored, shown.coil
        fault = None if coil is None else coil.fault
        if stored is None or shown.state is ControlState.OFF:
            return cls(state=ControlState.OFF)
        return cls(
            state=shown.state,
            proposal=stored.id,
            host=stored.host,
            port=stored.port,
            unit=stored.unit,
            coil=stored.coil,
            counter=stored.counter,
            proposed_by=stored.proposed_by,
            proposed_at=stored.proposed_at,
            confirm_until=shown.confirm_until,
            armed_by=stored.armed_by,
            armed_at=stored.armed_at,
            energised=None if coil is None else coil.energised,
            problem=None if fault is None else fault.message,
            problem_code=None if fault is None else fault.code,
        )
