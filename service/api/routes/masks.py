"""Masks: enrol a pair, list their history, roll back."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Literal

import cv2
from fastapi import APIRouter, File, Form, Path, Response, UploadFile

from lifts.masks import read_mask, read_reference
from lifts.schema import Lift
from service.api.deps import (
    ADMIN,
    MULTIPART,
    OPERATOR,
    PROVEN,
    PROVEN_IF_ARMED,
    VIEWER,
    LiftIdPath,
    RuntimeDep,
)
from service.api.problems import responses
from service.api.schemas.lifts import EnrolmentOut, MaskHistoryOut, MaskVersionOut, NotArmedOut
from service.api.threads import heavy
from service.api.uploads import read_upload
from service.decoding.processes import several
from service.inference.enrolment import enrol
from service.passages.motion import track_warnings
from service.store import lifts, masks
from service.usecases.enrolment import find_lift, store_masks

router = APIRouter(prefix="/lifts/{lift_id}/masks", tags=["lifts"])

_DRAWING = (
    "The bar on a background of one colour (white on black is clearest), JPEG or PNG: 200x200, or the "
    "camera's size where the lift has a track."
)
_REFERENCE = "A picture of a carrier in this state (same sizes): tells whether the masks are swapped."


@router.post(
    "",
    summary="Enrol a lift with two masks",
    status_code=201,
    dependencies=[*OPERATOR, *MULTIPART, *PROVEN_IF_ARMED],
    responses=responses(400, 401, 403, 409, 413, 415, 422, 503),
)
@heavy
def enrol_masks(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    open: Annotated[UploadFile, File(description=f"The open mask. {_DRAWING}")],  # noqa: A002 - the API's word
    close: Annotated[UploadFile, File(description=f"The close mask. {_DRAWING}")],
    reference_open: Annotated[UploadFile | None, File(description=_REFERENCE)] = None,
    reference_close: Annotated[UploadFile | None, File(description=_REFERENCE)] = None,
    name: Annotated[
        str | None, Form(min_length=1, max_length=200, description="What to call the lift if it is new.")
    ] = None,
) -> EnrolmentOut:
    """Embed two drawn masks and judge the lift by them from now on. Registers the lift if it is new.

    The lift is not armed before they judge a confirmed open and a confirmed closed carrier correctly
    (reference pictures, reviews) and its own carriers separate. What was confirmed is judged by the new
    masks at once.

    422 says why masks are refused: not an image, empty, nearly full, the two nearly alike, of a wrong size
    without a track to warp them with, or swapped (a reference picture says so).
    """
    known = find_lift(runtime, lift_id)
    limit = runtime.settings.max_upload_mb
    readings = {
        part: partial(read_mask, read_upload(file, part, limit), known, part)
        for part, file in (("open", open), ("close", close))
    }
    for part, given in (("reference_open", reference_open), ("reference_close", reference_close)):
        if given is not None:
            readings[part] = partial(read_reference, read_upload(given, part, limit), known, part)
    read = runtime.decoding.do(partial(several, [*readings.values()]))
    references = dict(zip(readings, read, strict=True))
    drawn_open, drawn_close = references.pop("open"), references.pop("close")
    version = enrol(lift_id, drawn_open, drawn_close, references, runtime.engine)
    stored = store_masks(runtime, known or Lift(id=lift_id, name=name or lift_id), version)
    arming = runtime.arming_now(lift_id)
    return EnrolmentOut(
        lift_id=lift_id,
        version=stored.version,
        model=stored.model,
        separation=stored.separation,
        quality=arming.quality,
        warnings=[*stored.warnings, *track_warnings(known.track if known else None)],
        armed=arming.armed,
        not_armed=NotArmedOut.of(arming),
    )


@router.get("", summary="The masks so far", dependencies=VIEWER, responses=responses(401, 404, 409, 422, 503))
def mask_history(lift_id: LiftIdPath, runtime: RuntimeDep) -> MaskHistoryOut:
    """Give every enrolled pair of masks, newest first."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        found = masks.history(session, lift_id)
    arming = runtime.pipeline.arming(lift_id)
    items = [MaskVersionOut.of(version, arming) for version in found.items]
    return MaskHistoryOut(items=items, unreadable=found.unreadable)


@router.get(
    "/{version}/{which}.png",
    summary="A mask",
    dependencies=VIEWER,
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "White on black, 200x200."},
        **responses(401, 404, 409, 422, 503),
    },
)
def get_mask(
    lift_id: LiftIdPath,
    version: Annotated[int, Path(ge=1, le=2**31, description="The masks' version.")],
    which: Literal["open", "close"],
    runtime: RuntimeDep,
) -> Response:
    """Give one of the two masks of a version, to compare, or to draw on from."""
    with runtime.store.reading() as session:
        pair = masks.get(session, lift_id, version).masks
    content = cv2.imencode(".png", pair.open if which == "open" else pair.close)[1].tobytes()
    return Response(content, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})


@router.delete(
    "/references",
    summary="Delete the reference pictures",
    status_code=204,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def delete_references(lift_id: LiftIdPath, runtime: RuntimeDep) -> None:
    """Delete the pictures that were uploaded beside the lift's masks, of every version; the masks stay.

    A lift that only they confirmed is not armed until passages are reviewed.
    """
    runtime.store.write(lambda session: masks.forget_references(session, lift_id)).result()
    runtime.masks_changed(lift_id)
    runtime.pipeline.reconfigured(lift_id)


@router.post(
    "/{version}/activate",
    summary="Go back to earlier masks",
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def activate(
    lift_id: LiftIdPath,
    version: Annotated[int, Path(ge=1, le=2**31, description="The version to judge by.")],
    runtime: RuntimeDep,
) -> MaskVersionOut:
    """Judge the lift by this version of its masks from now on."""
    active = runtime.store.write(lambda session: masks.activate(session, lift_id, version)).result()
    runtime.masks_changed(lift_id)
    return MaskVersionOut.of(active, runtime.arming_now(lift_id))
