"""How the service is: versions, processes, cameras, disk, clock, queues, and what a person should look at."""

from __future__ import annotations

import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cv2
from fastapi import APIRouter

from service.administration.findings import SystemState, findings
from service.administration.processes import found_processes
from service.api.deps import OPERATOR, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.administering.system import (
    CameraHealthOut,
    DatabaseOut,
    DiskOut,
    EmbedderOut,
    FoundOut,
    OutputQueueOut,
    ProcessOut,
    QueueOut,
    SystemClockOut,
    SystemOut,
    VersionsOut,
)
from service.api.threads import vital
from service.domain.camera import CameraStatus
from service.domain.errors import BackupError, StoreError
from service.outputs.whole import Outputs
from service.store.file import archive
from service.store.file.engine import revisions

router = APIRouter(tags=["health"])


@router.get("/system", summary="How the service is", dependencies=OPERATOR, responses=responses(401, 403))
@vital
def system(runtime: RuntimeDep) -> SystemOut:
    """Give what the service knows of itself, and what somebody should look at. Nothing is measured for it."""
    database = _database(runtime)
    outputs = _outputs(runtime)
    cameras, engine, plan = runtime.cameras.statuses(), runtime.engine.status, runtime.settings.backup_plan()
    damaged = sum(runtime.store.damaged.counts().values()) + runtime.hub.unreadable
    jump_s, now, newest = runtime.clock.jump_s, runtime.clock.now(), _newest_backup(plan.folder)
    state = SystemState(
        troubles=runtime.runners.troubles(),
        engine=engine,
        database=database,
        damaged=damaged,
        waiting_writes=runtime.store.waiting_jobs,
        disk=runtime.pictures.space.status,
        jump_s=jump_s,
        cameras=cameras,
        outputs=[(each.name, each.state, each.set_aside) for each in outputs],
        newest_backup=newest,
        backups_on=plan.hour is not None,
    )
    processes = runtime.cameras.processes()
    refused = engine.rejected + engine.expired
    return SystemOut(
        findings=[FoundOut.model_validate(one) for one in findings(state, now)],
        versions=_versions(runtime),
        processes=[
            ProcessOut.model_validate(one)
            for one in found_processes((engine.pid, engine.restarts), processes)
        ],
        cameras=[_camera(one, processes.get(one.lift_id, (None, 0))[1]) for one in cameras],
        embedder=EmbedderOut(
            state=engine.state,
            device=engine.device,
            device_lost=engine.device_lost or None,
            restarts=engine.restarts,
        ),
        disk=DiskOut.model_validate(state.disk),
        clock=SystemClockOut(
            believed=now, system=datetime.now(UTC), jump_s=jump_s, zone=runtime.settings.calendar().zone.key
        ),
        database=DatabaseOut(state=database, size_bytes=_size(runtime), damaged_records=damaged),
        queues=[
            QueueOut(name="writes", waiting=state.waiting_writes, refused=runtime.store.rejected_jobs),
            QueueOut(name="pictures", waiting=engine.queue_length, refused=refused),
        ],
        outputs=outputs,
        newest_backup=newest,
    )


def _database(runtime: Runtime) -> str:
    try:
        runtime.store.check()
    except StoreError as error:
        return str(error)
    return "ready"


def _outputs(runtime: Runtime) -> list[OutputQueueOut]:
    try:
        listed = runtime.parts.of(Outputs).listing()
    except StoreError:
        return []  # the database says so itself
    return [
        OutputQueueOut(
            id=output.id, name=output.name, state=health.state, lag=health.lag, set_aside=health.set_aside
        )
        for output, health in listed
    ]


def _camera(status: CameraStatus, restarts: int) -> CameraHealthOut:
    names = CameraHealthOut.model_fields.keys() - {"restarts"}
    return CameraHealthOut(restarts=restarts, **{name: getattr(status, name) for name in names})


def _versions(runtime: Runtime) -> VersionsOut:
    return VersionsOut(
        barwatch=version("barwatch"),
        network=runtime.engine.manifest.identity,
        python=platform.python_version(),
        torch=_installed("torch"),  # by its files: this process never loads it
        opencv=cv2.__version__,
        sqlite=sqlite3.sqlite_version,
        schema_revision=revisions()[0],
        system=f"{platform.system()} {platform.release()} {platform.machine()}",
    )


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _newest_backup(folder: Path) -> datetime | None:
    for path in archive.listing(folder):
        try:
            return archive.made_at(path)
        except BackupError:
            continue  # of another's naming
    return None


def _size(runtime: Runtime) -> int:
    try:
        return runtime.store.database.size_bytes()
    except StoreError:
        return 0
