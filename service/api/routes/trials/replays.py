"""Replays: stored passages judged again by a candidate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from service.api.deps import OPERATOR, VIEWER, LiftIdPath, Operator, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.trials.candidates import ReplayIn, ReplayOut, ReplaysOut
from service.domain.trials.candidate import Replay
from service.store import lifts
from service.store.trials import replays
from service.trials.whole import Trials

router = APIRouter(prefix="/lifts/{lift_id}/replays", tags=["candidates"])

Number = Annotated[int, Path(ge=1, le=2**31, description="The replay.")]


@router.post(
    "",
    summary="Judge stored passages by a candidate",
    status_code=201,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def start(lift_id: LiftIdPath, runtime: RuntimeDep, principal: Operator, body: ReplayIn) -> ReplayOut:
    """Judge the stored passages of a time range by a candidate and by what judges now, as time allows.

    Both see the same pictures. Carriers that pass go first. It goes on after a restart.
    """
    trials = runtime.parts.of(Trials)
    return _shape(runtime, trials.replay(lift_id, body.candidate, body.from_, body.to, principal.name))


@router.get("", summary="A lift's replays", dependencies=VIEWER, responses=responses(401, 403, 404, 422, 503))
def listing(lift_id: LiftIdPath, runtime: RuntimeDep) -> ReplaysOut:
    """Give every replay, newest first, with its progress."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        found = replays.listing(session, lift_id)
    return ReplaysOut(items=[_shape(runtime, one) for one in found.items], unreadable=found.unreadable)


@router.get(
    "/{number}", summary="A replay", dependencies=VIEWER, responses=responses(401, 403, 404, 409, 422, 503)
)
def one_replay(lift_id: LiftIdPath, number: Number, runtime: RuntimeDep) -> ReplayOut:
    """Give its progress and what it found so far."""
    with runtime.store.reading() as session:
        found = replays.get(session, lift_id, number)
    return _shape(runtime, found)


@router.post(
    "/{number}/cancel",
    summary="End a replay early",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def cancel(lift_id: LiftIdPath, number: Number, runtime: RuntimeDep) -> ReplayOut:
    """Judge no more of it; what it has found stays."""
    return _shape(runtime, runtime.parts.of(Trials).cancel(lift_id, number))


def _shape(runtime: Runtime, found: Replay) -> ReplayOut:
    trials = runtime.parts.of(Trials)
    return ReplayOut.of(found, trials.summary(found.lift_id, found.candidate, found.number))
