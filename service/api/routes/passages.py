"""Judged carriers: the evidence, its pictures, and the operator's own label."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, Response

from lifts.decision.verdict import Verdict
from service.api.deps import (
    SOMEWHERE,
    VIEWER,
    Caller,
    Cursor,
    Limit,
    RuntimeDep,
    check_sight,
)
from service.api.problems import responses
from service.api.schemas.base import Moment
from service.api.schemas.passages import DecisionOut, PassageOut, PassagesOut
from service.api.serving.parts import part_of
from service.inference.why import overlay, png_of
from service.replicas.answering import from_database
from service.site.explaining import decision_of
from service.store import masks, passages

router = APIRouter(prefix="/passages", tags=["passages"])

PassageId = Annotated[
    str, Path(max_length=128, pattern=r"^[A-Za-z0-9_.:-]+$", description="The passage's id.")
]
PictureNumber = Annotated[int, Path(ge=1, le=3, description="1: begin, 2: middle, 3: end.")]

_KEPT = {"Cache-Control": "private, max-age=86400, immutable"}
"""Evidence never changes: a browser need not fetch it twice."""


@router.get("", summary="Judged carriers", dependencies=SOMEWHERE, responses=responses(401, 403, 422, 503))
@from_database
def list_passages(
    runtime: RuntimeDep,
    principal: Caller,
    lift_id: Annotated[str | None, Query(max_length=64, description="Of this lift only.")] = None,
    verdict: Annotated[Verdict | None, Query(description="With this verdict only.")] = None,
    occupied: Annotated[bool | None, Query(description="Occupied or empty carriers only.")] = None,
    reviewed: Annotated[bool | None, Query(description="With or without an operator's label only.")] = None,
    from_: Annotated[Moment | None, Query(alias="from", description="Seen at or after this.")] = None,
    to: Annotated[Moment | None, Query(description="Seen before this.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> PassagesOut:
    """Give a page of passages, newest first."""
    check_sight(principal, lift_id)
    with runtime.store.reading() as session:
        page = passages.listing(
            session,
            lift_id=lift_id,
            lifts=principal.lifts,
            verdict=verdict,
            occupied=occupied,
            reviewed=reviewed,
            from_=from_,
            to=to,
            before=None if cursor is None else int(cursor),
            limit=limit,
        )
    items = [PassageOut.of(record, runtime.settings.root_path) for record in page.items]
    return PassagesOut(
        items=items, next=None if page.next is None else str(page.next), unreadable=page.unreadable
    )


@router.get(
    "/{passage_id}",
    summary="One judged carrier",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
@from_database
def get_passage(passage_id: PassageId, runtime: RuntimeDep) -> PassageOut:
    """Return one passage: its times, the verdict on it and on each picture, and the operator's label."""
    with runtime.store.reading() as session:
        return PassageOut.of(passages.get(session, passage_id), runtime.settings.root_path)


@router.get(
    "/{passage_id}/decision",
    summary="Why a carrier was called so",
    dependencies=VIEWER,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def get_decision(passage_id: PassageId, runtime: RuntimeDep) -> DecisionOut:
    """Give the margin on its scale: from where the bar is called open, from where closed."""
    with runtime.store.reading() as session:
        record = passages.get(session, passage_id)
        found = decision_of(session, record, runtime.engine.manifest)
    judgement = record.judgement
    return DecisionOut(
        margin=judgement.margin,
        open_up_to=None if found is None else found.open_up_to,
        closed_from=None if found is None else found.closed_from,
        probability_open=None if found is None else found.probability_open,
        site_calibration=None if found is None else found.site_version,
        budget=judgement.budget,
        mask_version=judgement.mask_version,
        model=judgement.model,
    )


@router.get(
    "/{passage_id}/pictures/{number}.jpg",
    summary="A picture of a carrier",
    dependencies=VIEWER,
    response_class=FileResponse,
    responses={
        200: {"content": {"image/jpeg": {}}, "description": "The registered picture, 200x200."},
        **responses(401, 404, 409, 422, 503),
    },
)
def get_picture(
    passage_id: PassageId,
    number: PictureNumber,
    runtime: RuntimeDep,
    request: Request,
) -> Response:
    """Give a registered picture as JPEG; 404 once retention has removed it."""
    with runtime.store.reading() as session:
        file = passages.picture_file(session, passage_id, number)
    runtime.notes.looked(passage_id)
    return part_of(runtime.pictures, file, "image/jpeg", _KEPT, request)


@router.get(
    "/{passage_id}/pictures/{number}/why.png",
    summary="Where the bar was seen",
    dependencies=VIEWER,
    response_class=Response,
    responses={
        200: {"content": {"image/png": {}}, "description": "RGBA, 200x200, to be laid over the picture."},
        **responses(401, 404, 409, 422, 503),
    },
)
def get_why(
    passage_id: PassageId,
    number: PictureNumber,
    runtime: RuntimeDep,
) -> Response:
    """Give the map of the bar that the verdict came from: amber on the open mask, blue on the close mask.

    Violet is near both masks, white near neither.
    """
    with runtime.store.reading() as session:
        file, passage = passages.why_file(session, passage_id, number)
        pair = masks.get(session, passage.lift_id, passage.judgement.mask_version).masks
    runtime.notes.looked(passage_id)
    content = png_of(overlay(runtime.pictures.read_map(file), pair))
    return Response(content, media_type="image/png", headers=_KEPT)
