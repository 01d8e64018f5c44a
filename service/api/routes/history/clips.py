"""Clips of alarms: played in parts, and deleted on request."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse

from service.api.deps import ADMIN, PROVEN, VIEWER, RuntimeDep
from service.api.problems import responses
from service.api.routes.alarms import AlarmId
from service.api.schemas.history.clips import ClipOut
from service.api.serving.parts import part_of
from service.store.clips import rows
from service.usecases.clips import clip_of, delete_clip

router = APIRouter(prefix="/alarms", tags=["alarms"])

_KEPT = {"Cache-Control": "private, no-store"}
"""People can be recognised on a clip: once it is deleted, no browser shall have it."""


@router.get(
    "/{alarm_id}/clip",
    summary="What there is of an alarm's clip",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
def get_clip(alarm_id: AlarmId, runtime: RuntimeDep) -> ClipOut:
    """Say where the clip is and what it shows, or why there is none."""
    clip = clip_of(runtime.store, runtime.clip_rules, alarm_id, runtime.clock.now())
    return ClipOut.of(clip, runtime.settings.root_path, hides=runtime.hides(clip.lift_id))


@router.get(
    "/{alarm_id}/clip.mp4",
    summary="An alarm's clip",
    dependencies=VIEWER,
    response_class=FileResponse,
    responses={
        200: {"content": {"video/mp4": {}}, "description": "From 8 s before the moment to 4 s after it."},
        206: {"content": {"video/mp4": {}}, "description": "The part that `Range` asks for."},
        **responses(401, 404, 409, 410, 416, 422, 503),
    },
)
def play_clip(alarm_id: AlarmId, runtime: RuntimeDep, request: Request) -> Response:
    """Give the camera's own pictures around the alarm; who watches is in the audit.

    404 says why there is none, 410 why it is no longer kept.
    """
    with runtime.store.reading() as session:
        file = rows.file_of(session, alarm_id)
    answer = part_of(runtime.clips, file, "video/mp4", _KEPT, request)
    runtime.notes.looked(alarm_id, "clip.view")
    return answer


@router.delete(
    "/{alarm_id}/clip",
    summary="Delete an alarm's clip",
    status_code=204,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def delete(alarm_id: AlarmId, runtime: RuntimeDep) -> None:
    """Delete the clip; its digest stays. 409 while the alarm is held."""
    delete_clip(runtime.store, runtime.clips, alarm_id)
