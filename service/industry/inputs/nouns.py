"""What a lift's control tells this service, and how long it is believed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Signal(StrEnum):
    """What can be told of a line."""

    LINE_RUNNING = "line_running"
    SPEED = "speed"
    CARRIER_PULSE = "carrier_pulse"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a signal at `at_s`, time.monotonic().

    value: LINE_RUNNING: 0 or 1. SPEED: metres per second. CARRIER_PULSE: how many carriers since the last
    reading, 0 for a sign of life.
    """

    signal: Signal
    value: float
    at_s: float


@dataclass(frozen=True, slots=True)
class HeardSignal:
    """What was heard last of a signal, `age_s` seconds ago.

    value: as in Reading; of CARRIER_PULSE how many carriers were counted since the input is listened to.
    """

    value: float
    age_s: float


@dataclass(frozen=True, slots=True)
class InputLimits:
    """When inputs are believed; in seconds unless the name says otherwise.

    stale: without a reading for so long a signal says nothing. moving_m_per_s: below, the line stands.
    passed: how long a carrier that was seen to pass speaks for a line that runs.
    release: how long the line may run, all in all, before another carrier must have been seen.
    settle: after a change of the line's movement, before camera and input are compared.
    doubt, sure: how long they must differ before that is said, and agree before it is over.
    grace: how long after a pulse its carrier may still be reported. window: carriers among which unseen ones
    are counted; unseen_share: the share of them that is an alarm; least: but at least so many.
    spacing_off: how much speed times interval may differ from what it was learnt to be.
    """

    stale: float = 15.0
    moving_m_per_s: float = 0.1
    passed: float = 300.0
    release: float = 60.0
    settle: float = 10.0
    doubt: float = 20.0
    sure: float = 20.0
    grace: float = 30.0
    window: int = 50
    unseen_share: float = 0.1
    least: int = 3
    spacing_off: float = 0.25
    spacing_samples: int = 20


LIMITS = InputLimits()
