"""Every lift at a glance: one call for a screen that shows forty of them, small pictures, and groups."""

from __future__ import annotations

import math
import time
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from sqlalchemy.orm import Session

from lifts.schema import Lift
from service.api.deps import OPERATOR, SOMEWHERE, VIEWER, Caller, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.alarms import OutOfServiceOut
from service.api.schemas.lifts import LiftPlaceOut, NotArmedOut
from service.api.schemas.operating.overview import (
    CarrierMarkOut,
    GlanceCameraOut,
    GlanceOut,
    GlancePictureOut,
    LiftPlaceIn,
    LineOut,
    OverviewOut,
)
from service.api.tags import TAGGED, IfUnchanged, tag_of, tagged
from service.domain.alarm import OutOfService
from service.domain.camera import CameraStatus
from service.domain.errors import NotFoundError
from service.industry.inputs.whole import LiftInputs
from service.overview.line import LineSaid, line_now
from service.overview.recent import KEPT
from service.overview.thumbnails import PictureWidth
from service.replicas.answering import from_database
from service.store import lifts, masks
from service.store.alarms import out_of_service
from service.store.database import guarded
from service.store.overview import places
from service.store.overview.recent import CarrierMark
from service.usecases.watching import not_watched_code, why_not_watched

router = APIRouter(tags=["lifts"])

AGE = "Picture-Age"
"""Header: seconds since the picture's frame was read."""

_PICTURE = {
    "ETag": {"description": "Of this picture.", "schema": {"type": "string"}},
    AGE: {"description": "Seconds since its frame was read from the camera.", "schema": {"type": "number"}},
}


@router.get(
    "/overview", summary="Every lift at a glance", dependencies=SOMEWHERE, responses=responses(401, 422, 503)
)
def get_overview(
    runtime: RuntimeDep,
    principal: Caller,
    recent: Annotated[int, Query(ge=0, le=KEPT, description="Carriers of each lift, at most.")] = 12,
) -> OverviewOut:
    """Give what a screen of all lifts needs of each: whether it is watched, its line, its last carriers.

    Alarms are not in it: those that stand come from `GET /alarms` and its feed, which is at `alarm_seq`.
    """
    with runtime.store.reading() as session:
        versions = masks.active_versions(session)
        every, invalid = lifts.readable_and_not(session)
        found = [lift for lift in every if principal.sees(lift.id)]
        out = {entry.lift_id: entry for entry in out_of_service.listing(session)}
        where = places.by_lift(session)
        marks = runtime.marks.look(session, [lift.id for lift in found])
    items = [
        _glance(
            runtime,
            lift,
            versions.get(lift.id),
            out.get(lift.id),
            where.get(lift.id, places.NOWHERE),
            marks[lift.id][:recent],
        )
        for lift in found
    ]
    newest = runtime.hub.handed_to(principal.sees)
    return OverviewOut(items=items, alarm_seq=newest, unreadable=len(invalid))


@router.get(
    "/lifts/{lift_id}/place",
    summary="Where a lift is",
    dependencies=VIEWER,
    responses={**TAGGED, **responses(401, 403, 404, 409, 422, 503)},
)
@from_database
def get_place(lift_id: LiftIdPath, runtime: RuntimeDep, response: Response) -> LiftPlaceOut:
    """Give the lift's area and station, and the distance between its carriers, as far as somebody said it."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        place = _place(session, lift_id)
    return tagged(place, tag_of(place), response)


@router.put(
    "/lifts/{lift_id}/place",
    summary="Say where a lift is",
    dependencies=OPERATOR,
    responses={**TAGGED, **responses(400, 401, 403, 404, 412, 413, 422, 503)},
)
def put_place(
    lift_id: LiftIdPath, body: LiftPlaceIn, runtime: RuntimeDep, response: Response, unchanged: IfUnchanged
) -> LiftPlaceOut:
    """Group the lift by area and station; its camera goes on undisturbed.

    `spacing_m` gives its line a speed where no input does: the distance over the time between carriers.
    412 `changed_elsewhere`: somebody has said otherwise since what `If-Match` names, which stays.
    """

    def put(session: Session) -> LiftPlaceOut:
        places.put(session, lift_id, places.LiftPlace(body.area, body.station, body.spacing_m))
        return _place(session, lift_id)

    tag = unchanged.on(lambda session: tag_of(_place(session, lift_id)))
    place = runtime.store.write(guarded(put, tag)).result()
    return tagged(place, tag_of(place), response)


def _place(session: Session, lift_id: str) -> LiftPlaceOut:
    return LiftPlaceOut.model_validate(places.by_lift(session).get(lift_id, places.NOWHERE))


@router.get(
    "/lifts/{lift_id}/snapshot.jpg",
    summary="The camera's newest picture",
    dependencies=VIEWER,
    response_class=Response,
    responses={
        200: {
            "content": {"image/jpeg": {}},
            "description": "At most `width` pixels wide.",
            "headers": _PICTURE,
        },
        304: {"description": "The same picture as before; its age may be another.", "headers": _PICTURE},
        **responses(401, 404, 422),
    },
)
def get_snapshot(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    width: Annotated[PictureWidth, Query(description="Pixels across, at most.")] = PictureWidth.WHOLE,
    if_none_match: Annotated[str | None, Header(description="ETag of the picture that is known.")] = None,
) -> Response:
    """Give a small picture of what the camera saw last, about a second old while it is live.

    `Picture-Age` says how old it is: the last picture of a camera that is lost stays, and ages.
    """
    snapshot = runtime.pipeline.snapshot(lift_id)
    if snapshot is None:
        raise NotFoundError(f"no picture from the camera of lift {lift_id!r} yet", "no_picture_yet")
    tag = f'"{runtime.thumbnails.tag(snapshot)}-{width.value}"'
    headers = {"ETag": tag, AGE: f"{max(0.0, time.monotonic() - snapshot.t_mono_s):.1f}"}
    if if_none_match == tag:
        return Response(status_code=304, headers=headers)
    return Response(runtime.thumbnails.jpeg(snapshot, width), media_type="image/jpeg", headers=headers)


def _glance(
    runtime: Runtime,
    lift: Lift,
    mask_version: int | None,
    out: OutOfService | None,
    where: places.LiftPlace,
    marks: tuple[CarrierMark, ...],
) -> GlanceOut:
    now_s, status = time.monotonic(), runtime.cameras.status(lift.id)
    arming, snapshot = runtime.pipeline.arming(lift.id), runtime.pipeline.snapshot(lift.id)
    frame_age_s = _frame_age_s(status, runtime.pipeline.reported_s(lift.id), now_s)
    said = LineSaid(*runtime.parts.of(LiftInputs).line(lift.id))
    picture = None
    if snapshot is not None:
        age_s = round(max(0.0, now_s - snapshot.t_mono_s), 1)
        picture = GlancePictureOut(tag=runtime.thumbnails.tag(snapshot), age_s=age_s)
    return GlanceOut(
        id=lift.id,
        name=lift.name,
        place=LiftPlaceOut.model_validate(where),
        mask_version=mask_version,
        armed=arming.armed,
        not_armed=NotArmedOut.of(arming),
        not_watched=why_not_watched(lift, mask_version, status),
        not_watched_code=not_watched_code(lift, mask_version, status),
        out_of_service=None if out is None else OutOfServiceOut.model_validate(out),
        camera_status=None if status is None else GlanceCameraOut.model_validate(status),
        frame_age_s=frame_age_s,
        picture=picture,
        line=LineOut.model_validate(line_now(status, frame_age_s, said, where.spacing_m)),
        recent=[CarrierMarkOut.model_validate(mark) for mark in marks],
    )


def _frame_age_s(status: CameraStatus | None, reported_s: float, now_s: float) -> float | None:
    """Return how old the newest frame is: what was said of it, and the time since that was said."""
    if status is None or status.frame_age_s is None:
        return None
    since_s = now_s - reported_s if math.isfinite(reported_s) else 0.0
    return round(status.frame_age_s + max(0.0, since_s), 1)
