"""Setting up a lift, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.verdict import Verdict
from lifts.schema import SECRET_NAME_PATTERN, Finite, LiftId, Track, Transport
from service.api.schemas.base import Body, LiftName
from service.api.schemas.passages import PassageOut
from service.setup.jobs.messages import PLACES
from service.setup.jobs.state import (
    Pick,
    SetupJob,
    SetupProblem,
    SetupState,
    SetupStep,
    SetupWarning,
    TrackProposal,
)
from service.store.tracks import TrackVersion
from service.usecases.setup.checking import Advice, LiftCheck, SetupDecision


class SetupIn(Body):
    """What to look at. A lift that has a camera needs nothing of it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "rtsp://10.0.0.12/live", "name": "Demo quad"}]},
    )

    url: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    substream: Annotated[str, Field(min_length=1, max_length=2048)] | None = Field(
        default=None,
        description="The camera's second, smaller stream: the line is followed on it. Left out: as it is.",
    )
    transport: Transport | None = None
    credentials: Annotated[str, Field(pattern=SECRET_NAME_PATTERN)] | None = Field(
        default=None, description="The name of a stored user and password; see PUT /cameras/secrets/{name}."
    )
    name: LiftName | None = Field(default=None, description="What to call the lift if it is new.")
    seconds: Annotated[float, Field(ge=15, le=180)] = Field(
        default=90.0, description="For how long to look at most; three carriers must pass, ten are better."
    )


class PoseIn(Body):
    """A corrected begin or end, camera pixels; without scale and angle these follow from the path."""

    x: Finite
    y: Finite
    scale: Annotated[float, Field(gt=0.01, lt=100, allow_inf_nan=False)] | None = None
    angle: Annotated[float, Field(ge=-6.3, le=6.3, allow_inf_nan=False)] | None = None


class TrackIn(Body):
    """Corrections of a proposed track; what is left out stays."""

    begin: PoseIn | None = None
    end: PoseIn | None = None


class PickIn(Body):
    """What a carrier is."""

    state: Literal["open", "closed"]
    occupied: bool | None = Field(default=None, description="Whether somebody sits on it; null: not said.")


class ProposalOut(BaseModel):
    """A proposed, or corrected, track."""

    track: Track
    interval_s: float = Field(description="From carrier to carrier.")
    passage_s: float = Field(description="From begin to end.")
    confidence: float = Field(ge=0, le=1)
    steady: bool = Field(description="Whether the line ran at one speed.")
    warnings: list[SetupWarning]

    @classmethod
    def of(cls, found: TrackProposal | None) -> ProposalOut | None:
        """Take what the API shows."""
        if found is None:
            return None
        return cls(**found.model_dump(exclude={"middles_s", "track"}), track=found.track)


class SetupOut(BaseModel):
    """A lift's set-up."""

    lift_id: LiftId
    job_id: str
    revision: int = Field(description="Grows whenever the carriers are cut out anew.")
    state: SetupState
    step: SetupStep = Field(description="What it does, or did last.")
    progress: float = Field(ge=0, le=1, description="Of the step.")
    problem: SetupProblem | None = Field(description="Why it failed, as a code; null if it has not.")
    started_at: datetime
    started_by: str
    url: str
    substream: str | None
    transport: Transport
    credentials: str | None
    name: str
    seconds: float
    width: int | None = Field(description="Of the camera's pictures; null before they were seen.")
    height: int | None
    proposal: ProposalOut | None
    carriers: int = Field(description="How many were cut out.")
    watched: bool = Field(description="Whether camera and track are the lift's now.")

    @classmethod
    def of(cls, job: SetupJob, share: float) -> SetupOut:
        """Take what the API shows; `share` is how much of its step a running job has done."""
        given: dict[str, Any] = job.request.model_dump()
        return cls(
            **given,
            lift_id=job.lift_id,
            job_id=job.job_id,
            revision=job.revision,
            state=job.state,
            step=job.step,
            progress=1.0 if job.state is SetupState.READY else share,
            problem=job.problem,
            started_at=job.started_at,
            started_by=job.started_by,
            width=job.width,
            height=job.height,
            proposal=ProposalOut.of(job.proposal),
            carriers=len(job.carriers),
            watched=job.watched,
        )


class SetupsOut(BaseModel):
    """Lifts' set-ups."""

    items: list[SetupOut]


class CarrierOut(BaseModel):
    """A carrier that the set-up saw."""

    number: int
    t_s: float = Field(description="When it was at the middle, seconds of the recording.")
    group: int = Field(description="Of those that look alike; 0: not grouped.")
    pick: Pick | None = Field(description="What a person said that it is.")
    pictures: dict[str, str] = Field(description="Addresses of its pictures at begin, middle and end.")


class GroupOut(BaseModel):
    """Carriers that look alike."""

    group: int
    carriers: list[int]
    state: Literal["open", "closed"] | None = Field(
        description="What its picked carriers are; null where none is picked, or they differ."
    )


class CarriersOut(BaseModel):
    """The carriers that the set-up saw."""

    revision: int
    items: list[CarrierOut]
    groups: list[GroupOut]

    @classmethod
    def of(cls, job: SetupJob, root_path: str) -> CarriersOut:
        """Take what the API shows."""
        base = f"{root_path}/lifts/{job.lift_id}/setup/carriers"
        items = [
            CarrierOut(
                number=one.number,
                t_s=one.t_s,
                group=one.group,
                pick=job.picks.get(one.number),
                pictures={
                    place: f"{base}/{one.number}/{place}.jpg?revision={job.revision}" for place in PLACES
                },
            )
            for one in job.carriers
        ]
        groups = []
        for group in sorted({item.group for item in items} - {0}):
            alike = [item for item in items if item.group == group]
            states = {item.pick.state for item in alike if item.pick is not None}
            state = states.pop() if len(states) == 1 else None
            groups.append(GroupOut(group=group, carriers=[item.number for item in alike], state=state))
        return cls(revision=job.revision, items=items, groups=groups)


class TrackVersionOut(BaseModel):
    """A track that a lift has, or had."""

    version: int
    track: Track
    mask_version: int | None = Field(description="The masks used on it, or last used; null: none.")
    active: bool
    created_at: datetime
    picture: str | None = Field(description="The view with the track drawn into it; null: none is kept.")

    @classmethod
    def of(cls, version: TrackVersion, root_path: str) -> TrackVersionOut:
        """Take what the API shows."""
        path = f"{root_path}/lifts/{version.lift_id}/tracks/{version.version}/picture.jpg"
        return cls(
            version=version.version,
            track=version.track,
            mask_version=version.mask_version,
            active=version.active,
            created_at=version.created_at,
            picture=path if version.has_picture else None,
        )


class TrackHistoryOut(BaseModel):
    """A lift's tracks, newest first."""

    items: list[TrackVersionOut]
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")


class CheckReasonOut(BaseModel):
    """Why not, and what to do."""

    code: ArmingReason
    parameters: dict[str, float]
    advice: Advice


class ClustersOut(BaseModel):
    """Margins of the newest carriers, by their verdicts; negative is nearer to the open mask."""

    open: list[float]
    closed: list[float]
    threshold: float


class CheckOut(BaseModel):
    """Whether a lift's set-up is good, by its own carriers."""

    decision: SetupDecision = Field(description="wait: nothing speaks against it so far.")
    armed: bool
    reasons: list[CheckReasonOut] = Field(description="The gravest first; none where it is armed.")
    since: datetime | None = Field(description="Since when masks and view are these; null without masks.")
    passages: list[PassageOut] = Field(description="The newest ten judged by these masks, newest first.")
    clusters: ClustersOut

    @classmethod
    def of(cls, found: LiftCheck, state: Arming, root_path: str) -> CheckOut:
        """Put together what the API shows."""
        reasons = []
        if state.reason is not None and found.advice is not None:
            parameters = dict(state.parameters)
            reasons.append(CheckReasonOut(code=state.reason, parameters=parameters, advice=found.advice))
        return cls(
            decision=found.decision,
            armed=state.armed,
            reasons=reasons,
            since=found.since,
            passages=[PassageOut.of(record, root_path) for record in found.recent],
            clusters=ClustersOut(
                open=list(found.margins.get(Verdict.OPEN, ())),
                closed=list(found.margins.get(Verdict.CLOSED, ())),
                threshold=found.threshold,
            ),
        )
