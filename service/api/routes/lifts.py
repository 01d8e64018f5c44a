"""Lifts as configured: the shape of lift.toml, as JSON."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from lifts.schema import Lift
from service.api.deps import ADMIN, PROVEN, SOMEWHERE, VIEWER, Caller, LiftIdPath, RuntimeDep
from service.api.problems import RequestRefusedError, responses
from service.api.runtime import Runtime
from service.api.schemas.lifts import LiftIn, LiftOut, LiftsOut
from service.api.tags import TAGGED, IfUnchanged, tag_of, tagged
from service.domain.alarm import OutOfService
from service.domain.errors import DamagedError
from service.industry.control.whole import LiftControls
from service.industry.inputs.whole import LiftInputs
from service.store import lifts, masks
from service.store.alarms import out_of_service
from service.store.database import guarded
from service.store.overview import places
from service.usecases.camera_urls import check_camera

router = APIRouter(prefix="/lifts", tags=["lifts"])


@router.get("", summary="Every lift", dependencies=SOMEWHERE, responses=responses(401, 503))
def list_lifts(runtime: RuntimeDep, principal: Caller) -> LiftsOut:
    """Give every lift that the caller may see: its masks, whether it is armed, its camera's state."""
    with runtime.store.reading() as session:
        versions = masks.active_versions(session)
        found, invalid = lifts.listing(session), lifts.invalid(session)
        out = {entry.lift_id: entry for entry in out_of_service.listing(session)}
        where = places.by_lift(session)
    items = [
        _out(runtime, lift, versions.get(lift.id), out.get(lift.id), where.get(lift.id, places.NOWHERE))
        for lift in found
        if principal.sees(lift.id)
    ]
    return LiftsOut(items=items, unreadable=len(invalid))


@router.get(
    "/{lift_id}",
    summary="One lift",
    dependencies=VIEWER,
    responses={**TAGGED, **responses(401, 404, 409, 422, 503)},
)
def get_lift(lift_id: LiftIdPath, runtime: RuntimeDep, response: Response) -> LiftOut:
    """Give a lift's configuration as in lift.toml, its masks, whether it is armed, and its camera's state."""
    return _shown(runtime, lift_id, response)


@router.put(
    "/{lift_id}",
    summary="Configure a lift",
    dependencies=[*ADMIN, *PROVEN],
    responses={
        201: {"description": "The lift is new."},
        **TAGGED,
        **responses(400, 401, 403, 412, 413, 422, 503),
    },
)
def put_lift(
    lift_id: LiftIdPath, body: LiftIn, runtime: RuntimeDep, response: Response, unchanged: IfUnchanged
) -> LiftOut:
    """Register a lift or replace its configuration; its camera follows within seconds.

    The camera's URL may be rtsp, rtsps, http or https; a file of the server only where the service was
    started with BARWATCH_ALLOW_FILE_CAMERAS. Credentials are written in it as ${NAME} and come from the
    service's environment; NAME begins with CAMERA_ or with the lift's id (demo-quad: DEMO_QUAD_).
    """
    if body.id is not None and body.id != lift_id:
        raise RequestRefusedError(
            422, f"body.id: expected {lift_id!r} as in the path, got {body.id!r}", "other_id", lift_id=lift_id
        )
    given = body.model_dump(include=set(Lift.model_fields) - {"id"})
    lift = Lift.model_validate({**given, "id": lift_id})
    settings = runtime.settings
    check_camera(lift, allow_files=settings.allow_file_cameras, networks=settings.networks_of_cameras())
    if lift.camera is not None and lift.camera.credentials is not None:
        for url in filter(None, (lift.camera.url, lift.camera.substream)):
            runtime.vault.check(lift.camera.credentials, url)
    change = partial(lifts.put, lift=lift)
    new = runtime.store.write(guarded(change, unchanged.on(partial(_tag, lift_id=lift_id)))).result()
    runtime.cameras.refresh()
    runtime.pipeline.reconfigured(lift_id)
    response.status_code = 201 if new else 200
    return _shown(runtime, lift_id, response)


@router.delete(
    "/{lift_id}",
    summary="Remove a lift",
    status_code=204,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 412, 422, 503),
)
def delete_lift(lift_id: LiftIdPath, runtime: RuntimeDep, unchanged: IfUnchanged) -> None:
    """Remove a lift and its masks and stop watching it; its passages and alarms stay as evidence."""
    change = partial(_delete, lift_id=lift_id)
    runtime.store.write(guarded(change, unchanged.on(partial(_tag, lift_id=lift_id)))).result()
    runtime.cameras.refresh()
    runtime.pipeline.forget(lift_id)
    runtime.marks.forget(lift_id)
    runtime.thumbnails.forget(lift_id)
    runtime.setup.forget(lift_id)
    runtime.parts.of(LiftControls).disarm(lift_id)
    runtime.parts.of(LiftInputs).remove(lift_id)


def _delete(session: Session, lift_id: str) -> None:
    lifts.delete(session, lift_id)
    out_of_service.remove(session, lift_id)


def _tag(session: Session, lift_id: str) -> str | None:
    try:
        return tag_of(lifts.get(session, lift_id)) if lifts.exists(session, lift_id) else None
    except DamagedError:
        return ""  # nobody has read it


def _shown(runtime: Runtime, lift_id: str, response: Response) -> LiftOut:
    with runtime.store.reading() as session:
        lift = lifts.get(session, lift_id)
        version = masks.active_versions(session).get(lift_id)
        out = {entry.lift_id: entry for entry in out_of_service.listing(session)}
        where = places.by_lift(session).get(lift_id, places.NOWHERE)
    shown = _out(runtime, lift, version, out.get(lift_id), where)
    return tagged(shown, shown.tag, response)


def _out(
    runtime: Runtime, lift: Lift, mask_version: int | None, out: OutOfService | None, where: places.LiftPlace
) -> LiftOut:
    state, status = runtime.pipeline.arming(lift.id), runtime.cameras.status(lift.id)
    return LiftOut.of(lift, mask_version, state, status, out, where)
