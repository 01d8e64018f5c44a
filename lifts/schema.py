"""The description of a lift: frozen, validated records, the same in lift.toml, the API and the database."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from lifts.addresses import check_address, parse_address
from lifts.arrays import UInt8

LIFT_ID_PATTERN = r"^[a-z0-9-]{1,64}$"
SECRET_NAME_PATTERN = r"^[a-z0-9-]{1,64}$"  # noqa: S105 - of names
LiftId = Annotated[str, Field(pattern=LIFT_ID_PATTERN, examples=["demo-quad"])]
Transport = Literal["auto", "tcp", "udp"]
Privacy = Literal["blur", "none"]
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Record(BaseModel):
    # Errors leave out what was given: it may be a camera's password.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Pose(_Record):
    """Position, size and rotation of a carrier in the camera's picture.

    (x, y) in camera pixels maps to the canonical centre; scale is canonical pixels per camera pixel;
    angle is in radians: canonical = scale * R(angle) * (camera - (x, y)) + (100, 100).
    """

    x: Finite
    y: Finite
    scale: Annotated[float, Field(gt=0.01, lt=100, allow_inf_nan=False)]
    angle: Annotated[float, Field(ge=-2 * math.pi, le=2 * math.pi, allow_inf_nan=False)] = 0.0


class Track(_Record):
    """The carrier's path through the picture: `begin` is TD, `end` is TF, and masks are drawn at `middle`."""

    begin: Pose
    middle: Pose
    end: Pose

    @model_validator(mode="after")
    def _moves(self) -> Track:
        distance_px = math.hypot(self.end.x - self.begin.x, self.end.y - self.begin.y)
        if distance_px < 4 and abs(math.log(self.end.scale / self.begin.scale)) < 0.02:
            raise ValueError("begin and end are the same pose: a carrier must move between them")
        return self


class Camera(_Record):
    """The lift's camera: url (RTSP, HTTP, /dev/video0 or a file) and the picture's size in pixels.

    Credentials are never given here in clear text: write
    ``rtsp://${CAMERA_USER}:${CAMERA_PASSWORD}@host/path`` and give the variables (or files named by
    CAMERA_USER_FILE, CAMERA_PASSWORD_FILE) to the service. For a camera of its own a lift's variables begin
    with its id: ``DEMO_QUAD_USER`` (`lifts.addresses`).

    transport: RTSP's transport; `auto` asks for TCP, and for UDP if the camera refuses that.
    credentials: the name of a user and a password that the service has stored for this camera's host.
    substream: a smaller stream of the same camera; stream: which of the two is watched: `both` follows the
        line on the smaller one and decodes the first only where pictures of a carrier are taken. The track's
        poses are in pixels of width x height in any case.
    """

    url: str | None = Field(default=None, max_length=2048, examples=["rtsp://camera.example/stream"])
    width: Annotated[int, Field(ge=64, le=8192)]
    height: Annotated[int, Field(ge=64, le=8192)]
    transport: Transport = "tcp"
    credentials: Annotated[str, Field(pattern=SECRET_NAME_PATTERN, examples=["demo-quad"])] | None = None
    substream: str | None = Field(default=None, max_length=2048, examples=["rtsp://camera.example/small"])
    stream: Literal["main", "sub", "both"] = "main"

    @property
    def watched_url(self) -> str | None:
        """The address of the stream that is watched; of both the first, with which a lift is set up."""
        return self.substream if self.stream == "sub" else self.url

    @model_validator(mode="after")
    def _has_the_stream(self) -> Camera:
        if self.stream == "sub" and self.substream is None:
            raise ValueError('stream = "sub": no substream is given')
        if self.stream == "both" and (self.url is None or self.substream is None):
            raise ValueError('stream = "both": url and substream are needed')
        return self

    @model_validator(mode="after")
    def _has_one_user(self) -> Camera:
        if self.credentials is None:
            return self
        for url in (self.url, self.substream):
            parts = None if url is None else parse_address(url)
            if url is not None and (parts is None or parts.user_info is not None):
                raise ValueError("credentials are for a stream whose address has no user in it")
        return self

    @field_validator("url", "substream")
    @classmethod
    def _no_clear_credentials(cls, url: str | None) -> str | None:
        if url is not None:
            check_address(url)
        return url


class Lift(_Record):
    """One installation as registered: a lift may be enrolled with masks before it has a camera or track.

    carriers: number of carriers on its rope; passages are then numbered from 1 to this, over and over.
    privacy: whether people are hidden in what is stored of it; None: as everywhere (BARWATCH_PRIVACY).
    """

    id: LiftId
    name: Annotated[str, Field(min_length=1, max_length=200)]
    seats: Annotated[int, Field(ge=1, le=16)] | None = None
    carriers: Annotated[int, Field(ge=1, le=2000)] | None = None
    camera: Camera | None = None
    track: Track | None = None
    privacy: Privacy | None = None


@dataclass(frozen=True, eq=False)
class MaskPair:
    """The open and the close mask of a lift: uint8[200, 200], 255 on the bar, 0 elsewhere."""

    open: UInt8
    close: UInt8

    def __post_init__(self) -> None:
        for name in ("open", "close"):
            mask = np.array(getattr(self, name))
            if mask.shape != (200, 200) or mask.dtype != np.uint8:
                raise ValueError(f"{name} mask: expected uint8[200, 200], got {mask.dtype}{list(mask.shape)}")
            if not np.isin(mask, (0, 255)).all():
                raise ValueError(f"{name} mask: expected only 0 and 255")
            mask.setflags(write=False)
            object.__setattr__(self, name, mask)
