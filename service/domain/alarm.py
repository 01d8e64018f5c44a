"""Alarms: as subscribers see them, and as the policy asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from lifts.decision.verdict import Verdict

Parameters = Mapping[str, float | str]
"""The numbers and names in a message, by name; together with its codes they are the message for programs."""

LATE = timedelta(seconds=2)
"""A verdict on a carrier that left longer ago than this is late: the camera no longer shows it."""


class AlarmKind(StrEnum):
    """What an alarm is about: one kind for the bar, the others for the system's own eyesight and health."""

    BAR_OPEN = "bar_open"
    """A carrier left with its bar open, and is or may be occupied."""
    CAMERA_LOST = "camera_lost"
    """No frames come."""
    CAMERA_FROZEN = "camera_frozen"
    """The same picture comes again and again."""
    VIEW_CHANGED = "view_changed"
    """The camera has moved, or shows the carriers of another lift."""
    LOW_VISIBILITY = "low_visibility"
    """Dark, covered, blurred, over-exposed, or a damaged stream."""
    WORKER_DOWN = "worker_down"
    """The network's process (no lift) or a camera's process is down."""
    LIFT_UNKNOWN_RATE = "lift_unknown_rate"
    """Too many passages cannot be judged, or no carriers are recognised."""
    LIFT_INVALID = "lift_invalid"
    """The lift's configuration cannot be used: it is out of service, the others go on."""
    OVERLOADED = "overloaded"
    """The machine reads less than 80 % of the camera's frames: carriers may be missed."""
    SERVICE_DOWN = "service_down"
    """The service itself did not run for a time: nobody watched."""
    STORAGE_DAMAGED = "storage_damaged"
    """The database, its log or the pictures' folder was removed, replaced or is damaged."""
    DISK_LOW = "disk_low"
    """The data folder's disk has little room or none."""
    CLOCK_JUMPED = "clock_jumped"
    """The system's time jumped: nothing is deleted until somebody confirms it."""
    BACKUP_FAILED = "backup_failed"
    """The scheduled backup could not be made."""


MOMENTS = frozenset({AlarmKind.BAR_OPEN, AlarmKind.SERVICE_DOWN})
"""Alarms about what has happened, not conditions: none clears by itself, each is done once acknowledged."""


class AlarmState(StrEnum):
    """An alarm's state in its life cycle (after ISA-18.2)."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    """The condition is over, and nobody has acknowledged that it was there."""
    SHELVED = "shelved"
    CLEARED = "cleared"


OVER = frozenset({AlarmState.RETURNED, AlarmState.CLEARED})
"""States of an alarm whose condition is over."""

CHATTERING = "chattering"
"""Parameter of an alarm that comes and goes: how often it was raised within a minute."""


class Severity(StrEnum):
    """How urgent an alarm is: critical for people in danger, warning for a system that cannot tell."""

    CRITICAL = "critical"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm as subscribers see it; `seq` grows with each new or changed alarm.

    cause: which of the troubles of its kind; every cause has an alarm of its own.
    left_at: when the carrier was at TF; None if there is no carrier or it is unknown.
    parameters: what `message` says, for programs.
    """

    id: str
    seq: int
    kind: AlarmKind
    severity: Severity
    lift_id: str | None
    passage_id: str | None
    raised_at: datetime
    state: AlarmState
    verdict: Verdict | None
    evidence: tuple[str, ...]
    message: str
    cause: str = ""
    left_at: datetime | None = None
    parameters: Parameters = field(default_factory=dict, hash=False)

    @property
    def late(self) -> bool:
        """Whether its carrier had left noticeably before the alarm was raised."""
        return self.left_at is not None and self.raised_at - self.left_at > LATE


@dataclass(frozen=True, slots=True)
class AlarmDraft:
    """An alarm that the policy asks for; the store gives it id, seq and time when it commits it."""

    kind: AlarmKind
    severity: Severity
    lift_id: str | None
    message: str
    passage_id: str | None = None
    verdict: Verdict | None = None
    evidence: tuple[str, ...] = ()
    cause: str = ""
    left_at: datetime | None = None
    parameters: Parameters = field(default_factory=dict, hash=False)
