"""Outputs as JSON."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from lifts.schema import LIFT_ID_PATTERN
from service.api.schemas.base import ONE_LINE, Body
from service.api.tags import TAG, tag_of
from service.domain.alarm import LEAST_IMPORTANT, AlarmKind
from service.outputs.base.problems import OutputError, OutputProblem
from service.outputs.health import OutputHealth, OutputState
from service.store.delivery.outputs import StoredOutput

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)
]
LiftId = Annotated[str, StringConstraints(pattern=LIFT_ID_PATTERN)]
Priority = Annotated[int, Field(ge=1, le=LEAST_IMPORTANT)]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class OutputChange(Body):
    """What an output is to be from now on; it begins with the next alarm when it is switched on."""

    name: Name = Field(examples=["Control room"])
    enabled: bool = Field(default=False, description="Whether it delivers; off unless this says so.")
    lifts: list[LiftId] | None = Field(
        default=None, min_length=1, description="Alarms of these lifts, and of the whole service; null: all."
    )
    kinds: list[AlarmKind] | None = Field(
        default=None, min_length=1, description="Alarms of these kinds; null: all."
    )
    priorities: list[Priority] | None = Field(
        default=None, min_length=1, description="Alarms of these priorities, 1 to 4; null: all."
    )
    escalated: bool = Field(
        default=False, description="Only alarms that a step of escalation has given to this output."
    )
    settings: dict[str, Any] = Field(
        description="By kind: see the documentation of outputs.", examples=[{"url": "https://example.org/a"}]
    )
    secrets: dict[str, Secret | None] = Field(
        default_factory=dict,
        description="Passwords and keys by name, stored encrypted, never shown. One that is left out stays; "
        "null takes it away.",
    )

    def filters(self) -> dict[str, Any]:
        """Return the filters as they are stored."""
        return self.model_dump(mode="json", include={"lifts", "kinds", "priorities", "escalated"})


class OutputIn(OutputChange):
    """A new output."""

    id: Annotated[str, StringConstraints(pattern=LIFT_ID_PATTERN)] | None = Field(
        default=None,
        description="What its address is called; one is made up if there is none.",
        examples=["hut"],
    )
    kind: str = Field(max_length=32, examples=["webhook"])


class OutputFaultOut(BaseModel):
    """What went wrong last."""

    code: OutputProblem
    parameters: dict[str, int | float | str]
    message: str = Field(description="The same in words, for people who read it raw.")
    at: datetime


class OutputHealthOut(BaseModel):
    """How an output is."""

    state: OutputState
    last_seq: int = Field(description="Its receiver has everything up to this seq that passes the filters.")
    lag: int = Field(description="How many newer entries there are.")
    delivered_at: datetime | None = Field(description="When its receiver last took one.")
    last_error: OutputFaultOut | None = Field(description="The last one, also once it is over.")
    refused: int = Field(
        description="How often its receiver refused something for good since it was started."
    )
    set_aside: int = Field(description="How many changes of alarms wait for a person because of that.")

    @classmethod
    def of(cls, health: OutputHealth) -> OutputHealthOut:
        """Take what the API shows."""
        fault = health.fault
        error = None if fault is None else _fault(fault.error, fault.at)
        return cls(
            state=health.state,
            last_seq=health.seq,
            lag=health.lag,
            delivered_at=health.delivered_at,
            last_error=error,
            refused=health.refused,
            set_aside=health.set_aside,
        )


class OutputOut(BaseModel):
    """An output; of its secrets only which there are."""

    id: str
    kind: str
    name: str
    enabled: bool
    lifts: list[str] | None
    kinds: list[str] | None
    priorities: list[int] | None
    escalated: bool
    settings: dict[str, Any]
    secrets: list[str] = Field(description="The names of those that are stored and can be read.")
    created_at: datetime
    changed_at: datetime
    health: OutputHealthOut
    tag: str = Field(description=TAG)

    @classmethod
    def of(cls, output: StoredOutput, health: OutputHealth, secrets: tuple[str, ...]) -> OutputOut:
        """Take what the API shows."""
        filters = {name: output.filters.get(name) for name in ("lifts", "kinds", "priorities")}
        return cls(
            id=output.id,
            kind=output.kind,
            name=output.name,
            enabled=output.enabled,
            escalated=bool(output.filters.get("escalated", False)),
            settings=dict(output.settings),
            secrets=list(secrets),
            created_at=output.created_at,
            changed_at=output.changed_at,
            health=OutputHealthOut.of(health),
            tag=tag_of_output(output),
            **filters,
        )


def tag_of_output(output: StoredOutput) -> str:
    """Return its ETag. Its secrets are not in it; that they changed is, by the time."""
    return tag_of(replace(output, sealed=None))


class NewOutputOut(OutputOut):
    """A new output, with the secrets that were made for it: they are shown this once."""

    made: dict[str, str]


class OutputsOut(BaseModel):
    """Every output, by id."""

    items: list[OutputOut]


class OutputTestOut(BaseModel):
    """How a test went."""

    ok: bool
    elapsed_ms: float
    error: OutputFaultOut | None

    @classmethod
    def of(cls, error: OutputError | None, elapsed_ms: float, at: datetime) -> OutputTestOut:
        """Take what the API shows."""
        shown = None if error is None else _fault(error, at)
        return cls(ok=error is None, elapsed_ms=round(elapsed_ms, 1), error=shown)


def _fault(error: OutputError, at: datetime) -> OutputFaultOut:
    return OutputFaultOut(code=error.problem, parameters=dict(error.parameters), message=str(error), at=at)
