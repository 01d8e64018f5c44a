"""The live feed of alarms: a WebSocket on the path of their history, resumable and never silent."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Query, WebSocket
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocketDisconnect

from service.alarms.hub import SubscriberDroppedError, Subscription
from service.api.auth import SUBPROTOCOL, same_origin
from service.api.deps import get_runtime
from service.api.problems import problem_response
from service.api.runtime import Runtime
from service.api.schemas.alarms import AlarmOut
from service.domain.alarm import Alarm
from service.domain.people import Role
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
) -> None:
    """Send hello, then each new or changed alarm, and heartbeats that name the newest committed seq.

    A client whose own seq stays below that of two heartbeats in a row is behind: it connects again with
    `after`. A damaged entry of the history is sent as `unreadable`, so that its seq is accounted for. While
    the database refuses alarms, `unstored` lists those that wait, as often as that changes.

    A client that is not let in gets 401 or 403 as the answer to its upgrade request, with a problem body.
    """
    runtime = await get_runtime(websocket)
    refusal = await asyncio.to_thread(_refusal, websocket, runtime)
    if refusal is not None:
        await websocket.send_denial_response(
            problem_response(refusal.status_code, refusal.detail, "/alarms", headers=refusal.headers)
        )
        return
    await websocket.accept(subprotocol=_subprotocol(websocket))
    async with anyio.create_task_group() as group:
        group.start_soon(_send, websocket, runtime, after, group.cancel_scope)
        await _read(websocket)
        group.cancel_scope.cancel()


def _refusal(websocket: WebSocket, runtime: Runtime) -> HTTPException | None:
    if not same_origin(websocket, required=False):
        return HTTPException(403, "expected the Origin of this service's own pages")
    try:
        principal = runtime.gate.identify(websocket)
    except HTTPException as error:
        return error
    return None if principal.may(Role.VIEWER) else HTTPException(403, "expected the role viewer")


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


async def _send(websocket: WebSocket, runtime: Runtime, after: int | None, whole: anyio.CancelScope) -> None:
    """Send until the client is gone, too slow or no longer allowed; then end the whole connection."""
    newest = runtime.hub.last_seq
    try:
        async with runtime.hub.subscribe(after) as subscription, anyio.create_task_group() as group:
            group.start_soon(_end_when_dropped, websocket, subscription, group.cancel_scope)
            await _follow(websocket, runtime, newest, subscription)
            group.cancel_scope.cancel()
    except* WebSocketDisconnect:
        pass
    whole.cancel()


async def _end_when_dropped(
    websocket: WebSocket, subscription: Subscription, sending: anyio.CancelScope
) -> None:
    """Being dropped must end a sending that is stuck, because the client does not read."""
    await subscription.dropped.wait()
    sending.cancel()
    with anyio.move_on_after(1, shield=True):
        await websocket.close(CLOSE_TOO_SLOW, subscription.reason)


async def _follow(websocket: WebSocket, runtime: Runtime, newest: int, subscription: Subscription) -> None:
    loop, root = asyncio.get_running_loop(), runtime.settings.root_path
    await websocket.send_json({"type": "hello", "epoch": runtime.epoch, "seq": newest})
    due = loop.time() + runtime.heartbeat_s
    while True:
        if subscription.unstored != (unstored := runtime.hub.unstored):
            await websocket.send_json(
                {"type": "unstored", "alarms": [_shown(each, root) for each in unstored]}
            )
            subscription.unstored = unstored
        try:
            entry = await subscription.get(timeout_s=max(0.0, due - loop.time()))
        except SubscriberDroppedError:
            return
        if entry is not None:
            await websocket.send_json(_message(entry, root))
        # The heartbeat is kept up between alarms too: its absence always means that something is wrong.
        if loop.time() >= due:
            if await asyncio.to_thread(_refusal, websocket, runtime) is not None:
                await websocket.close(CLOSE_UNAUTHORIZED, "the token or session is no longer valid")
                return
            await websocket.send_json({"type": "heartbeat", "seq": runtime.hub.newest_seq})
            due = loop.time() + runtime.heartbeat_s


def _message(entry: OutboxEntry, root_path: str) -> dict[str, Any]:
    if entry.alarm is None:
        return {"type": "unreadable", "seq": entry.seq}
    return {"type": "alarm", "seq": entry.seq, "alarm": _shown(entry.alarm, root_path)}


def _shown(alarm: Alarm, root_path: str) -> dict[str, Any]:
    return AlarmOut.of(alarm, root_path).model_dump(mode="json")
