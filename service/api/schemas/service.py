"""Health as JSON."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

RoleOut = Literal["leader", "replica"]


class LiveOut(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"
    role: RoleOut = Field(
        default="leader",
        description="`leader`: its cameras watch. `replica`: another service of the same database leads.",
    )


class ClockOut(BaseModel):
    """What was confirmed."""

    moved_by_s: float = Field(description="By how many seconds the time moved; 0 if it had not jumped.")


class ReadyOut(BaseModel):
    """Whether carriers are being judged, part by part."""

    status: Literal["ready", "not ready"]
    role: RoleOut = Field(
        default="leader",
        description="`leader`: its cameras watch. `replica`: another service of the same database leads; all "
        "that follows is what that one says, with what is wrong with the replica among the problems.",
    )
    problems: list[str] = Field(
        description="Every reason why the service is not ready, each with the part's name; empty if it is."
    )
    engine: str
    database: str
    cameras: dict[str, str] = Field(
        description="Each camera's state. One that is not live must be under an alarm."
    )
    not_watched: dict[str, str] = Field(
        description="Enrolled lifts whose carriers are not being judged, each with the reason. Does not make "
        "the service unready: a lift without a camera may be meant."
    )
    damaged_records: dict[str, int] = Field(
        description="Rows, by table, that could not be read since the start of the service; they are left "
        "out of lists. A damaged row that nothing has read yet is not among them."
    )
    model: str | None
    device: str = Field(description="What the embedder computes on, e.g. `cuda:0 float16`.")
    device_lost: str | None = Field(
        description="Why the CPU replaced a lost accelerator; null if none was lost."
    )
    cluster: str | None = Field(
        description="`ready`, or why the cluster does not judge and this machine does; null without one."
    )
    alarm_history: str = Field(description="`ready`, or how many damaged entries were found and skipped.")
    disk: str = Field(description="`ready`, or what is wrong with the free space on the data folder's disk.")
