"""Lifts as configured: the shape of lift.toml, as JSON."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

from lifts.schema import Lift
from service.api.deps import ADMIN, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.lifts import LiftIn, LiftOut, LiftsOut
from service.capture.urls import is_stream, redact
from service.domain.errors import ConfigurationError, NotFoundError
from service.store import lifts, masks

router = APIRouter(prefix="/lifts", tags=["lifts"])

_PLACEHOLDER = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")


@router.get("", summary="Every lift", dependencies=VIEWER, responses=responses(401, 503))
def list_lifts(runtime: RuntimeDep) -> LiftsOut:
    """Give every lift with its active masks and its camera's state."""
    with runtime.store.reading() as session:
        versions = masks.active_versions(session)
        found = lifts.listing(session)
    cameras = runtime.cameras
    return LiftsOut(
        items=[LiftOut.of(lift, versions.get(lift.id), cameras.status(lift.id)) for lift in found]
    )


@router.get("/{lift_id}", summary="One lift", dependencies=VIEWER, responses=responses(401, 404, 422, 503))
def get_lift(lift_id: LiftIdPath, runtime: RuntimeDep) -> LiftOut:
    """Give a lift's configuration as in lift.toml, its active masks and its camera's state."""
    return _shown(runtime, lift_id)


@router.put(
    "/{lift_id}",
    summary="Configure a lift",
    dependencies=ADMIN,
    responses={201: {"description": "The lift is new."}, **responses(400, 401, 403, 413, 422, 503)},
)
def put_lift(lift_id: LiftIdPath, body: LiftIn, runtime: RuntimeDep, response: Response) -> LiftOut:
    """Register a lift or replace its configuration; its camera follows within seconds.

    The camera's URL may be rtsp, rtsps, http or https; a file of the server only where the service was
    started with BARWATCH_ALLOW_FILE_CAMERAS. Credentials stand in it as ${NAME} and come from the service's
    environment.
    """
    if body.id is not None and body.id != lift_id:
        raise HTTPException(422, f"body.id: expected {lift_id!r} as in the path, got {body.id!r}")
    given = body.model_dump(include=set(Lift.model_fields) - {"id"})
    lift = Lift.model_validate({**given, "id": lift_id})
    for url in () if lift.camera is None else (lift.camera.url, lift.camera.substream):
        if url is not None:
            check_camera_url(url, allow_files=runtime.settings.allow_file_cameras)
    new = runtime.store.write(lambda session: lifts.put(session, lift)).result()
    runtime.cameras.refresh()
    response.status_code = 201 if new else 200
    return _shown(runtime, lift_id)


@router.delete(
    "/{lift_id}",
    summary="Remove a lift",
    status_code=204,
    dependencies=ADMIN,
    responses=responses(401, 403, 404, 422, 503),
)
def delete_lift(lift_id: LiftIdPath, runtime: RuntimeDep) -> None:
    """Remove a lift and its masks and stop watching it; its passages and alarms stay as evidence."""
    runtime.store.write(lambda session: lifts.delete(session, lift_id)).result()
    runtime.cameras.refresh()
    runtime.pipeline.forget(lift_id)


@router.get(
    "/{lift_id}/snapshot.jpg",
    summary="The camera's newest picture",
    dependencies=VIEWER,
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "At most 640 pixels wide."},
        **responses(401, 404, 422),
    },
)
def get_snapshot(lift_id: LiftIdPath, runtime: RuntimeDep) -> Response:
    """Give a small picture of what the camera saw last, about a second old while it is live."""
    snapshot = runtime.pipeline.snapshot(lift_id)
    if snapshot is None:
        raise NotFoundError(f"no picture from the camera of lift {lift_id!r} yet")
    return Response(snapshot.jpeg, media_type="image/jpeg")


def check_camera_url(url: str, *, allow_files: bool) -> None:
    """Refuse what a camera's URL must not be.

    Raises:
        ConfigurationError: a scheme that cameras do not use, a file where files are not allowed, a secret
            in clear, or an address that no camera has.
    """
    if not url.strip() or any(ord(letter) < 32 for letter in url):
        raise ConfigurationError("camera url: expected an address without control characters")
    if not is_stream(url):
        if not allow_files:
            raise ConfigurationError(
                "camera url: a file or a device of the server is only allowed with "
                "BARWATCH_ALLOW_FILE_CAMERAS=true; expected rtsp://, rtsps://, http:// or https://"
            )
        return
    bare = _PLACEHOLDER.sub("", url)
    query = "?" + urlsplit(bare).query
    if redact(query).replace("***", "") != query:
        raise ConfigurationError(
            "camera url: a secret in clear: write ${NAME} in its place and set the variable NAME"
        )
    try:
        address = ipaddress.ip_address(urlsplit(bare).hostname or "")
    except ValueError:
        return  # a host name
    # 169.254.169.254 and the like hand out cloud credentials; no camera lives there.
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        raise ConfigurationError(f"camera url: {address} is no camera's address")


def _shown(runtime: Runtime, lift_id: str) -> LiftOut:
    with runtime.store.reading() as session:
        lift = lifts.get(session, lift_id)
        version = masks.active_versions(session).get(lift_id)
    return LiftOut.of(lift, version, runtime.cameras.status(lift_id))
