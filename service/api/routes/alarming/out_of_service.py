"""What does not call for anybody, and why: floods, shelved and suppressed alarms, lifts out of service."""

from __future__ import annotations

import structlog
from fastapi import APIRouter

from service.alarms.timed import service_state
from service.api.deps import (
    OPERATOR,
    PROVEN_IF_ARMED,
    SOMEWHERE,
    VIEWER,
    Caller,
    LiftIdPath,
    Operator,
    RuntimeDep,
)
from service.api.problems import responses
from service.api.schemas.alarms import (
    AlarmFloodOut,
    AlarmOut,
    AlarmStatusOut,
    OutOfServiceIn,
    OutOfServiceOut,
)
from service.api.threads import vital
from service.domain.alarm import AlarmState
from service.replicas.answering import from_database
from service.store import alarms, lifts
from service.store.alarms import out_of_service

log = structlog.get_logger(__name__)
router = APIRouter(tags=["alarms"])


@router.get(
    "/alarms/status",
    summary="Floods, and what is silent",
    dependencies=SOMEWHERE,
    responses=responses(401, 403, 503),
)
@vital
def get_status(runtime: RuntimeDep, principal: Caller) -> AlarmStatusOut:
    """Give what is so beside single alarms, and at most 500 each of those shelved and suppressed."""
    root, flood = runtime.settings.root_path, runtime.hub.status.flood
    with runtime.store.reading() as session:
        out = out_of_service.listing(session)
        shelved, suppressed = (
            alarms.listing(session, state=state, lifts=principal.lifts, limit=alarms.MAX_PAGE).items
            for state in (AlarmState.SHELVED, AlarmState.SUPPRESSED)
        )
    return AlarmStatusOut(
        flood=None if flood is None else AlarmFloodOut.model_validate(flood),
        out_of_service=[OutOfServiceOut.model_validate(each) for each in out if principal.sees(each.lift_id)],
        shelved=[AlarmOut.of(alarm, root) for alarm in shelved],
        suppressed=[AlarmOut.of(alarm, root) for alarm in suppressed],
    )


@router.get(
    "/lifts/{lift_id}/out-of-service",
    summary="Whether a lift is out of service",
    dependencies=VIEWER,
    responses=responses(401, 403, 404, 422, 503),
)
@from_database
@vital
def get_entry(lift_id: LiftIdPath, runtime: RuntimeDep) -> OutOfServiceOut:
    """Give by whom, until when and why the lift or its camera is out of service. 404 if it is in service."""
    with runtime.store.reading() as session:
        return OutOfServiceOut.model_validate(out_of_service.get(session, lift_id))


@router.post(
    "/lifts/{lift_id}/out-of-service",
    summary="Take a lift out of service",
    dependencies=[*OPERATOR, *PROVEN_IF_ARMED],
    responses=responses(400, 401, 403, 404, 409, 413, 422, 503),
)
@vital
def take_out(
    lift_id: LiftIdPath, runtime: RuntimeDep, principal: Operator, body: OutOfServiceIn
) -> OutOfServiceOut:
    """Mark the alarms of a lift, or those of its camera, until it is back in service by itself.

    It is watched on. What was said before is replaced. 404 if there is no such lift.
    """
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
    entry = runtime.store.write(
        lambda s: service_state.take_out(
            s,
            lift_id,
            principal.name,
            scope=body.scope,
            until=body.expiry,
            reason=body.reason,
            now=runtime.clock.now(),
        )
    ).result()
    log.warning("out of service", lift=lift_id, scope=entry.scope.value, by=entry.by, until=str(entry.until))
    return OutOfServiceOut.model_validate(entry)


@router.delete(
    "/lifts/{lift_id}/out-of-service",
    summary="Return a lift to service",
    status_code=204,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 422, 503),
)
@vital
def put_back(lift_id: LiftIdPath, runtime: RuntimeDep) -> None:
    """Let the lift's alarms be heard again: each is what it would be by now. 404 if it is in service."""
    now = runtime.clock.now()
    runtime.store.write(lambda s: service_state.put_back(s, lift_id, now)).result()
    log.warning("back in service", lift=lift_id)
