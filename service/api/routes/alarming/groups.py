"""Groups of alarms: those of the bar of one lift and one run, seen and acknowledged as one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from service.alarms.grouped import acknowledge_group
from service.api.deps import OPERATOR, SOMEWHERE, VIEWER, Caller, Operator, RuntimeDep
from service.api.problems import responses
from service.api.schemas.alarms import (
    AcknowledgedGroupOut,
    AcknowledgeGroupIn,
    AlarmGroupOut,
    AlarmGroupsOut,
)
from service.api.threads import vital
from service.replicas.answering import from_database
from service.store.alarms import groups

router = APIRouter(prefix="/alarms/groups", tags=["alarms"])

GroupId = Annotated[
    str, Path(max_length=64, pattern=r"^[A-Za-z0-9-]+$", description="The group's id, an alarm's `group`.")
]


@router.get("", summary="Standing groups", dependencies=SOMEWHERE, responses=responses(401, 503))
@from_database
@vital
def list_groups(runtime: RuntimeDep, principal: Caller) -> AlarmGroupsOut:
    """Give the groups of which something stands, the most important and the newest first."""
    with runtime.store.reading() as session:
        found = groups.standing_groups(session, principal.lifts)
    return AlarmGroupsOut(items=[AlarmGroupOut.model_validate(group) for group in found])


@router.get(
    "/{group_id}", summary="One group", dependencies=VIEWER, responses=responses(401, 403, 404, 422, 503)
)
@from_database
@vital
def get_group(group_id: GroupId, runtime: RuntimeDep) -> AlarmGroupOut:
    """Give a group, of all its alarms; `GET /alarms?group=` lists these."""
    with runtime.store.reading() as session:
        return AlarmGroupOut.model_validate(groups.get_group(session, group_id))


@router.post(
    "/{group_id}/acknowledge",
    summary="Acknowledge a group",
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 404, 413, 422, 503),
)
@vital
def acknowledge(
    group_id: GroupId, runtime: RuntimeDep, principal: Operator, body: AcknowledgeGroupIn | None = None
) -> AcknowledgedGroupOut:
    """Say that somebody has seen the group's alarms, each under a seq of its own."""
    given = body or AcknowledgeGroupIn()
    done = acknowledge_group(
        runtime.store, group_id, principal.name, given.note, up_to=given.seq, now=runtime.clock.now()
    )
    with runtime.store.reading() as session:
        group = AlarmGroupOut.model_validate(groups.get_group(session, group_id))
    return AcknowledgedGroupOut(**group.model_dump(), acknowledged=done)
