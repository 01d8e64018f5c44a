"""Changes in what the system can see."""

from __future__ import annotations

from dataclasses import dataclass, field

from service.domain.alarm import AlarmKind, Parameters


@dataclass(frozen=True, slots=True)
class Health:
    """A change in what the system can see: a problem begins (active) or ends (not active).

    cause: which of the troubles of this kind, at most 64 letters; an end without a cause ends them all.
    parameters: what `message` says, for programs. grows: it began before and has become worse, so that an
    alarm of it that somebody has acknowledged calls again. fence: of the lease by which a camera's owner
    says it; None: the service does.
    """

    kind: AlarmKind
    lift_id: str | None
    active: bool
    message: str
    cause: str = ""
    parameters: Parameters = field(default_factory=dict, hash=False)
    grows: bool = False
    fence: int | None = None
