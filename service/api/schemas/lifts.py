"""Lifts, masks and classification as JSON. Lifts keep the shape of lift.toml."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from lifts.decision.arming import Arming, ArmingReason, MaskQuality
from lifts.decision.reasons import Reason
from lifts.decision.verdict import ImageJudgement, Judgement, Seat, Verdict
from lifts.schema import Camera, Lift, LiftId, Privacy, Track
from service.api.schemas.alarms import OutOfServiceOut
from service.api.schemas.base import Body, LiftName, Shape
from service.api.tags import TAG, tag_of
from service.domain.alarm import OutOfService
from service.domain.camera import CameraState, CameraStatus
from service.domain.masks import MaskVersion
from service.domain.reason_texts import not_armed_text, reason_text
from service.store.overview.places import NOWHERE, LiftPlace
from service.usecases.watching import NotWatched, not_watched_code, why_not_watched


class CameraStatusOut(Shape):
    """What a camera's supervisor says of it; times are seconds."""

    state: CameraState
    message: str
    fps: float
    frame_age_s: float | None
    frames_read: int
    frames_dropped: int
    passages: int
    line_speed: str
    cause: str = Field(description="What `message` says, as a code; empty where there is none.")
    parameters: dict[str, int | float | str] = Field(description="The numbers and names in `message`.")
    decoder: str = Field(default="", description="What decodes the stream; empty before its first frame.")
    place_certain: bool | None = Field(
        default=None,
        description="Whether it is certain where on the track carriers are; null before the line is known.",
    )
    carrier_every_s: float | None = Field(
        default=None,
        description="How often a carrier passes now; null where the line stands or is not known.",
    )
    key_frames_only: bool = Field(
        default=False, description="The line stands, and key frames alone are decoded: this is no fault."
    )
    frames_left_out: int = Field(
        default=0, description="Pictures not decoded for that reason; `frames_read` counts them too."
    )


class NotArmedOut(BaseModel):
    """Why a lift is not armed: a code, the numbers behind it, and both in words with what to do."""

    reason: ArmingReason
    parameters: dict[str, float]
    message: str = Field(examples=["not armed: 7 of 20 carriers seen; wait for more"])

    @classmethod
    def of(cls, state: Arming) -> NotArmedOut | None:
        """Put it in words; None for an armed lift."""
        if state.reason is None:
            return None
        message = not_armed_text(state)
        return cls(reason=state.reason, parameters=dict(state.parameters), message=message)


class LiftPlaceOut(Shape):
    """Where a lift is, for people; empty: nobody has said it."""

    area: str = ""
    station: str = ""
    spacing_m: float | None = Field(default=None, description="Metres between carriers on the rope.")


_QUALITY = "Of the active masks, measured on this lift's own passages; `not_measured` before these suffice."
_NOT_ARMED = "Why not; null if it is armed."
_ARMED = (
    "Confirmed: the masks judge a confirmed open and a confirmed closed carrier correctly, and the lift's "
    "own carriers separate into open and closed. Only then does the absence of alarms mean that all is well."
)


class LiftOut(Lift):
    """A lift as in lift.toml, with the masks that judge it, whether it is armed, and its camera's state."""

    mask_version: int | None = Field(description="The active masks; null: nothing is judged.")
    quality: MaskQuality = Field(description=_QUALITY)
    armed: bool = Field(description=_ARMED)
    not_armed: NotArmedOut | None = Field(description=_NOT_ARMED)
    camera_status: CameraStatusOut | None = Field(description="null: no camera is watched.")
    not_watched: str | None = Field(
        description="Why its carriers are not being judged now, as in `/health/ready`; null if they are."
    )
    not_watched_code: NotWatched | None = Field(description="The same as a code.")
    out_of_service: OutOfServiceOut | None = Field(description="null: lift and camera are in service.")
    place: LiftPlaceOut
    tag: str = Field(description=TAG)

    @classmethod
    def of(
        cls,
        lift: Lift,
        mask_version: int | None,
        arming: Arming,
        status: CameraStatus | None,
        out: OutOfService | None = None,
        place: LiftPlace = NOWHERE,
    ) -> LiftOut:
        """Put together what the API shows of a lift."""
        shown = None if status is None else CameraStatusOut.model_validate(status)
        return cls(
            id=lift.id,
            name=lift.name,
            seats=lift.seats,
            carriers=lift.carriers,
            camera=lift.camera,
            track=lift.track,
            privacy=lift.privacy,
            mask_version=mask_version,
            quality=arming.quality,
            armed=arming.armed,
            not_armed=NotArmedOut.of(arming),
            camera_status=shown,
            not_watched=why_not_watched(lift, mask_version, status),
            not_watched_code=not_watched_code(lift, mask_version, status),
            out_of_service=None if out is None else OutOfServiceOut.model_validate(out),
            place=LiftPlaceOut.model_validate(place),
            tag=tag_of(lift),
        )


_POSE = {"x": 620.0, "y": 350.0, "scale": 0.62, "angle": 0.0}
_LIFT_EXAMPLE: dict[str, Any] = {
    "name": "Demo quad",
    "seats": 4,
    "camera": {
        "url": "rtsp://${LIFT_USER}:${LIFT_PASSWORD}@camera.example/stream",
        "width": 1280,
        "height": 720,
    },
    "track": {
        "begin": {"x": 410.0, "y": 300.0, "scale": 0.55, "angle": 0.0},
        "middle": _POSE,
        "end": {"x": 840.0, "y": 410.0, "scale": 0.7, "angle": 0.0},
    },
}


class LiftIn(Body):
    """A lift's configuration as in lift.toml. What GET adds is ignored."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_LIFT_EXAMPLE]})

    id: LiftId | None = Field(default=None, description="If given, the same as in the path.")
    name: LiftName
    seats: Annotated[int, Field(ge=1, le=16)] | None = None
    carriers: Annotated[int, Field(ge=1, le=2000)] | None = None
    camera: Camera | None = None
    track: Track | None = None
    privacy: Privacy | None = Field(
        default=None, description="Whether people are hidden in what is stored; null: as everywhere."
    )
    mask_version: Any = Field(default=None, json_schema_extra={"readOnly": True})
    quality: Any = Field(default=None, json_schema_extra={"readOnly": True})
    armed: Any = Field(default=None, json_schema_extra={"readOnly": True})
    not_armed: Any = Field(default=None, json_schema_extra={"readOnly": True})
    camera_status: Any = Field(default=None, json_schema_extra={"readOnly": True})
    not_watched: Any = Field(default=None, json_schema_extra={"readOnly": True})
    not_watched_code: Any = Field(default=None, json_schema_extra={"readOnly": True})
    out_of_service: Any = Field(default=None, json_schema_extra={"readOnly": True})
    place: Any = Field(default=None, json_schema_extra={"readOnly": True})
    tag: Any = Field(default=None, json_schema_extra={"readOnly": True})


class LiftsOut(BaseModel):
    """Every lift, by id."""

    items: list[LiftOut]
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")


class EnrolmentOut(BaseModel):
    """What came of two masks."""

    lift_id: LiftId
    version: int
    model: str
    separation: float = Field(description="How far the network holds the two masks apart.")
    quality: MaskQuality = Field(description=_QUALITY)
    warnings: list[str]
    armed: bool = Field(description=_ARMED)
    not_armed: NotArmedOut | None = Field(description=_NOT_ARMED)


class MaskVersionOut(Shape):
    """One enrolled pair of masks."""

    version: int
    model: str
    separation: float
    quality: MaskQuality = Field(description=_QUALITY)
    warnings: list[str]
    active: bool
    created_at: datetime

    @classmethod
    def of(cls, version: MaskVersion, arming: Arming) -> MaskVersionOut:
        """Leave the pictures and embeddings out; `arming` is the lift's, by its active masks."""
        return cls(
            version=version.version,
            model=version.model,
            separation=version.separation,
            quality=arming.quality if version.active else MaskQuality.NOT_MEASURED,
            warnings=list(version.warnings),
            active=version.active,
            created_at=version.created_at,
        )


class MaskHistoryOut(BaseModel):
    """A lift's enrolled masks, newest first."""

    items: list[MaskVersionOut]
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")


class ImageOut(BaseModel):
    """What one picture says: the distances to the two masks and its own verdict."""

    distance_open: float
    distance_closed: float
    verdict: Verdict

    @classmethod
    def of(cls, image: ImageJudgement) -> ImageOut:
        """Take what the API shows."""
        return cls(
            distance_open=image.distance_open, distance_closed=image.distance_closed, verdict=image.verdict
        )


class ClassifyOut(BaseModel):
    """The verdict over the pictures of one passage."""

    lift_id: LiftId
    verdict: Verdict
    confidence: float = Field(ge=0, le=1)
    margin: float = Field(description="Negative means nearer to the open mask.")
    occupied: bool = Field(description="Somebody sits on the carrier; false as well where `seat` is unclear.")
    seat: Seat
    occupancy: float = Field(ge=0, le=1, description="Probability that somebody sits on the carrier.")
    images: list[ImageOut]
    why: list[str] | None = Field(
        default=None,
        description="With ?why=true: for each picture where the network saw the bar, base64 of an RGBA PNG "
        "of 200x200 to be laid over it: amber near the open mask, blue near the close mask.",
    )
    mask_version: int
    model: str
    elapsed_ms: float
    reason: str = Field(description="Why the verdict is unknown, in English; else empty.")
    reasons: list[Reason] = Field(description="The same as codes, each once.")

    @classmethod
    def of(
        cls, lift_id: str, judgement: Judgement, elapsed_ms: float, why: list[bytes] | None
    ) -> ClassifyOut:
        """Put together the answer; `why` are PNG files."""
        return cls(
            lift_id=lift_id,
            verdict=judgement.verdict,
            confidence=judgement.confidence,
            margin=judgement.margin,
            occupied=judgement.occupied,
            seat=judgement.seat,
            occupancy=judgement.occupancy,
            images=[ImageOut.of(image) for image in judgement.images],
            why=None if why is None else [base64.b64encode(png).decode("ascii") for png in why],
            mask_version=judgement.mask_version,
            model=judgement.model,
            elapsed_ms=round(elapsed_ms, 2),
            reason=reason_text(judgement.reasons),
            reasons=list(judgement.reasons),
        )
