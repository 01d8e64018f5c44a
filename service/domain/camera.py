"""Cameras: what their processes are given and what they report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from lifts.schema import Lift, MaskPair
from service.domain.alarm import Parameters
from service.domain.arrays import Image
from service.domain.errors import SourceProblem
from service.domain.health import Health
from service.domain.passage import Passage


class Pause(StrEnum):
    """Why no frames come although nothing is known to be wrong with the camera."""

    STARTING = "starting"
    CONNECTING = "connecting"
    ENDED = "ended"
    """A recording has ended."""
    PROCESS_DOWN = "process_down"
    """The camera's process is being restarted."""


class CameraState(StrEnum):
    """A camera's state, as its supervisor reports it."""

    STARTING = "starting"
    LIVE = "live"
    DEGRADED = "degraded"
    LOST = "lost"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """A camera's user and password, as they are needed to dial; never shown, logged or stored."""

    user: str
    password: str


@dataclass(frozen=True, slots=True)
class CameraNetworks:
    """Which networks cameras may be in.

    allowed: these alone; empty: any. loopback: whether the machine of the service is one of any.
    """

    allowed: tuple[IPv4Network | IPv6Network, ...] = ()
    loopback: bool = True


ANY_NETWORK = CameraNetworks()


@dataclass(frozen=True, slots=True, repr=False)
class DialTerms:
    """With what, and where, a camera may be dialled; never shown, logged or stored.

    variables: the values of the address's ${NAME}. credentials: for an address that has no user of its own.
    """

    variables: Mapping[str, str] = field(default_factory=dict)
    credentials: Credentials | None = None
    networks: CameraNetworks = ANY_NETWORK


NO_TERMS = DialTerms()


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What was seen of a camera, or the problem and the reason in words.

    jpeg: its first undamaged picture, as a file. fps: measured, None if there was one picture only.
    codec: as FFmpeg calls it. delay_s: from the call to the first picture.
    """

    jpeg: bytes = b""
    width: int = 0
    height: int = 0
    fps: float | None = None
    codec: str = ""
    delay_s: float | None = None
    problem: SourceProblem | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CameraStatus:
    """A camera's state for the API and the console; times in seconds.

    decoder: what decodes its stream ("h264", "h264 in hardware"); empty before the first frame.
    place_certain: whether it is certain where on the track carriers are; None before the line is known.
    carrier_every_s: how often a carrier passes now; None while the line stands or is not followed.
    accounted: whether each carrier that has passed so far is reported: the line is located, and nothing open.
    still_s: for how long a camera that sees well has shown nothing move where carriers pass.
    cause, parameters: what `message` says, for programs: a `Reason`, a `SourceProblem` or a `Pause`; empty
        where nothing is wrong, or where there is no code for it.
    key_frames_only: the line stands, and of what the camera sends key frames alone are decoded.
    frames_left_out: pictures that were not decoded for that reason; `frames_read` counts them too.
    """

    lift_id: str
    state: CameraState
    message: str
    fps: float
    frame_age_s: float | None
    frames_read: int
    frames_dropped: int
    passages: int
    line_speed: str
    decoder: str = ""
    place_certain: bool | None = None
    cause: str = ""
    parameters: Parameters = field(default_factory=dict, hash=False)
    carrier_every_s: float | None = None
    connections: int = 0
    accounted: bool = False
    still_s: float = 0.0
    key_frames_only: bool = False
    frames_left_out: int = 0

    def interrupted(self, message: str) -> CameraStatus:
        """Return what is known once the process that watches is gone, or not heard of: no frames come."""
        return replace(
            self,
            state=CameraState.DEGRADED,
            message=message,
            cause=Pause.PROCESS_DOWN,
            parameters={},
            fps=0.0,
            frame_age_s=None,
            accounted=False,
            still_s=0.0,
            key_frames_only=False,
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A camera's newest picture, reduced, for the console. t_mono_s: when its frame was read (monotonic)."""

    lift_id: str
    jpeg: bytes
    t_mono_s: float


CameraEvent = Passage | Health | CameraStatus | Snapshot
"""What a camera's process reports to the service."""


@dataclass(frozen=True, slots=True, eq=False)
class WatchedLift:
    """What a camera's process needs to know: the lift, its masks if enrolled, and the picture references."""

    lift: Lift
    masks: MaskPair | None
    references: dict[str, Image]
    loop_file: bool = False
