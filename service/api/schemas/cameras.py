"""Probing a camera, as JSON."""

from __future__ import annotations

import base64
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lifts.schema import Transport
from service.api.schemas.base import Body
from service.domain.camera import ProbeResult
from service.domain.errors import SourceProblem


class ProbeIn(Body):
    """A camera's address as in lift.toml, with ${NAME} for its name and password."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"url": "rtsp://10.0.0.12/live"}]}
    )

    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    transport: Transport = "tcp"


class ProbeOut(BaseModel):
    """What was seen of the camera; or, with null in their places, the problem."""

    picture: str | None = Field(description="Its first undamaged picture: base64 of a JPEG.")
    width: int | None
    height: int | None
    fps: float | None = Field(description="Pictures a second, measured; null: it sent only one.")
    codec: str | None = Field(examples=["h264"])
    delay_s: float | None = Field(description="From the call to the first picture, seconds.")
    problem: SourceProblem | None = Field(description="null: it can be watched.")
    reason: str = Field(description="The problem in words; empty if there is none.")

    @classmethod
    def of(cls, found: ProbeResult) -> ProbeOut:
        """Take what the API shows."""
        return cls(
            picture=base64.b64encode(found.jpeg).decode("ascii") if found.jpeg else None,
            width=found.width or None,
            height=found.height or None,
            fps=found.fps,
            codec=found.codec or None,
            delay_s=found.delay_s,
            problem=found.problem,
            reason=found.reason,
        )
