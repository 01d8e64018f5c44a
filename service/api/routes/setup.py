"""Setting up a lift: one job that looks at its camera, and what a person says about what it found."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, File, Query, Response, UploadFile

from lifts.addresses import PLACEHOLDER, variable_prefixes
from service.api.deps import (
    MULTIPART,
    OPERATOR,
    PROVEN_IF_ARMED,
    VIEWER,
    LiftIdPath,
    Operator,
    RuntimeDep,
    check_role,
)
from service.api.problems import responses
from service.api.routes.setting_up.carriers import JPEG, Place, picture_of
from service.api.runtime import Runtime
from service.api.schemas.setup import CheckOut, SetupIn, SetupOut, TrackIn
from service.api.schemas.setup_masks import DrawnOut, MaskSearchIn, MasksOut
from service.api.threads import heavy
from service.api.uploads import read_upload
from service.domain.errors import NotFoundError
from service.domain.people import Role
from service.setup.jobs.state import SetupJob, SetupState
from service.setup.picture import track_in_jpeg
from service.usecases.camera_urls import check_camera_url
from service.usecases.enrolment import find_lift
from service.usecases.mask_proposals import drawing_of_picture
from service.usecases.setup.checking import check_lift
from service.usecases.setup.drawing import picks_of
from service.usecases.setup.starting import corrected, request_for, watch

router = APIRouter(prefix="/lifts/{lift_id}/setup", tags=["setup"])

_FRESH = {"Cache-Control": "no-store"}


@router.post(
    "",
    summary="Start setting a lift up",
    status_code=202,
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 409, 413, 422, 503),
)
def start_setup(
    lift_id: LiftIdPath,
    body: SetupIn,
    principal: Operator,
    runtime: RuntimeDep,
    again: Annotated[bool, Query(description="Replace one that is finished.")] = False,
) -> SetupOut:
    """Look at a camera, find the carriers' track, cut carriers out, learn the line; GET says how far it is.

    409: `setup_running`, `setup_exists` (see `again`), or `setups_running` of other lifts. 403: only an
    administrator may use variables of the environment (`${NAME}`), as in `POST /cameras/probe`.
    """
    for url in filter(None, (body.url, body.substream)):
        if PLACEHOLDER.search(url):
            check_role(principal, Role.ADMIN)
        check_camera_url(
            url,
            allow_files=runtime.settings.allow_file_cameras,
            prefixes=variable_prefixes(lift_id),
            networks=runtime.settings.networks_of_cameras(),
        )
    request = request_for(
        find_lift(runtime, lift_id),
        lift_id,
        url=body.url,
        transport=body.transport,
        credentials=body.credentials,
        name=body.name,
        seconds=body.seconds,
        substream=body.substream,
    )
    return _shown(runtime, runtime.setup.board.begin(lift_id, request, principal.name, again=again))


@router.get(
    "",
    summary="How far a set-up is",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
def get_setup(lift_id: LiftIdPath, runtime: RuntimeDep) -> SetupOut:
    """Give the lift's job, whoever started it, and whether or not a browser has waited for it."""
    return _shown(runtime, runtime.setup.board.kept.get(lift_id))


@router.delete(
    "",
    summary="Cancel or forget a set-up",
    status_code=204,
    dependencies=OPERATOR,
    responses=responses(401, 403, 422, 503),
)
def forget_setup(lift_id: LiftIdPath, runtime: RuntimeDep) -> None:
    """End the lift's job if it runs, and delete its recording and pictures. The lift stays as it is."""
    runtime.setup.forget(lift_id)


@router.get(
    "/picture.jpg",
    summary="The camera's view",
    dependencies=VIEWER,
    response_class=Response,
    responses={**JPEG, **responses(401, 404, 409, 422, 503)},  # type: ignore[dict-item]
)
def get_view(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    at: Annotated[Place, Query(description="Where a carrier is, once the track is known.")] = "middle",
    track: Annotated[bool, Query(description="Draw the proposed track into it.")] = False,
) -> Response:
    """Give what the camera shows while the job looks at it; later the view with a carrier on the track."""
    job = runtime.setup.board.kept.get(lift_id)
    live = runtime.setup.board.live_picture(lift_id)
    if live is not None and job.state is SetupState.RUNNING:
        return Response(live, media_type="image/jpeg", headers=_FRESH)
    content = picture_of(runtime, job, f"view-{at}.jpg")
    if track and job.proposal is not None:
        content = track_in_jpeg(content, job.proposal.track) or content
    return Response(content, media_type="image/jpeg", headers=_FRESH)


@router.put(
    "/track",
    summary="Correct begin and end",
    status_code=202,
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 404, 409, 413, 422, 503),
)
def correct_track(lift_id: LiftIdPath, body: TrackIn, runtime: RuntimeDep) -> SetupOut:
    """Move begin and end along the proposed path; the carriers are cut out anew, and picks are dropped.

    422: `off_the_path`, `too_short_a_way` between them. 409: `setup_running`, `no_track`, `recording_gone`.
    """
    proposal = corrected(runtime.setup.board.kept.get(lift_id), body.begin, body.end)
    return _shown(runtime, runtime.setup.board.cut_again(lift_id, proposal))


@router.post(
    "/watch",
    summary="Watch the lift as it was set up",
    dependencies=[*OPERATOR, *PROVEN_IF_ARMED],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def start_watching(lift_id: LiftIdPath, runtime: RuntimeDep) -> SetupOut:
    """Make camera and track the lift's and watch it; its line is learnt already. 409: `setup_not_ready`."""
    watch(
        runtime.setup.board,
        runtime.store,
        runtime.settings.data,
        lift_id,
        runtime.vault.check,
        hides=runtime.hides(lift_id),
    )
    runtime.cameras.refresh()
    runtime.pipeline.reconfigured(lift_id)
    return _shown(runtime, runtime.setup.board.kept.get(lift_id))


@router.post(
    "/masks",
    summary="Propose masks",
    status_code=202,
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 404, 409, 413, 422, 503),
)
def search_masks(lift_id: LiftIdPath, body: MaskSearchIn, runtime: RuntimeDep) -> MasksOut:
    """Search for both masks, which takes a part of a minute; GET says how far it is, and what was found.

    From what was picked, or from the masks of an earlier track, for a camera that was moved. 409:
    `picks_missing` of either state, `setup_not_ready`.
    """
    runtime.setup.searches.begin(lift_id, body.source)
    return get_masks(lift_id, runtime)


@router.get(
    "/masks",
    summary="The proposed masks",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
def get_masks(lift_id: LiftIdPath, runtime: RuntimeDep) -> MasksOut:
    """Give the newest proposal, as lines to edit and as pictures; 404 `no_masks_proposed`.

    Nothing counts before it is enrolled by `POST /lifts/{lift_id}/masks`.
    """
    job = runtime.setup.board.kept.get(lift_id)
    search, found = runtime.setup.searches.state(job), runtime.setup.searches.found(job)
    if search is None and found is None:
        raise NotFoundError(f"no masks were proposed for lift {lift_id!r} yet", "no_masks_proposed")
    return MasksOut.of(search, found, picks_of(job))


@router.post(
    "/drawings",
    summary="Lines of a picture",
    dependencies=[*OPERATOR, *MULTIPART],
    responses=responses(400, 401, 403, 413, 415, 422, 503),
)
@heavy
def import_drawing(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    picture: Annotated[
        UploadFile, File(description="A mask as JPEG or PNG, of the frame's or camera's size.")
    ],
) -> DrawnOut:
    """Turn the picture of a mask into lines to edit; nothing is stored."""
    data = read_upload(picture, "picture", runtime.settings.max_upload_mb)
    job = partial(drawing_of_picture, data, find_lift(runtime, lift_id), "picture")
    return DrawnOut.of(runtime.decoding.do(job))


@router.get(
    "/check",
    summary="Does it see?",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
def check(lift_id: LiftIdPath, runtime: RuntimeDep) -> CheckOut:
    """Say by its own carriers whether a lift's masks and view are good: go, wait or no_go, and what to do."""
    state = runtime.pipeline.arming(lift_id)
    found = check_lift(runtime.store, lift_id, state, runtime.pipeline.active_masks(lift_id))
    return CheckOut.of(found, state, runtime.settings.root_path)


def _shown(runtime: Runtime, job: SetupJob) -> SetupOut:
    return SetupOut.of(job, runtime.setup.board.share(job.lift_id))
