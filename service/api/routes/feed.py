"""The live feed of alarms: a WebSocket on the path of their history, resumable and never silent."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, WebSocket
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocketDisconnect, WebSocketState

from service.alarms.hub import SubscriberDroppedError, Subscription
from service.api.auth import SUBPROTOCOL, client_address, same_origin
from service.api.deps import get_runtime
from service.api.problems import RequestRefusedError, problem_response
from service.api.runtime import Runtime
from service.api.schemas.alarms import AlarmFloodOut, AlarmOut, OutOfServiceOut
from service.domain.alarm import Alarm, AlarmStatus
from service.domain.errors import BusyError, StoreError
from service.domain.people import Principal
from service.store.records import OutboxEntry

router = APIRouter()

CLOSE_UNAUTHORIZED = 4401
"""The token or session behind an open feed is no longer valid."""

CLOSE_TOO_SLOW = 1013
"""Try again later, with the last seq seen: this client did not read what was sent."""

MAX_SEQ = 2**63 - 1


@router.websocket("/alarms")
async def follow_alarms(
    websocket: WebSocket,
    after: Annotated[int | None, Query(ge=0, le=MAX_SEQ)] = None,
    ticket: Annotated[str | None, Query(max_length=128)] = None,
) -> None:
    """Send hello, each new or changed alarm that the client may see, and heartbeats with the newest seq.

    A client whose own seq stays below that of two heartbeats in a row is behind: it connects again with
    `after`. A damaged entry of the history is sent as `unreadable`, so that its seq is accounted for. While
    the database refuses alarms, `unstored` lists those that wait, as often as that changes; `status` says
    whether there is a flood, and what is out of service.

    A client that is not let in gets 401 or 403 as the answer to its upgrade request, with a problem body. One
    of a replica gets 503 while no service is known to watch, and an open feed is closed then: its heartbeats
    would say otherwise.
    """
    runtime = await get_runtime(websocket)
    try:
        client = _Client(await asyncio.to_thread(_admit, websocket, runtime, ticket))
    except HTTPException as refused:
        code = refused.code if isinstance(refused, RequestRefusedError) else ""
        await websocket.send_denial_response(
            problem_response(
                refused.status_code, refused.detail, "/alarms", code=code, headers=refused.headers
            )
        )
        return
    address, who = client_address(websocket), client.principal.token_id or client.principal.name
    try:
        with runtime.threads.feeds.place(address, who):
            await _followed(websocket, runtime, after, client)
    except BusyError as full:
        await websocket.send_denial_response(
            problem_response(429, str(full), "/alarms", code=full.code, headers={"Retry-After": "30"})
        )


async def _followed(websocket: WebSocket, runtime: Runtime, after: int | None, client: _Client) -> None:
    """Accept a client that was let in, and send until either side ends it."""
    await websocket.accept(subprotocol=_subprotocol(websocket))
    async with anyio.create_task_group() as group:
        group.start_soon(_send, websocket, runtime, after, client, group.cancel_scope)
        group.start_soon(_end_when_shut_out, runtime, client, group.cancel_scope)
        await _read(websocket)
        group.cancel_scope.cancel()
    if client.is_shut_out:
        await _close(websocket, CLOSE_UNAUTHORIZED, "the token or session is no longer valid")


@dataclass
class _Client:
    """Who follows, as they were when last looked at."""

    principal: Principal
    is_shut_out: bool = False


def _admit(websocket: WebSocket, runtime: Runtime, ticket: str | None) -> Principal:
    """Return who follows; raises HTTPException for somebody who must not."""
    if not same_origin(websocket, required=False):
        raise RequestRefusedError(403, "expected the Origin of this service's own pages", "foreign_page")
    if not runtime.role.watched:
        refused = RequestRefusedError(503, "no service is known to watch now", "no_leader")
        refused.headers = {"Retry-After": "2"}
        raise refused
    if ticket is not None:
        return runtime.gate.by_ticket(ticket, client_address(websocket))
    return runtime.gate.identify(websocket)


def _subprotocol(websocket: WebSocket) -> str | None:
    offered: list[str] = websocket.scope.get("subprotocols", [])
    if SUBPROTOCOL in offered:
        return SUBPROTOCOL
    # Browsers give up if none of their offers is taken.
    return offered[0] if offered else None


async def _read(websocket: WebSocket) -> None:
    """Clients have nothing to say; reading notices that they left."""
    while (await websocket.receive())["type"] != "websocket.disconnect":
        pass


async def _close(websocket: WebSocket, code: int, reason: str) -> None:
    """Close it, unless it is. Only where nobody sends any more: a cancelled task may still take one step."""
    if WebSocketState.DISCONNECTED in {websocket.application_state, websocket.client_state}:
        return
    with anyio.move_on_after(1), contextlib.suppress(WebSocketDisconnect):
        await websocket.close(code, reason)


async def _end_when_shut_out(runtime: Runtime, client: _Client, whole: anyio.CancelScope) -> None:
    """Look again at who follows: when somebody was shut out here, and as often as there is a heartbeat."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(changed.set)

    with runtime.gate.watching(wake):
        while True:
            with anyio.move_on_after(runtime.heartbeat_s):
                await changed.wait()
            changed.clear()
            try:
                again = await asyncio.to_thread(runtime.gate.again, client.principal)
            except StoreError:
                continue  # nobody was shut out: the database does not answer, and alarms go on
            if again is None:
                break
            client.principal = again
    client.is_shut_out = True
    whole.cancel()


async def _send(
    websocket: WebSocket, runtime: Runtime, after: int | None, client: _Client, whole: anyio.CancelScope
) -> None:
    """Send until the client is gone, too slow or no longer allowed; then end the whole connection."""
    newest = runtime.hub.last_seq
    try:
        async with runtime.hub.subscribe(after) as subscription:
            async with anyio.create_task_group() as group:
                group.start_soon(_end_when_dropped, subscription, group.cancel_scope)
                await _follow(
                    websocket, runtime, newest, newest if after is None else after, client, subscription
                )
                group.cancel_scope.cancel()
            if subscription.dropped.is_set():
                await _close(websocket, CLOSE_TOO_SLOW, subscription.reason)
    except* WebSocketDisconnect:
        pass
    whole.cancel()


async def _end_when_dropped(subscription: Subscription, sending: anyio.CancelScope) -> None:
    """Being dropped must end a sending that is stuck, because the client does not read."""
    await subscription.dropped.wait()
    sending.cancel()


async def _follow(
    websocket: WebSocket,
    runtime: Runtime,
    newest: int,
    shown: int,
    client: _Client,
    subscription: Subscription,
) -> None:
    """Send what comes. shown: the newest seq that the client knows; passed: the newest that was looked at."""
    loop, root, passed = asyncio.get_running_loop(), runtime.settings.root_path, newest
    await websocket.send_json({"type": "hello", "epoch": runtime.epoch, "seq": newest})
    due = loop.time() + runtime.heartbeat_s
    while True:
        if subscription.unstored != (unstored := runtime.hub.unstored):
            mine = [_shown(each, root) for each in unstored if client.principal.sees(each.lift_id)]
            await websocket.send_json({"type": "unstored", "alarms": mine})
            subscription.unstored = unstored
        if subscription.status != (status := runtime.hub.status):
            await websocket.send_json(_status(status, client.principal))
            subscription.status = status
        try:
            entry = await subscription.get(timeout_s=max(0.0, due - loop.time()))
        except SubscriberDroppedError:
            return
        if entry is not None:
            passed = entry.seq
            if entry.alarm is None or client.principal.sees(entry.alarm.lift_id):
                shown = entry.seq
                await websocket.send_json(_message(entry, root))
        # The heartbeat is kept up between alarms too: its absence always means that something is wrong.
        if loop.time() >= due:
            newest = runtime.hub.newest_seq
            # Who does not see every lift has missed nothing by what was passed over.
            known = client.principal.lifts is None or newest > passed
            await websocket.send_json({"type": "heartbeat", "seq": newest if known else shown})
            due = loop.time() + runtime.heartbeat_s


def _status(status: AlarmStatus, principal: Principal) -> dict[str, Any]:
    flood = (
        None if status.flood is None else AlarmFloodOut.model_validate(status.flood).model_dump(mode="json")
    )
    mine = [each for each in status.out_of_service if principal.sees(each.lift_id)]
    out = [OutOfServiceOut.model_validate(each).model_dump(mode="json") for each in mine]
    return {"type": "status", "flood": flood, "out_of_service": out}


def _message(entry: OutboxEntry, root_path: str) -> dict[str, Any]:
    if entry.alarm is None:
        return {"type": "unreadable", "seq": entry.seq}
    return {"type": "alarm", "seq": entry.seq, "alarm": _shown(entry.alarm, root_path)}


def _shown(alarm: Alarm, root_path: str) -> dict[str, Any]:
    return AlarmOut.of(alarm, root_path).model_dump(mode="json")
