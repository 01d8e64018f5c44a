"""The output towards a lift's control: armed in two steps, both of them an administrator's."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from service.api.deps import ADMIN, PROVEN, VIEWER, Admin, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.delivery.controls import ControlConfirmIn, ControlIn, ControlOut
from service.api.tags import TAGGED, IfUnchanged, tag_of, tagged
from service.industry.control.whole import LiftControls
from service.store.delivery import plant

router = APIRouter(prefix="/lifts/{lift_id}/control", tags=["outputs"])


@router.get(
    "",
    summary="The output towards a lift's control",
    dependencies=VIEWER,
    responses={**TAGGED, **responses(401, 403, 404, 422, 503)},
)
def show(lift_id: LiftIdPath, runtime: RuntimeDep, response: Response) -> ControlOut:
    """Give its state, who proposed and who armed it, and what was written last."""
    return _shown(runtime, lift_id, response)


@router.put(
    "",
    summary="Propose an output towards a lift's control",
    dependencies=[*ADMIN, *PROVEN],
    responses={**TAGGED, **responses(401, 403, 404, 412, 422, 503)},
)
def propose(
    lift_id: LiftIdPath,
    body: ControlIn,
    principal: Admin,
    runtime: RuntimeDep,
    response: Response,
    unchanged: IfUnchanged,
) -> ControlOut:
    """Propose where the coil is. Nothing is written before the proposal is confirmed, within ten minutes.

    One that was armed falls at once.
    """
    controls = runtime.parts.of(LiftControls)
    check = unchanged.on(partial(_tag, lift_id=lift_id))
    controls.propose(lift_id, body.terms(), principal.name, check)
    return _shown(runtime, lift_id, response)


@router.post(
    "/confirm",
    summary="Arm the proposed output towards a lift's control",
    dependencies=[*ADMIN, *PROVEN],
    responses={**TAGGED, **responses(401, 403, 404, 409, 422, 503)},
)
def confirm(
    lift_id: LiftIdPath, body: ControlConfirmIn, principal: Admin, runtime: RuntimeDep, response: Response
) -> ControlOut:
    """Arm what was proposed under this id, as the same or as another administrator.

    From now on the coil is 1 while the service lives and sees the lift, and falls within two seconds of its
    death. 409: there is no such proposal, or it is too old.
    """
    controls = runtime.parts.of(LiftControls)
    controls.confirm(lift_id, body.proposal, principal.name)
    return _shown(runtime, lift_id, response)


@router.delete(
    "",
    summary="Switch the output towards a lift's control off",
    status_code=204,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 412, 422, 503),
)
def disarm(lift_id: LiftIdPath, runtime: RuntimeDep, unchanged: IfUnchanged) -> None:
    """Drop the coil and forget where it is."""
    controls = runtime.parts.of(LiftControls)
    controls.shown(lift_id)
    controls.disarm(lift_id, unchanged.on(partial(_tag, lift_id=lift_id)))


def _shown(runtime: Runtime, lift_id: str, response: Response) -> ControlOut:
    shown = runtime.parts.of(LiftControls).shown(lift_id)
    return tagged(ControlOut.of(shown), tag_of(shown.stored), response)


def _tag(session: Session, lift_id: str) -> str:
    return tag_of(plant.controls(session).get(lift_id))
