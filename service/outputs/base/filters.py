"""Which alarms an output gets, and of which lifts it shows the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from service.domain.alarm import LEAST_IMPORTANT, Alarm, AlarmKind
from service.outputs.base.problems import OutputError, OutputProblem

Priority = Annotated[int, Field(ge=1, le=LEAST_IMPORTANT)]
"""1 is the most important (service.domain.alarm.priority_of)."""


@dataclass(frozen=True, slots=True)
class OutputFilter:
    """None: all. An alarm that belongs to no lift concerns every lift, and passes whichever were chosen.

    Kinds, priorities and `escalated` choose alarms. The state of a lift (blind, open, seen) is chosen by lift
    alone: an output that is told of open bars only must not show a blind lift as seen.
    """

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    lifts: tuple[str, ...] | None = None
    kinds: tuple[AlarmKind, ...] | None = None
    priorities: tuple[Priority, ...] | None = None
    escalated: bool = False
    """Only what a step of escalation has given to the output."""

    def wants(self, alarm: Alarm, output_id: str = "") -> bool:
        """Say whether an alarm passes; one that was escalated to the output does whatever else was chosen."""
        if output_id in alarm.escalated_to:
            return True
        return (
            not self.escalated
            and (self.lifts is None or alarm.lift_id is None or alarm.lift_id in self.lifts)
            and (self.kinds is None or alarm.kind in self.kinds)
            and (self.priorities is None or alarm.priority in self.priorities)
        )

    def shows(self, lift_id: str) -> bool:
        """Say whether the state of a lift is shown."""
        return self.lifts is None or lift_id in self.lifts

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> OutputFilter:
        """Return a stored one; raises OutputError: it cannot be read."""
        try:
            return _STORED.validate_python(dict(stored))
        except ValidationError:
            raise OutputError(OutputProblem.MISCONFIGURED, where="filters") from None


_STORED = TypeAdapter(OutputFilter)
