"""The masks of a set-up as a person has drawn them so far."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Response

from service.api.deps import OPERATOR, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.schemas.drawn import DrawnMasksIn, DrawnMasksOut
from service.usecases.setup.drawn import DrawnMasks, find_drawn, keep_drawn

router = APIRouter(prefix="/lifts/{lift_id}/setup/drawn", tags=["setup"])


_TAGGED = {
    200: {"headers": {"ETag": {"description": "Of what was drawn.", "schema": {"type": "string"}}}},
}


@router.get(
    "",
    summary="Masks drawn so far",
    dependencies=VIEWER,
    responses={**_TAGGED, **responses(401, 404, 409, 422, 503)},  # type: ignore[dict-item]
)
def get_drawn(lift_id: LiftIdPath, runtime: RuntimeDep, response: Response) -> DrawnMasksOut:
    """Give both masks as a person has drawn them, from whatever browser; 404 `nothing_drawn`."""
    return _shown(find_drawn(runtime.setup.board.kept, lift_id), response)


@router.put(
    "",
    summary="Keep masks drawn so far",
    dependencies=OPERATOR,
    responses={
        **_TAGGED,  # type: ignore[dict-item]
        **responses(400, 401, 403, 404, 409, 412, 413, 422, 503),
    },
)
def put_drawn(
    lift_id: LiftIdPath,
    body: DrawnMasksIn,
    runtime: RuntimeDep,
    response: Response,
    if_match: Annotated[str | None, Header(description="ETag of what they were drawn from.")] = None,
    if_none_match: Annotated[Literal["*"] | None, Header(description="Nothing was drawn before.")] = None,
) -> DrawnMasksOut:
    """Keep both drawings with the set-up. Nothing is judged by them before POST /lifts/{lift_id}/masks.

    412 `drawn_elsewhere`: somebody has drawn something else since, which stays; without a condition, these
    drawings take its place.
    """
    drawn = keep_drawn(
        runtime.setup.board.kept,
        lift_id,
        body.open,
        body.close,
        instead_of=if_match,
        first=if_none_match is not None,
    )
    return _shown(drawn, response)


def _shown(drawn: DrawnMasks, response: Response) -> DrawnMasksOut:
    response.headers["ETag"] = drawn.tag
    return DrawnMasksOut(open=drawn.open, close=drawn.close)
