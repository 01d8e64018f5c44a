"""How the service is, as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from service.administration.findings import SystemFinding
from service.administration.processes import ProcessKind
from service.api.schemas.base import Shape
from service.domain.camera import CameraState
from service.host.disk import Room
from service.outputs.health import OutputState


class FoundOut(Shape):
    """Something that a person should look at."""

    code: SystemFinding
    parameters: dict[str, int | float | str | list[str] | None]
    blind: bool = Field(description="Whether something is not seen, or not kept, because of it.")


class VersionsOut(BaseModel):
    """What runs. torch: null where it is not installed; the network's process alone loads it."""

    barwatch: str
    network: str = Field(description="The identity of the model that judges.")
    python: str
    torch: str | None
    opencv: str
    sqlite: str
    schema_revision: str = Field(description="Of the database's tables.")
    system: str


class ProcessOut(Shape):
    """A process of the service."""

    kind: ProcessKind
    pid: int
    memory_bytes: int = Field(description="In memory, with what it shares with the others.")
    lift_id: str | None
    restarts: int = Field(description="How often one was lost and started again since the service started.")


class CameraHealthOut(Shape):
    """How one camera's pictures come."""

    lift_id: str
    state: CameraState
    fps: float
    frame_age_s: float | None = Field(
        description="How old the newest frame is, be it one that was not decoded because the line stands."
    )
    frames_read: int
    frames_dropped: int = Field(description="Those that waited too long for the processor.")
    connections: int = Field(description="How often it was reached since its process started.")
    restarts: int = Field(description="How often its process was lost since the service started.")
    decoder: str
    key_frames_only: bool = Field(
        description="The line stands, and key frames alone are decoded: this is no fault."
    )
    frames_left_out: int = Field(description="Pictures not decoded for that reason, of those read.")


class EmbedderOut(BaseModel):
    """The network's process."""

    state: str
    device: str
    device_lost: str | None
    restarts: int


class DiskOut(Shape):
    """The data folder's disk, when it was last looked at; `total_bytes` is 0 before that."""

    room: Room
    free_bytes: int
    total_bytes: int
    reserve_bytes: int = Field(description="Kept back for alarms; 0 once it was given up.")


class SystemClockOut(BaseModel):
    """The time. While the system's is in doubt, `believed` goes on from the time before it jumped."""

    believed: datetime
    system: datetime
    jump_s: float = Field(description="By how much the system's time is off; 0 while it is believed.")
    zone: str = Field(description="The resort's.")


class QueueOut(BaseModel):
    """Something that waits. refused: how much found no place, or came too late, since the start."""

    name: str = Field(description="`writes` of the database, `pictures` for the network.")
    waiting: int
    refused: int


class OutputQueueOut(BaseModel):
    """An output, and how many changes of alarms it has yet to deal with."""

    id: str
    name: str
    state: OutputState
    lag: int
    set_aside: int


class DatabaseOut(BaseModel):
    """The database. state: `ready`, or what is wrong."""

    state: str
    size_bytes: int = Field(description="With what is written and not folded in yet.")
    damaged_records: int


class SystemOut(BaseModel):
    """How the service is, part by part; `findings` says what a person should look at, what blinds first."""

    findings: list[FoundOut]
    versions: VersionsOut
    processes: list[ProcessOut]
    cameras: list[CameraHealthOut]
    embedder: EmbedderOut
    disk: DiskOut
    clock: SystemClockOut
    database: DatabaseOut
    queues: list[QueueOut]
    outputs: list[OutputQueueOut]
    newest_backup: datetime | None
