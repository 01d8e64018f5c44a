"""What industrial peers (a PLC, a SCADA) are told, and what they may ask for: small, and made to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

MOST_SLOTS = 64
"""Lifts that have a place of their own in what has fixed addresses."""


class LineState(IntEnum):
    """How the line moves; the number is what a register holds."""

    UNKNOWN = 0
    RUNNING = 1
    STOPPED = 2
    BACKWARDS = 3


@dataclass(frozen=True, slots=True)
class LiftReport:
    """One lift as it is now.

    slot: its place in what has fixed addresses, 0..MOST_SLOTS - 1; it keeps it for ever.
    armed: whether it may say that all is well. sees: pictures come, and what is on them can be judged.
    in_service: False while an operator has taken it out of service.
    open_bars: alarms of an open bar that stand; standing, unacknowledged: of any kind.
    passages: carriers since the service started. newest_seq: of its newest alarm or change of one, 0 if none.
    """

    slot: int
    lift_id: str
    name: str
    armed: bool
    sees: bool
    in_service: bool
    line: LineState
    open_bars: int
    standing: int
    unacknowledged: int
    passages: int
    newest_seq: int


@dataclass(frozen=True, slots=True)
class PlantReport:
    """All lifts that are shown as they are now, and whether the service works.

    counter: grows with each report. healthy: every thread of the service works, and every lift that is to be
    shown is there, and seen if it is in service. standing, unacknowledged: alarms of any lift and of none.
    """

    counter: int
    healthy: bool
    newest_seq: int
    standing: int
    unacknowledged: int
    lifts: tuple[LiftReport, ...]


@dataclass(frozen=True, slots=True)
class AcknowledgeWanted:
    """A peer wants alarms acknowledged. number: answers refer to it.

    alarm_ids: these; empty: every unacknowledged one of the lift (None: of no lift) up to `newest_seq`.
    """

    number: int
    actor: str
    comment: str
    alarm_ids: tuple[str, ...] = ()
    lift_id: str | None = None
    newest_seq: int = 0


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What became of it. refusal: why not, empty if it was done."""

    number: int
    refusal: str = ""
