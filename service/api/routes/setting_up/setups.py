"""Every set-up that there is: one that no lift shows yet is found again by it."""

from __future__ import annotations

from fastapi import APIRouter

from service.api.deps import SOMEWHERE, Caller, RuntimeDep
from service.api.problems import responses
from service.api.schemas.setup import SetupOut, SetupsOut

router = APIRouter(prefix="/setups", tags=["setup"])


@router.get("", summary="The set-ups", dependencies=SOMEWHERE, responses=responses(401, 503))
def list_setups(runtime: RuntimeDep, principal: Caller) -> SetupsOut:
    """Give the job of every lift that has one, by lift; `watched` says whether it has become the lift's."""
    board = runtime.setup.board
    jobs = [job for job in board.kept.listing() if principal.sees(job.lift_id)]
    return SetupsOut(items=[SetupOut.of(job, board.share(job.lift_id)) for job in jobs])
