"""Versions of a lift's track: compare them, go back to one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from service.api.deps import OPERATOR, PROVEN_IF_ARMED, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.schemas.setup import TrackHistoryOut, TrackVersionOut
from service.domain.errors import NotFoundError
from service.setup.picture import track_in_jpeg
from service.store import lifts, tracks
from service.usecases.setup.versions import roll_back

router = APIRouter(prefix="/lifts/{lift_id}/tracks", tags=["setup"])

TrackNumber = Annotated[int, Path(ge=1, le=2**31, description="The track's version.")]


@router.get(
    "", summary="The tracks so far", dependencies=VIEWER, responses=responses(401, 404, 409, 422, 503)
)
def track_history(lift_id: LiftIdPath, runtime: RuntimeDep) -> TrackHistoryOut:
    """Give every track that the lift has had, newest first, and the masks that were used on each."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        found = tracks.history(session, lift_id)
    root = runtime.settings.root_path
    items = [TrackVersionOut.of(version, root) for version in found.items]
    return TrackHistoryOut(items=items, unreadable=found.unreadable)


@router.get(
    "/{version}/picture.jpg",
    summary="The view with a track",
    dependencies=VIEWER,
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The camera's view, the track drawn into it."},
        **responses(401, 404, 409, 422, 503),
    },
)
def get_track_picture(lift_id: LiftIdPath, version: TrackNumber, runtime: RuntimeDep) -> Response:
    """Give the view that a track was made for; 404 if it was not made by a set-up."""
    with runtime.store.reading() as session:
        found = tracks.get(session, lift_id, version)
        jpeg = tracks.picture(session, lift_id, version)
    content = track_in_jpeg(jpeg or b"", found.track)
    if content is None:
        raise NotFoundError(
            f"no picture is kept of track {version} of lift {lift_id!r}", "no_picture", version=version
        )
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@router.post(
    "/{version}/activate",
    summary="Go back to an earlier track",
    dependencies=[*OPERATOR, *PROVEN_IF_ARMED],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def activate_track(lift_id: LiftIdPath, version: TrackNumber, runtime: RuntimeDep) -> TrackVersionOut:
    """Watch the lift by this track from now on, and judge it by the masks that were last used on it.

    The lift is not armed before its carriers are seen to fit again. 409: `other_size`, the camera's pictures
    were of another size then.
    """
    done = roll_back(runtime.store, lift_id, version)
    if done.masks_changed:
        runtime.masks_changed(lift_id)
    runtime.cameras.refresh()
    runtime.pipeline.reconfigured(lift_id)
    return TrackVersionOut.of(done.version, runtime.settings.root_path)
