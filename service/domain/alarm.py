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
    OUTPUT_FAILED = "output_failed"
    """An output is behind: its receiver has not got what was committed."""
    EVIDENCE_BEHIND = "evidence_behind"
    """Pictures and clips do not get to the shared store: they wait on this machine's disk."""
    SELF_TEST_MISSED = "self_test_missed"
    """The lift's daily self-test did not run."""
    SELF_TEST_FAILED = "self_test_failed"
    """The lift's newest self-test failed."""
    SELF_TEST = "self_test"
    """What a self-test sends down the live path: over as it begins, so that it alarms nobody."""
    STREAM_FAILED = "stream_failed"
    """One of a camera's two streams fails; the other one is followed."""
    INPUT_DOUBTFUL = "input_doubtful"
    """An input of the lift's control says nothing, or something else than the camera sees."""
    CLUSTER_LOST = "cluster_lost"
    """The cluster does not judge: this machine alone does."""


BLIND = frozenset(
    {
        AlarmKind.CAMERA_LOST,
        AlarmKind.CAMERA_FROZEN,
        AlarmKind.VIEW_CHANGED,
        AlarmKind.LOW_VISIBILITY,
        AlarmKind.WORKER_DOWN,
        AlarmKind.LIFT_UNKNOWN_RATE,
        AlarmKind.LIFT_INVALID,
        AlarmKind.OVERLOADED,
    }
)
"""Kinds that say that carriers leave unseen now."""

SEAT_UNCLEAR = "seat_unclear"
"""Cause of an open bar's alarm where nobody can tell whether anybody sits there."""


LEAST_IMPORTANT = 4


def priority_of(kind: AlarmKind, cause: str) -> int:
    """Return how important an alarm is, 1 the most: blind 1, open 2, open with an unclear seat 3, the rest 4.

    Blind comes first: one who cannot see does not know how many leave open.
    """
    if kind in BLIND:
        return 1
    if kind is not AlarmKind.BAR_OPEN:
        return LEAST_IMPORTANT
    return 3 if cause == SEAT_UNCLEAR else 2


MOMENTS = frozenset({AlarmKind.BAR_OPEN, AlarmKind.SERVICE_DOWN})
"""Alarms about what has happened, not conditions: each is done once acknowledged. One of the bar ends when
its carrier has passed the next station, the others never by themselves."""


class AlarmState(StrEnum):
    """An alarm's state in its life cycle (after ISA-18.2)."""

    ACTIVE = "active"
    ACKNOWLEDGED = "acknowledged"
    RETURNED = "returned"
    """The condition is over, and nobody has acknowledged that it was there."""
    SHELVED = "shelved"
    """Put away by a person until a time, for a reason."""
    SUPPRESSED = "suppressed"
    """Suppressed by design: it follows from another alarm, which stands and says more (`suppressed_by`)."""
    OUT_OF_SERVICE = "out_of_service"
    """Its lift or camera was taken out of service by a person, until a time, for a reason."""
    CLEARED = "cleared"


OVER = frozenset({AlarmState.RETURNED, AlarmState.CLEARED})
"""States of an alarm whose condition is over."""

NEEDS_SOMEBODY = frozenset({AlarmState.ACTIVE, AlarmState.RETURNED})
"""States of an alarm that nobody has acknowledged."""

HIDDEN = frozenset({AlarmState.SHELVED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE})
"""States that lie above another one (`below`), which comes back with their end."""

CONSEQUENCES: Mapping[AlarmKind, frozenset[AlarmKind]] = {
    AlarmKind.LIFT_UNKNOWN_RATE: frozenset({AlarmKind.WORKER_DOWN, AlarmKind.CAMERA_LOST})
}
"""Suppressed by design: while the same lift's, or the whole service's, alarm of one of these kinds stands and
is seen, that a lift's carriers cannot be judged only follows from it."""

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
    group: which alarms of the bar belong together, those of one lift and run: the id of the first of them.
    ended_at: since when its condition is over. acknowledged_*, shelved_*: by whom, when, until when and why.
    suppressed_by: the kind of the alarm that it follows from.
    escalation: which step it has reached because nobody acknowledged it, 0 none; escalated_to: the outputs
    that it was given to therefore; escalated_person: who was to look.
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
    group: str | None = None
    ended_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    shelved_until: datetime | None = None
    shelved_by: str | None = None
    shelved_reason: str | None = None
    suppressed_by: AlarmKind | None = None
    escalation: int = 0
    escalated_to: tuple[str, ...] = ()
    escalated_person: str = ""

    @property
    def priority(self) -> int:
        """How important it is, 1 the most (`priority_of`)."""
        return priority_of(self.kind, self.cause)

    @property
    def late(self) -> bool:
        """Whether its carrier had left noticeably before the alarm was raised."""
        return self.left_at is not None and self.raised_at - self.left_at > LATE


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """One entry of the outbox: an alarm as it was after a change.

    at: when it changed, UTC. action, actor, note: what was done to it, by whom, with which words.
    alarm: None if the entry is damaged.
    """

    seq: int
    at: datetime
    action: str
    actor: str
    note: str
    alarm: Alarm | None


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


@dataclass(frozen=True, slots=True)
class AlarmGroup:
    """Alarms of the bar of one lift and run that stand, as one; see service.store.alarms.groups.

    id: of its first alarm. alarms: how many of it stand; unacknowledged: how many of these nobody has seen.
    state: ACTIVE if one of them is, else RETURNED if one of them is, else that of the newest. seq: the newest
    of them; who acknowledges the group up to it acknowledges what they saw.
    """

    id: str
    lift_id: str | None
    kind: AlarmKind
    severity: Severity
    priority: int
    state: AlarmState
    alarms: int
    unacknowledged: int
    first_raised_at: datetime
    last_raised_at: datetime
    seq: int


class ServiceScope(StrEnum):
    """What of a lift is out of service."""

    LIFT = "lift"
    CAMERA = "camera"


@dataclass(frozen=True, slots=True)
class OutOfService:
    """A lift, or its camera, that a person took out of service: by whom, since and until when, and why."""

    lift_id: str
    scope: ServiceScope
    by: str
    reason: str
    since: datetime
    until: datetime

    def covers(self, kind: AlarmKind) -> bool:
        """Say whether alarms of this kind at the lift are marked: of a camera, those that say it is blind."""
        if self.scope is ServiceScope.LIFT:
            return True
        return kind in BLIND and kind is not AlarmKind.LIFT_INVALID


@dataclass(frozen=True, slots=True)
class AlarmFlood:
    """More alarms than a person can take in: since when, and how many came within the last ten minutes."""

    since: datetime
    alarms: int


@dataclass(frozen=True, slots=True)
class AlarmStatus:
    """What is said beside single alarms: whether there is a flood, and what is out of service."""

    flood: AlarmFlood | None = None
    out_of_service: tuple[OutOfService, ...] = ()
