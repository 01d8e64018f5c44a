"""What is wrong with the service now, as codes: what a person is shown first, with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.alarm import Parameters
from service.domain.camera import CameraState, CameraStatus
from service.host.disk import DiskStatus, Room
from service.inference.protocol import EngineStatus
from service.outputs.health import OutputState

MANY_WRITES = 50
"""Writes that wait for the database: more than the pictures of a passage for each of forty lifts."""

DROPPED_SHARE, LEAST_DROPPED = 0.01, 100
"""More frames dropped than this share, and this many, say that the machine does not keep up."""

LONG_AGO = timedelta(hours=30)
"""A scheduled backup is made at any hour once the newest is that old (service.store.upkeep.scheduled)."""


class SystemFinding(StrEnum):
    """Something that a person should look at. Part of the API: a code never changes its meaning."""

    PART_FAILS = "part_fails"
    EMBEDDER_DOWN = "embedder_down"
    DEVICE_LOST = "device_lost"
    DATABASE_REFUSES = "database_refuses"
    RECORDS_DAMAGED = "records_damaged"
    WRITES_WAIT = "writes_wait"
    DISK_FULL = "disk_full"
    DISK_LOW = "disk_low"
    CLOCK_JUMPED = "clock_jumped"
    CAMERA_NOT_LIVE = "camera_not_live"
    CAMERA_DROPS = "camera_drops"
    OUTPUT_FAILS = "output_fails"
    OUTPUT_SET_ASIDE = "output_set_aside"
    NO_BACKUP = "no_backup"
    BACKUP_OLD = "backup_old"
    BACKUPS_OFF = "backups_off"


BLINDING = frozenset(
    {
        SystemFinding.PART_FAILS,
        SystemFinding.EMBEDDER_DOWN,
        SystemFinding.DATABASE_REFUSES,
        SystemFinding.DISK_FULL,
        SystemFinding.CAMERA_NOT_LIVE,
    }
)
"""Those by which a lift is not watched, or an alarm not kept."""


@dataclass(frozen=True, slots=True)
class SystemState:
    """What the service knows of itself, from the parts that know it.

    troubles: what each failing part says. database: `ready`, or why not. damaged: rows that are unreadable.
    cameras: of every watched lift. outputs: id and name -> state and what waits for a person. newest_backup:
    None where there is none; backups_on: whether they are made every day.
    """

    troubles: Mapping[str, str]
    engine: EngineStatus
    database: str
    damaged: int
    waiting_writes: int
    disk: DiskStatus
    jump_s: float
    cameras: Sequence[CameraStatus]
    outputs: Sequence[tuple[str, OutputState, int]]
    newest_backup: datetime | None
    backups_on: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and its parameters; blind: whether something is not seen, or not kept, because of it."""

    code: SystemFinding
    parameters: Parameters = field(default_factory=dict)

    @property
    def blind(self) -> bool:
        """Whether something is not seen, or not kept, because of it."""
        return self.code in BLINDING


def findings(state: SystemState, now: datetime) -> list[Found]:
    """Return what is wrong, what blinds first."""
    found = [*_machine(state), *_cameras(state.cameras), *_outputs(state), *_backups(state, now)]
    return sorted(found, key=lambda one: not one.blind)


def _machine(state: SystemState) -> Iterator[Found]:
    for name, trouble in state.troubles.items():
        yield Found(SystemFinding.PART_FAILS, {"part": name, "reason": trouble})
    if state.engine.state != "ready":
        yield Found(SystemFinding.EMBEDDER_DOWN, {"state": state.engine.state})
    if state.engine.device_lost:
        yield Found(SystemFinding.DEVICE_LOST, {"reason": state.engine.device_lost})
    if state.database != "ready":
        yield Found(SystemFinding.DATABASE_REFUSES, {"reason": state.database})
    if state.damaged:
        yield Found(SystemFinding.RECORDS_DAMAGED, {"count": state.damaged})
    if state.waiting_writes > MANY_WRITES:
        yield Found(SystemFinding.WRITES_WAIT, {"count": state.waiting_writes})
    if state.disk.room is not Room.ENOUGH:
        code = SystemFinding.DISK_FULL if state.disk.room is Room.FULL else SystemFinding.DISK_LOW
        yield Found(code, {"free_bytes": state.disk.free_bytes})
    if state.jump_s:
        yield Found(SystemFinding.CLOCK_JUMPED, {"seconds": state.jump_s})


def _cameras(cameras: Sequence[CameraStatus]) -> Iterator[Found]:
    for camera in cameras:
        if camera.state is not CameraState.LIVE:
            said = {"lift_id": camera.lift_id, "state": camera.state.value}
            yield Found(SystemFinding.CAMERA_NOT_LIVE, said)
        dropped = camera.frames_dropped
        if dropped > LEAST_DROPPED and dropped > DROPPED_SHARE * camera.frames_read:
            share = dropped / max(camera.frames_read, 1)
            yield Found(SystemFinding.CAMERA_DROPS, {"lift_id": camera.lift_id, "share": share})


def _outputs(state: SystemState) -> Iterator[Found]:
    for name, how, aside in state.outputs:
        if how is OutputState.FAILING:
            yield Found(SystemFinding.OUTPUT_FAILS, {"name": name})
        if aside:
            yield Found(SystemFinding.OUTPUT_SET_ASIDE, {"name": name, "count": aside})


def _backups(state: SystemState, now: datetime) -> Iterator[Found]:
    if not state.backups_on:
        yield Found(SystemFinding.BACKUPS_OFF)
    elif state.newest_backup is None:
        yield Found(SystemFinding.NO_BACKUP)
    elif (age := now - state.newest_backup) > LONG_AGO:
        yield Found(SystemFinding.BACKUP_OLD, {"hours": age.total_seconds() / 3600})
