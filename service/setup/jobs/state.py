"""The state of a lift's set-up: frozen records, the same in the database and, without secrets, in the API."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from lifts.schema import SECRET_NAME_PATTERN, LiftId, Track, Transport


class SetupState(StrEnum):
    """How far a job is."""

    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class SetupStep(StrEnum):
    """What a running job does."""

    CONNECTING = "connecting"
    WATCHING = "watching"
    FOLLOWING = "following"
    LEARNING = "learning"


class SetupWarning(StrEnum):
    """What a person should look at before using a proposed track."""

    LOW_CONFIDENCE = "low_confidence"
    TURNING = "turning"
    UNSTEADY = "unsteady"
    SHORT_WAY = "short_way"
    LINE_NOT_LEARNT = "line_not_learnt"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class SetupProblem(_Frozen):
    """Why a job failed: a code and what it is about."""

    code: str
    parameters: dict[str, int | float | str] = {}


class SetupRequest(_Frozen):
    """What a job is to look at. Credentials are named, never held."""

    url: Annotated[str, Field(min_length=1, max_length=2048)]
    substream: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    transport: Transport = "tcp"
    credentials: Annotated[str, Field(pattern=SECRET_NAME_PATTERN)] | None = None
    name: Annotated[str, Field(min_length=1, max_length=200)]
    seconds: Annotated[float, Field(ge=15, le=180)] = 90.0


class TrackProposal(_Frozen):
    """A proposed track; see service.setup.proposal.Proposal."""

    track: Track
    interval_s: float
    passage_s: float
    middles_s: tuple[float, ...]
    confidence: float
    steady: bool
    warnings: tuple[SetupWarning, ...] = ()


class FoundCarrier(_Frozen):
    """A carrier of the recording. number: from 1; t_s: when it was at the middle; group: of its likes."""

    number: int
    t_s: float
    group: int = 0


class Pick(_Frozen):
    """What a person says a carrier is; occupied: None where that was not said."""

    state: Literal["open", "closed"]
    occupied: bool | None = None
    by: str
    at: AwareDatetime


class SetupJob(_Frozen):
    """A lift's set-up as it is stored.

    revision: of the carriers' pictures. proposed: the track as it was found; proposal: as it was corrected.
    watched: whether camera and track were stored as the lift's. picks: by the carrier's number.
    """

    lift_id: LiftId
    job_id: str
    revision: int = 0
    state: SetupState = SetupState.RUNNING
    step: SetupStep = SetupStep.CONNECTING
    request: SetupRequest
    started_by: str
    started_at: AwareDatetime
    width: int | None = None
    height: int | None = None
    proposed: TrackProposal | None = None
    proposal: TrackProposal | None = None
    carriers: tuple[FoundCarrier, ...] = ()
    picks: dict[int, Pick] = {}
    watched: bool = False
    problem: SetupProblem | None = None
