"""What receivers refused for good: listed, sent again, or left out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from service.api.deps import ADMIN, PROVEN
from service.api.problems import responses
from service.api.routes.delivery.outputs import OutputId, OutputsDep
from service.api.schemas.delivery.set_aside import SetAsideChoice, SetAsideDoneOut, SetAsidePageOut

router = APIRouter(prefix="/outputs/{output_id}/set-aside", tags=["outputs"])

After = Annotated[int, Query(ge=0, le=2**53, description="The seq after which the page begins.")]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get(
    "",
    summary="What an output's receiver refused for good",
    dependencies=ADMIN,
    responses=responses(401, 403, 404, 422, 503),
)
def list_set_aside(
    output_id: OutputId, outputs: OutputsDep, after: After = 0, limit: Limit = 100
) -> SetAsidePageOut:
    """Give what was set aside, oldest first."""
    return SetAsidePageOut.of(outputs.set_aside(output_id, after, limit))


@router.post(
    "/again",
    summary="Send again what was set aside",
    dependencies=ADMIN,
    responses=responses(400, 401, 403, 404, 413, 422, 503),
)
def send_again(output_id: OutputId, body: SetAsideChoice, outputs: OutputsDep) -> SetAsideDoneOut:
    """Send it once more, before what is newer, once the output is on; refused again, it stays set aside."""
    return SetAsideDoneOut(count=outputs.send_again(output_id, body.seqs))


@router.post(
    "/leave-out",
    summary="Leave out what was set aside",
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(400, 401, 403, 404, 413, 422, 503),
)
def leave_out(output_id: OutputId, body: SetAsideChoice, outputs: OutputsDep) -> SetAsideDoneOut:
    """Take it off the list for good: the receiver never gets it."""
    return SetAsideDoneOut(count=outputs.leave_out(output_id, body.seqs))
