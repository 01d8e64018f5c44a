"""Probing a camera, as JSON."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

from lifts.addresses import parse_address
from lifts.schema import SECRET_NAME_PATTERN, LiftId, Transport
from service.api.schemas.base import Body
from service.domain.camera import ProbeResult
from service.domain.errors import SourceProblem
from service.secrets.vault import StoredSecret


class ProbeIn(Body):
    """A camera's address as in lift.toml, with ${NAME} for its name and password."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"url": "rtsp://10.0.0.12/live"}]}
    )

    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    substream: Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None = Field(
        default=None,
        description="Its second, smaller stream, which has to show the same view in the same shape.",
    )
    transport: Transport = "tcp"
    credentials: Annotated[str, Field(pattern=SECRET_NAME_PATTERN)] | None = Field(
        default=None, description="The name of a stored user and password; see PUT /cameras/secrets/{name}."
    )

    lift_id: LiftId | None = Field(
        default=None, description="Whose camera it is to be: the lift's own variables may be used then."
    )

    def parameters(self, url: str) -> dict[str, int | str]:
        """Return what a problem with one of the addresses may be about: host, port, the secret's name."""
        parts = parse_address(url)
        found: dict[str, int | str] = {} if self.credentials is None else {"name": self.credentials}
        if parts is not None and parts.host.isascii():  # without a variable in it
            found |= {"host": parts.host, "port": parts.port}
        return found


class ProbeOut(BaseModel):
    """What was seen of the camera; or, with null in their places, the problem."""

    picture: str | None = Field(description="Its first undamaged picture: base64 of a JPEG.")
    width: int | None
    height: int | None
    fps: float | None = Field(description="Pictures a second, measured; null: it sent only one.")
    codec: str | None = Field(examples=["h264"])
    delay_s: float | None = Field(description="From the call to the first picture, seconds.")
    problem: SourceProblem | None = Field(description="null: it can be watched.")
    stream: Literal["main", "sub"] = Field(description="Whose problem it is; `sub`: the second stream's.")
    parameters: dict[str, int | str] = Field(description="What the problem is about; empty if there is none.")
    reason: str = Field(description="The problem in words; empty if there is none.")

    @classmethod
    def of(
        cls, found: ProbeResult, parameters: dict[str, int | str], stream: Literal["main", "sub"] = "main"
    ) -> ProbeOut:
        """Take what the API shows."""
        return cls(
            picture=base64.b64encode(found.jpeg).decode("ascii") if found.jpeg else None,
            width=found.width or None,
            height=found.height or None,
            fps=found.fps,
            codec=found.codec or None,
            delay_s=found.delay_s,
            problem=found.problem,
            stream=stream,
            parameters=parameters if found.problem else {},
            reason=found.reason,
        )


class SecretIn(Body):
    """A camera's user and password, and the host that they are for."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,253}$")] = Field(
        description="As in the camera's address, without port.", examples=["10.0.0.12"]
    )
    user: Annotated[SecretStr, Field(max_length=256)]
    password: Annotated[SecretStr, Field(max_length=1024)]


class SecretOut(BaseModel):
    """What may be shown of a stored user and password."""

    name: str
    host: str
    changed_at: datetime | None = Field(description="null: the record is damaged.")
    state: Literal["ok", "unreadable"] = Field(
        description="unreadable: the key is another one, or lost; store it again."
    )
    lifts: list[str] = Field(description="The lifts whose cameras it is for.")

    @classmethod
    def of(cls, found: StoredSecret) -> SecretOut:
        """Take what the API shows."""
        return cls(
            name=found.name,
            host=found.host,
            changed_at=found.changed_at,
            state="ok" if found.readable else "unreadable",
            lifts=list(found.lifts),
        )


class SecretsOut(BaseModel):
    """Every stored user and password, by name."""

    items: list[SecretOut]
