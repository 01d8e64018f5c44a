"""Every lift at a glance as JSON: what a screen with forty of them needs, and no more."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from lifts.decision.verdict import Seat, Verdict
from lifts.schema import LiftId
from service.api.schemas.alarms import OutOfServiceOut
from service.api.schemas.base import ONE_LINE, Body, Shape
from service.api.schemas.lifts import LiftPlaceOut, NotArmedOut
from service.domain.camera import CameraState
from service.overview.line import LineMoves, SpeedFrom
from service.usecases.watching import NotWatched

PlaceName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=60, pattern=ONE_LINE)]


class LiftPlaceIn(Body):
    """Where a lift is, for people: what it is grouped by. Empty: nothing is said of it."""

    area: PlaceName = Field(default="", examples=["Sunnegga"])
    station: PlaceName = Field(default="", examples=["Valley station"])
    spacing_m: float | None = Field(
        default=None,
        ge=1,
        le=500,
        allow_inf_nan=False,
        description="Metres between carriers on the rope, from the lift's papers; null: not known.",
    )


class GlanceCameraOut(Shape):
    """A camera's state, and what is wrong with it."""

    state: CameraState
    message: str
    cause: str = Field(description="What `message` says, as a code; empty where there is none.")
    parameters: dict[str, int | float | str] = Field(description="The numbers and names in `message`.")


class GlancePictureOut(BaseModel):
    """The camera's newest picture: `GET /lifts/{lift_id}/snapshot.jpg` gives it."""

    tag: str = Field(description="Of this picture, its ETag; another one has another.")
    age_s: float = Field(description="How long ago its frame was read from the camera.")


class LineOut(Shape):
    """How the line moves; null is what nobody knows."""

    moves: LineMoves = Field(description="As the camera sees it, else as the lift's control says.")
    speed_m_per_s: float | None
    speed_from: SpeedFrom | None = Field(
        description="`input`: an input of the lift's control; `spacing`: from how often carriers pass."
    )
    carriers_per_hour: float | None = Field(description="At the speed of now.")


class CarrierMarkOut(Shape):
    """One carrier of the strip."""

    id: str
    recorded_at: datetime
    verdict: Verdict
    seat: Seat


class GlanceOut(BaseModel):
    """One lift at a glance."""

    id: LiftId
    name: str
    place: LiftPlaceOut
    mask_version: int | None
    armed: bool
    not_armed: NotArmedOut | None
    not_watched: str | None = Field(
        description="Why its carriers are not being judged now; null if they are."
    )
    not_watched_code: NotWatched | None
    out_of_service: OutOfServiceOut | None
    camera_status: GlanceCameraOut | None = Field(description="null: no camera is watched.")
    frame_age_s: float | None = Field(
        description="How old the camera's newest frame is now; null: there was none yet."
    )
    picture: GlancePictureOut | None
    line: LineOut
    recent: list[CarrierMarkOut] = Field(description="Its newest carriers, the newest first.")


class OverviewOut(BaseModel):
    """Every lift that the caller may see, by id."""

    items: list[GlanceOut]
    alarm_seq: int = Field(
        description="The newest `seq` that the feed has handed to one who may see as much, since the service "
        "started; a client whose feed does not bring it within seconds is cut off, and connects again."
    )
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")
