"""One alarm over plain HTTP, and what operators do with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from service.alarms import lifecycle
from service.api.deps import (
    OPERATOR,
    SOMEWHERE,
    VIEWER,
    Caller,
    Operator,
    RuntimeDep,
)
from service.api.problems import responses
from service.api.schemas.alarms import (
    AlarmDetailOut,
    AlarmEventOut,
    AlarmOut,
    CommentIn,
    CommentOut,
    NoteIn,
    ShelveIn,
    TicketOut,
)
from service.api.threads import vital
from service.replicas.answering import from_database
from service.store import alarms
from service.store.alarms import history

router = APIRouter(prefix="/alarms", tags=["alarms"])

AlarmId = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9-]+$", description="The alarm's id.")]
_ACTION = responses(400, 401, 403, 404, 409, 413, 422, 503)


@router.post(
    "/ticket",
    summary="A ticket for the live feed",
    status_code=201,
    dependencies=SOMEWHERE,
    responses=responses(401, 503),
)
@vital
def make_ticket(runtime: RuntimeDep, principal: Caller) -> TicketOut:
    """Give a ticket that opens the WebSocket `GET /alarms?ticket=…` once, within half a minute.

    For clients that cannot send a header with their upgrade: a token must not stand in an address.
    """
    tickets = runtime.gate.tickets
    return TicketOut(ticket=tickets.new(principal), expires_in_s=tickets.lifetime_s)


@router.get(
    "/{alarm_id}", summary="One alarm", dependencies=VIEWER, responses=responses(401, 403, 404, 409, 422, 503)
)
@from_database
@vital
def get_alarm(alarm_id: AlarmId, runtime: RuntimeDep) -> AlarmDetailOut:
    """Give an alarm with its life so far and its comments."""
    with runtime.store.reading() as session:
        alarm = alarms.get(session, alarm_id)
        events = history.events(session, alarm_id)
        comments = history.comments(session, alarm_id)
    return AlarmDetailOut(
        **AlarmOut.of(alarm, runtime.settings.root_path).model_dump(),
        events=[AlarmEventOut.of(event) for event in events],
        comments=[CommentOut.of(comment) for comment in comments],
    )


@router.post(
    "/{alarm_id}/acknowledge", summary="Acknowledge an alarm", dependencies=OPERATOR, responses=_ACTION
)
@vital
def acknowledge(
    alarm_id: AlarmId, runtime: RuntimeDep, principal: Operator, body: NoteIn | None = None
) -> AlarmOut:
    """Say that somebody has seen the alarm. 409 if it is neither active nor returned."""
    note = "" if body is None else body.note
    now = runtime.clock.now()
    done = runtime.store.write(lambda s: lifecycle.acknowledge(s, alarm_id, principal.name, note, now))
    return AlarmOut.of(done.result(), runtime.settings.root_path)


@router.post("/{alarm_id}/shelve", summary="Shelve an alarm", dependencies=OPERATOR, responses=_ACTION)
@vital
def shelve(alarm_id: AlarmId, runtime: RuntimeDep, principal: Operator, body: ShelveIn) -> AlarmOut:
    """Put the alarm away for a stated reason until it comes back by itself, at most 24 hours later.

    409 for a critical one that nobody has acknowledged, and for one that was shelved for 24 hours in all
    since somebody acknowledged it.
    """
    done = runtime.store.write(
        lambda s: lifecycle.shelve(
            s, alarm_id, principal.name, until=body.expiry, reason=body.reason, now=runtime.clock.now()
        )
    )
    return AlarmOut.of(done.result(), runtime.settings.root_path)


@router.post("/{alarm_id}/unshelve", summary="Unshelve an alarm", dependencies=OPERATOR, responses=_ACTION)
@vital
def unshelve(alarm_id: AlarmId, runtime: RuntimeDep, principal: Operator) -> AlarmOut:
    """Bring the alarm back to what it was before it was shelved. 409 if it is not shelved."""
    now = runtime.clock.now()
    done = runtime.store.write(lambda s: lifecycle.unshelve(s, alarm_id, principal.name, now))
    return AlarmOut.of(done.result(), runtime.settings.root_path)


@router.post(
    "/{alarm_id}/comment",
    summary="Comment on an alarm",
    status_code=201,
    dependencies=OPERATOR,
    responses=_ACTION,
)
@vital
def comment(alarm_id: AlarmId, runtime: RuntimeDep, principal: Operator, body: CommentIn) -> CommentOut:
    """Write something about the alarm, in any state."""
    done = runtime.store.write(lambda s: lifecycle.comment(s, alarm_id, principal.name, body.text))
    return CommentOut.of(done.result())
