"""What a lift's control tells this service: whether the line runs, how fast, and each carrier."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from service.api.deps import ADMIN, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.delivery.inputs import LineInputOut
from service.api.tags import TAGGED, IfUnchanged, tag_of, tagged
from service.industry.inputs.settings import LineInput
from service.industry.inputs.whole import LiftInputs
from service.store.delivery import plant

router = APIRouter(prefix="/lifts/{lift_id}/input", tags=["outputs"])


@router.get(
    "",
    summary="A lift's input",
    dependencies=VIEWER,
    responses={**TAGGED, **responses(401, 403, 404, 422, 503)},
)
def show(lift_id: LiftIdPath, runtime: RuntimeDep, response: Response) -> LineInputOut:
    """Give what the lift's control is asked for, what it says, and what is doubted of it."""
    return _shown(runtime, lift_id, response)


@router.put(
    "",
    summary="Set a lift's input",
    dependencies=ADMIN,
    responses={**TAGGED, **responses(401, 403, 404, 412, 422, 503)},
)
def put(
    lift_id: LiftIdPath, body: LineInput, runtime: RuntimeDep, response: Response, unchanged: IfUnchanged
) -> LineInputOut:
    """Listen to the lift's control, by Modbus TCP, OPC UA or MQTT, in place of what was listened to before.

    An input only adds knowledge: it holds back no alarm of a bar, and one that is stale or that the camera
    contradicts is said to be and not listened to. A password is stored with `PUT /cameras/secrets/{name}`.
    """
    runtime.parts.of(LiftInputs).put(lift_id, body, unchanged.on(partial(_tag, lift_id=lift_id)))
    return _shown(runtime, lift_id, response)


@router.delete(
    "",
    summary="Take a lift's input away",
    status_code=204,
    dependencies=ADMIN,
    responses=responses(401, 403, 404, 412, 422, 503),
)
def delete(lift_id: LiftIdPath, runtime: RuntimeDep, unchanged: IfUnchanged) -> None:
    """Listen to the lift's control no more; what it said is over."""
    runtime.parts.of(LiftInputs).put(lift_id, None, unchanged.on(partial(_tag, lift_id=lift_id)))


def _shown(runtime: Runtime, lift_id: str, response: Response) -> LineInputOut:
    # The tag is read before what it is of: what is stored in between is refused later, not overwritten.
    with runtime.store.reading() as session:
        tag = _tag(session, lift_id)
    return tagged(LineInputOut.of(runtime.parts.of(LiftInputs).shown(lift_id)), tag, response)


def _tag(session: Session, lift_id: str) -> str:
    return tag_of(plant.inputs(session).get(lift_id))
