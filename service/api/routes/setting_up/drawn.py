"""The masks of a set-up as a person has drawn them so far."""

from __future__ import annotations

from fastapi import APIRouter

from service.api.deps import OPERATOR, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.schemas.drawn import DrawnMasksIn, DrawnMasksOut
from service.usecases.setup.drawn import find_drawn, keep_drawn

router = APIRouter(prefix="/lifts/{lift_id}/setup/drawn", tags=["setup"])


@router.get(
    "", summary="Masks drawn so far", dependencies=VIEWER, responses=responses(401, 404, 409, 422, 503)
)
def get_drawn(lift_id: LiftIdPath, runtime: RuntimeDep) -> DrawnMasksOut:
    """Give both masks as a person has drawn them, from whatever browser; 404 `nothing_drawn`."""
    drawn = find_drawn(runtime.setup.board.kept, lift_id)
    return DrawnMasksOut(open=drawn.open, close=drawn.close)


@router.put(
    "",
    summary="Keep masks drawn so far",
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 404, 409, 413, 422, 503),
)
def put_drawn(lift_id: LiftIdPath, body: DrawnMasksIn, runtime: RuntimeDep) -> DrawnMasksOut:
    """Keep both drawings with the set-up. Nothing is judged by them before POST /lifts/{lift_id}/masks."""
    drawn = keep_drawn(runtime.setup.board.kept, lift_id, body.open, body.close)
    return DrawnMasksOut(open=drawn.open, close=drawn.close)
