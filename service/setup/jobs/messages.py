"""What a set-up's process is ordered to do, and what it sends."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lifts.schema import Lift
from service.capture.hardware import Hardware
from service.domain.camera import DialTerms
from service.setup.jobs.state import FoundCarrier, SetupProblem, SetupStep, TrackProposal

RECORDING, LEARNT, PLACES = "recording.mkv", "learnt.npz", ("begin", "middle", "end")
"""Files of a lift's set-up; pictures are in a folder by their revision."""


@dataclass(frozen=True, slots=True)
class SetupOrder:
    """What to do.

    folder: where the recording is, or comes. revision: of the pictures that are to be made.
    lift: as it will be configured; size and track are set where they are not known yet.
    proposal: the track to cut the carriers out by, and found: as it was found; None: record, and find one.
    terms: to dial by; None: those of this process's environment.
    """

    folder: Path
    revision: int
    lift: Lift
    seconds: float
    hardware: Hardware = "none"
    proposal: TrackProposal | None = None
    found: TrackProposal | None = None
    terms: DialTerms | None = None


@dataclass(frozen=True, slots=True)
class SetupProgress:
    """Which step it is at, and how much of that is done, 0..1."""

    step: SetupStep
    share: float


@dataclass(frozen=True, slots=True)
class SetupView:
    """What the camera shows now, as JPEG."""

    jpeg: bytes


@dataclass(frozen=True, slots=True)
class TrackFound:
    """A track was found; in pictures of this size."""

    proposal: TrackProposal
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class SetupDone:
    """All is done; learnt: the line can be handed to the lift's camera."""

    carriers: tuple[FoundCarrier, ...]
    proposal: TrackProposal
    learnt: bool


@dataclass(frozen=True, slots=True)
class SetupFailed:
    """It cannot go on."""

    problem: SetupProblem


SetupMessage = SetupProgress | SetupView | TrackFound | SetupDone | SetupFailed
