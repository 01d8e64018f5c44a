"""Whether the process lives, whether it can work, and what it counted."""

from __future__ import annotations

from collections.abc import Container
from datetime import timedelta
from functools import partial
from typing import Literal

from fastapi import APIRouter, Response

from service.api.deps import OPERATOR, RuntimeDep
from service.api.metrics import render
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.service import ClockOut, LiveOut, ReadyOut
from service.api.threads import vital
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState, CameraStatus
from service.domain.errors import StoreError
from service.host.disk import Room
from service.host.runner import RunnerState
from service.replicas.answering import from_database
from service.replicas.following import LeaderWatch
from service.store import alarms
from service.store.upkeep import clock
from service.usecases.watching import survey

router = APIRouter(tags=["health"])

NOT_WATCHED = (AlarmKind.CAMERA_LOST, AlarmKind.WORKER_DOWN)
"""Alarms that say that no carrier at a camera is being watched."""

ALARM_DUE_S = 12.0
"""A camera without frames is under an alarm after 10 s; the rest is for writing it to the database."""


@router.get("/health/live", summary="Does the process answer?")
@from_database
async def live(runtime: RuntimeDep) -> LiveOut:
    """Answer as long as the process does; say whether it leads the services of its database."""
    return LiveOut(role=runtime.role.name)


@router.get(
    "/health/ready",
    summary="Are carriers being judged?",
    responses={503: {"model": ReadyOut, "description": "Not yet, or not any more."}},
)
@from_database
@vital
def ready(runtime: RuntimeDep, response: Response) -> ReadyOut:
    """Answer 200 when carriers are being judged, else 503 with every reason why they are not.

    That is: every thread of the service is alive, the embedder answers, the database answers and can grow,
    and every camera that is to be watched is live or under an alarm. A camera under an alarm does not make
    the service unready, nor does a lift that is enrolled and not watched, an accelerator that was given up,
    a disk with little room or a damaged record: all of these are reported.

    A replica gives the leader's answer, and 503 as well where none answers or the replica itself cannot work.
    """
    answer = _of_replica(runtime) if runtime.role.mine is None else _of_leader(runtime)
    response.status_code = 503 if answer.problems else 200
    return answer


def _of_replica(runtime: Runtime) -> ReadyOut:
    """Return what the leader says, with what is wrong here."""
    # Most of its threads begin when it leads.
    problems = [
        f"{runner.name}: {runner.trouble}"
        for runner in runtime.runners
        if runner.trouble and runner.state is not RunnerState.NOT_STARTED and not runner.unfinished
    ]
    database = "ready"
    try:
        runtime.store.check()
    except StoreError as error:
        database = str(error)
        problems.append(f"database: {database}")
    said = runtime.parts.of(LeaderWatch).readiness()
    if said is None:
        return ReadyOut(
            status="not ready",
            role="replica",
            problems=[*problems, "leader: none answers: nobody is known to watch"],
            engine="unknown",
            database=database,
            cameras={},
            not_watched={},
            damaged_records=runtime.store.damaged.counts(),
            model=None,
            device="unknown",
            device_lost=None,
            cluster=None,
            alarm_history="unknown",
            disk="unknown",
        )
    leader = ReadyOut.model_validate_json(said)
    problems = [*(f"replica's {each}" for each in problems), *leader.problems]
    status: Literal["ready", "not ready"] = "not ready" if problems else "ready"
    return leader.model_copy(update={"role": "replica", "status": status, "problems": problems})


def _of_leader(runtime: Runtime) -> ReadyOut:
    database, standing = "ready", frozenset[tuple[str | None, AlarmKind]]()
    surveyed: dict[str, str | None] = {}
    storage: list[str] = []
    try:
        runtime.store.check()
        with runtime.store.reading() as session:
            all_standing = alarms.standing(session)
            standing = frozenset((alarm.lift_id, alarm.kind) for alarm in all_standing)
            storage = [alarm.message for alarm in all_standing if alarm.kind is AlarmKind.STORAGE_DAMAGED]
        surveyed = survey(runtime.store, runtime.cameras.status)
    except StoreError as error:
        database = str(error)
    engine, disk, cameras = runtime.engine.status, runtime.pictures.space.status, runtime.cameras.statuses()
    problems = [f"{name}: {trouble}" for name, trouble in runtime.runners.troubles().items()]
    if engine.state != "ready":
        problems.append(f"embedder: {engine.state}")
    if database != "ready":
        problems.append(f"database: {database}")
    problems += [f"storage: {message}" for message in storage]
    if disk.room is Room.FULL:
        problems.append(f"disk: {disk}")
    problems += [
        f"camera {camera.lift_id}: {camera.state.value}, and no alarm says so"
        for camera in cameras
        if not accounted_for(camera, standing)
    ]
    damaged = runtime.hub.unreadable
    return ReadyOut(
        status="not ready" if problems else "ready",
        problems=problems,
        engine=engine.state,
        database=database,
        cameras={camera.lift_id: camera.state.value for camera in cameras},
        not_watched={lift_id: why for lift_id, why in surveyed.items() if why is not None},
        damaged_records=runtime.store.damaged.counts(),
        model=engine.model or None,
        device=engine.device,
        device_lost=engine.device_lost or None,
        cluster=None if engine.cluster is None else engine.cluster.reason or "ready",
        alarm_history=f"{damaged} damaged entries" if damaged else "ready",
        disk=str(disk),
    )


@router.post(
    "/clock/confirm",
    summary="Say that the system's time is right",
    dependencies=OPERATOR,
    responses=responses(401, 403, 503),
)
@vital
def confirm_clock(runtime: RuntimeDep) -> ClockOut:
    """Believe the system's time after it jumped: what is too old is deleted again, by this time.

    What is shelved moves by as much as the time. Without a jump nothing happens.
    """
    jump_s = runtime.clock.jump_s
    if jump_s:
        runtime.store.write(partial(clock.confirmed, by=timedelta(seconds=jump_s))).result()
        runtime.clock.confirm()
    return ClockOut(moved_by_s=jump_s)


def accounted_for(camera: CameraStatus, standing: Container[tuple[str | None, AlarmKind]]) -> bool:
    """Say whether a camera is live, impaired but watched, or not watched and under an alarm that says so.

    Args:
        camera: what is known of it.
        standing: lift and kind of every alarm about health that is not over.
    """
    if camera.state is CameraState.LIVE or any((camera.lift_id, kind) in standing for kind in NOT_WATCHED):
        return True
    # Its alarm is on its way, or frames come and another kind of alarm says what is wrong with them.
    return camera.frame_age_s is not None and camera.frame_age_s < ALARM_DUE_S


@router.get(
    "/metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Prometheus' text format."}},
)
@from_database
@vital
def metrics(runtime: RuntimeDep) -> Response:
    """Give what the service counts, in Prometheus' text format."""
    content, media_type = render(runtime.registry)
    return Response(content, media_type=media_type)
