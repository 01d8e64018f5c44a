"""What a lift's control tells this service: whether the line runs, how fast, and each carrier."""

from __future__ import annotations

from fastapi import APIRouter

from service.api.deps import ADMIN, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.schemas.delivery.inputs import LineInputOut
from service.industry.inputs.settings import LineInput
from service.industry.inputs.whole import LiftInputs

router = APIRouter(prefix="/lifts/{lift_id}/input", tags=["outputs"])


@router.get("", summary="A lift's input", dependencies=VIEWER, responses=responses(401, 403, 404, 422, 503))
def show(lift_id: LiftIdPath, runtime: RuntimeDep) -> LineInputOut:
    """Give what the lift's control is asked for, what it says, and what is doubted of it."""
    return LineInputOut.of(runtime.parts.of(LiftInputs).shown(lift_id))


@router.put(
    "", summary="Set a lift's input", dependencies=ADMIN, responses=responses(401, 403, 404, 422, 503)
)
def put(lift_id: LiftIdPath, body: LineInput, runtime: RuntimeDep) -> LineInputOut:
    """Listen to the lift's control, by Modbus TCP, OPC UA or MQTT, in place of what was listened to before.

    An input only adds knowledge: it holds back no alarm of a bar, and one that is stale or that the camera
    contradicts is said to be and not listened to. A password is stored with `PUT /cameras/secrets/{name}`.
    """
    inputs = runtime.parts.of(LiftInputs)
    inputs.put(lift_id, body)
    return LineInputOut.of(inputs.shown(lift_id))


@router.delete(
    "",
    summary="Take a lift's input away",
    status_code=204,
    dependencies=ADMIN,
    responses=responses(401, 403, 404, 422, 503),
)
def delete(lift_id: LiftIdPath, runtime: RuntimeDep) -> None:
    """Listen to the lift's control no more; what it said is over."""
    runtime.parts.of(LiftInputs).put(lift_id, None)
