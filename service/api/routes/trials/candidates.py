"""Candidates: propose, compare in shadow, list the differences, promote, roll back, drop."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from service.api.deps import (
    ADMIN,
    OPERATOR,
    PROVEN,
    VIEWER,
    Admin,
    Cursor,
    LiftIdPath,
    Limit,
    Operator,
    RuntimeDep,
    check_role,
)
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.trials.candidates import (
    CandidateIn,
    CandidateOut,
    CandidatesOut,
    DifferenceOut,
    DifferencesOut,
    PromotionIn,
)
from service.domain.people import EVERYWHERE, Principal, Role
from service.domain.trials.candidate import Candidate, CandidateKind
from service.store import lifts
from service.store.trials import candidates, comparisons
from service.trials.whole import Trials

router = APIRouter(prefix="/lifts/{lift_id}/candidates", tags=["candidates"])

Number = Annotated[int, Path(ge=1, le=2**31, description="The candidate.")]


@router.get(
    "", summary="A lift's candidates", dependencies=VIEWER, responses=responses(401, 403, 404, 422, 503)
)
def listing(lift_id: LiftIdPath, runtime: RuntimeDep) -> CandidatesOut:
    """Give every candidate, newest first, with what it said beside what counted."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        found = candidates.listing(session, lift_id)
    return CandidatesOut(items=[_shape(runtime, one) for one in found.items], unreadable=found.unreadable)


@router.post(
    "",
    summary="Try a candidate",
    status_code=201,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def propose(lift_id: LiftIdPath, runtime: RuntimeDep, principal: Operator, body: CandidateIn) -> CandidateOut:
    """Let masks, a site calibration, a model or a threshold judge beside what counts; it decides nothing.

    A model is started for that, which takes some seconds. 409 with the reason where it cannot be tried.
    """
    trials = runtime.parts.of(Trials)
    made = trials.propose(lift_id, body.kind, body.spec(), principal.name, shadow=body.shadow)
    return _shape(runtime, made)


@router.get(
    "/{number}/differences",
    summary="Where a candidate differs",
    dependencies=VIEWER,
    responses=responses(401, 403, 404, 422, 503),
)
def differences(
    lift_id: LiftIdPath,
    number: Number,
    runtime: RuntimeDep,
    replay: Annotated[int, Query(ge=0, le=2**31, description="Of this replay; 0: as they passed.")] = 0,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> DifferencesOut:
    """Give the passages that it judges otherwise, newest first, with both verdicts, pictures and labels."""
    with runtime.store.reading() as session:
        candidates.get(session, lift_id, number)
        before = None if cursor is None else int(cursor)
        page = comparisons.differences(session, lift_id, number, replay, before, limit)
        kept = comparisons.pictures_of(session, [one.passage_id for one in page.items])
    items = [DifferenceOut.model_validate(one) for one in page.items]
    for one in items:
        one.pictures = [f"/passages/{one.passage_id}/pictures/{n}.jpg" for n in kept.get(one.passage_id, ())]
    following = None if page.next is None else str(page.next)
    return DifferencesOut(items=items, next=following, unreadable=page.unreadable)


@router.post(
    "/{number}/shadow",
    summary="Compare a candidate in shadow",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def put_in_shadow(lift_id: LiftIdPath, number: Number, runtime: RuntimeDep) -> CandidateOut:
    """Let it judge the coming passages as well."""
    return _shape(runtime, runtime.parts.of(Trials).put_in_shadow(lift_id, number, True))


@router.delete(
    "/{number}/shadow",
    summary="Compare a candidate no longer",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def end_shadow(lift_id: LiftIdPath, number: Number, runtime: RuntimeDep) -> CandidateOut:
    """Let it judge nothing any more; what it said stays."""
    return _shape(runtime, runtime.parts.of(Trials).put_in_shadow(lift_id, number, False))


@router.post(
    "/{number}/promote",
    summary="Judge by a candidate",
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def promote(
    lift_id: LiftIdPath,
    number: Number,
    runtime: RuntimeDep,
    principal: Admin,
    body: PromotionIn | None = None,
) -> CandidateOut:
    """Judge by it from now on; no passage in flight is lost. A model judges every lift.

    409 where it was never compared, or looks as if its masks were swapped, unless `override` says why all the
    same. A lift that was armed is checked anew.
    """
    _check_model(principal, runtime, lift_id, number)
    override = body.reason if body is not None and body.override else ""
    return _shape(runtime, runtime.parts.of(Trials).promote(lift_id, number, override=override))


@router.post(
    "/{number}/roll-back",
    summary="Judge by what a candidate replaced",
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def roll_back(lift_id: LiftIdPath, number: Number, runtime: RuntimeDep, principal: Admin) -> CandidateOut:
    """Judge by what it took the place of, from now on."""
    _check_model(principal, runtime, lift_id, number)
    return _shape(runtime, runtime.parts.of(Trials).roll_back(lift_id, number))


@router.post(
    "/{number}/drop",
    summary="Drop a candidate",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def drop(lift_id: LiftIdPath, number: Number, runtime: RuntimeDep) -> CandidateOut:
    """Let it judge nothing, end its replays, and delete what it said. 409 while it judges."""
    return _shape(runtime, runtime.parts.of(Trials).drop(lift_id, number))


def _shape(runtime: Runtime, found: Candidate) -> CandidateOut:
    trials = runtime.parts.of(Trials)
    live = trials.summary(found.lift_id, found.number, 0)
    return CandidateOut.of(found, live, trials.summary(found.lift_id, found.number))


def _check_model(principal: Principal, runtime: Runtime, lift_id: str, number: int) -> None:
    """Ask for the role on every lift where a model is concerned: it judges them all."""
    with runtime.store.reading() as session:
        found = candidates.get(session, lift_id, number)
    if found.kind is CandidateKind.MODEL:
        check_role(principal, Role.ADMIN, EVERYWHERE)
