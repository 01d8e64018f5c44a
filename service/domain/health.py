"""Changes in what the system can see."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.alarm import AlarmKind


@dataclass(frozen=True, slots=True)
class Health:
    """A change in what the system can see: a problem begins (active) or ends (not active).

    cause: which of the troubles of this kind, at most 64 letters; an end without a cause ends them all.
    """

    kind: AlarmKind
    lift_id: str | None
    active: bool
    message: str
    cause: str = ""
