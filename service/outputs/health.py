"""How an output is: what the API shows of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from service.outputs.base.problems import OutputError


class OutputState(StrEnum):
    """What an output does now."""

    OFF = "off"
    STARTING = "starting"
    LIVE = "live"
    """Its receiver has everything."""
    BEHIND = "behind"
    """It delivers, and is not at the newest alarm yet."""
    FAILING = "failing"
    """The last attempt failed; it is tried again."""


@dataclass(frozen=True, slots=True)
class OutputFault:
    """What went wrong last, and when: a code, its parameters, and words for people who read it raw."""

    error: OutputError
    at: datetime

    @classmethod
    def now(cls, error: OutputError) -> OutputFault:
        """Return an error of this moment."""
        return cls(error, datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class OutputHealth:
    """How an output is.

    seq: the last that is dealt with. lag: how many entries of the outbox come after it. delivered_at: when
    the receiver last took one. fault: the last, also once it is over. refused: how often the receiver refused
    something for good since the output was started. set_aside: how many changes of alarms wait for a person
    because of that.
    """

    state: OutputState
    seq: int
    lag: int
    delivered_at: datetime | None
    fault: OutputFault | None
    refused: int = 0
    set_aside: int = 0
