"""A lift's budget: at most so many false alarms a day, or so many misses, and what the other side pays."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from lifts.decision.budgets.rates import ThresholdCost
from service.api.deps import OPERATOR, VIEWER, Caller, LiftIdPath, RuntimeDep, check_proven
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.operating.budgets import BudgetIn, BudgetOut, BudgetRenewalOut, BudgetsOut
from service.api.tags import TAGGED, IfUnchanged, tag_of, tagged
from service.domain.masks import BudgetVersion
from service.site.budgets import cost_now, evidence_of, find_budget
from service.site.renewing import BudgetRenewals
from service.store import budgets, lifts
from service.store.database import guarded

router = APIRouter(prefix="/lifts/{lift_id}/budget", tags=["lifts"])

_CHANGE = responses(400, 401, 403, 404, 409, 413, 422, 503)


@router.get(
    "",
    summary="The lift's budget",
    dependencies=VIEWER,
    responses={**TAGGED, **responses(401, 403, 404, 409, 422, 503)},
)
def read_budget(lift_id: LiftIdPath, runtime: RuntimeDep, response: Response) -> BudgetsOut:
    """Return the lift's budget of false alarms or misses, and those that it had before."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        found, tag = budgets.history(session, lift_id), _tag(session, lift_id)
    masks = runtime.pipeline.active_masks(lift_id)
    items = [BudgetOut.of(one, masks) for one in found.items]
    check = runtime.parts.of(BudgetRenewals).check_of(lift_id)
    answer = BudgetsOut(
        renewal=None if check is None else BudgetRenewalOut.model_validate(check),
        budget=next((one for one in items if one.active), None),
        history=items,
        unreadable=found.unreadable,
    )
    return tagged(answer, tag, response)


@router.post("/preview", summary="What a budget would cost", dependencies=OPERATOR, responses=_CHANGE)
def preview_budget(lift_id: LiftIdPath, runtime: RuntimeDep, body: BudgetIn) -> BudgetOut:
    """Say which band follows from a budget and what the other side pays; nothing changes.

    409 with the numbers while too little is known of the lift, or where the budget cannot be kept.
    """
    return BudgetOut.of(_found(runtime, lift_id, body, "")[0], runtime.pipeline.active_masks(lift_id))


@router.put(
    "",
    summary="Give the lift a budget",
    dependencies=OPERATOR,
    responses={**TAGGED, **_CHANGE, **responses(412)},
)
def set_budget(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    principal: Caller,
    body: BudgetIn,
    response: Response,
    unchanged: IfUnchanged,
) -> BudgetOut:
    """Judge the lift by the band that follows from a budget from now on.

    One that misses more open carriers than what the lift is judged by now is dangerous: who asks for it must
    have shown lately who they are. 409 as of a preview.
    """
    found, now = _found(runtime, lift_id, body, principal.name)
    if now is None or found.cost.misses_per_1000.expected > now.misses_per_1000.expected:
        check_proven(principal)
    add = partial(budgets.add, found=found)
    stored = runtime.store.write(guarded(add, unchanged.on(partial(_tag, lift_id=lift_id)))).result()
    answer = BudgetOut.of(stored, runtime.pipeline.reload_masks(lift_id))
    return tagged(answer, _tag_of(stored), response)


@router.delete(
    "",
    summary="Take the lift's budget back",
    status_code=204,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 412, 422, 503),
)
def take_budget_back(
    lift_id: LiftIdPath, runtime: RuntimeDep, principal: Caller, unchanged: IfUnchanged
) -> None:
    """Judge the lift by the model's own band again; dangerous where that misses more than the budget did."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
    masks = runtime.pipeline.active_masks(lift_id)
    now = None if masks is None else masks.budget_in_force
    if now is not None and now.default.misses_per_1000.expected > now.cost.misses_per_1000.expected:
        check_proven(principal)
    take_back = partial(budgets.take_back, lift_id=lift_id)
    runtime.store.write(guarded(take_back, unchanged.on(partial(_tag, lift_id=lift_id)))).result()
    runtime.pipeline.reload_masks(lift_id)


def _tag(session: Session, lift_id: str) -> str:
    return _tag_of(budgets.active(session, lift_id))


def _tag_of(active: BudgetVersion | None) -> str:
    return tag_of(None if active is None else active.version)


def _found(
    runtime: Runtime, lift_id: str, body: BudgetIn, by: str
) -> tuple[BudgetVersion, ThresholdCost | None]:
    """Return the budget that follows from a wish, and what the lift's present band costs."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        masks, manifest = runtime.active_masks(lift_id), runtime.engine.manifest
        evidence = evidence_of(session, masks, manifest)
    return find_budget(body.wish(), evidence, masks, manifest, by), cost_now(evidence, masks, manifest)
