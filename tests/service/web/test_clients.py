"""Behind a trusted proxy each client has its share; one that takes all of it holds up nobody else."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from service.settings import load_settings
from service.web.clients import CLOSE_BUSY, ClientShares

MOST = 3
GREEDY, OTHER, PROXY = "203.0.113.9", "203.0.113.10", "10.0.0.2"


class Door:
    """An application whose answers come when the test says so."""

    def __init__(self, trusted: str = "10.0.0.0/8") -> None:
        self.may, self.inside = asyncio.Event(), 0
        networks = load_settings(trusted_proxies=trusted or None).trusted_proxies
        self.shares = ClientShares(self._app, networks, MOST)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.inside += 1
        await self.may.wait()
        await send({"type": "let in"})

    async def ask(self, client: str, kind: str = "http") -> list[Message]:
        said: list[Message] = []

        async def send(message: Message) -> None:
            said.append(message)

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        scope: dict[str, Any] = {"type": kind, "client": (client, 0), "headers": [], "path": "/alarms"}
        await self.shares(scope, receive, send)
        return said


@pytest.mark.fault(29)
def test_one_client_behind_a_proxy_has_its_share() -> None:
    """Requests and feeds under way count together; a place is free again when one of them ends."""

    async def run() -> None:
        door = Door()
        first = [asyncio.create_task(door.ask(GREEDY, kind)) for kind in ("http", "websocket", "http")]
        await asyncio.sleep(0)
        refused, closed = await door.ask(GREEDY), await door.ask(GREEDY, "websocket")
        assert refused[0]["status"] == 503
        assert b'"code":"busy"' in refused[1]["body"]
        assert closed == [{"type": "websocket.close", "code": CLOSE_BUSY}]
        other = asyncio.create_task(door.ask(OTHER))
        await asyncio.sleep(0)
        assert door.inside == MOST + 1
        door.may.set()
        assert await asyncio.gather(*first, other) == [[{"type": "let in"}]] * 4
        assert await door.ask(GREEDY) == [{"type": "let in"}]
        assert not door.shares._open

    asyncio.run(run())


@pytest.mark.parametrize(("trusted", "client"), [("10.0.0.0/8", PROXY), ("", GREEDY)])
def test_nobody_else_is_bounded_here(trusted: str, client: str) -> None:
    """Not whom the proxy does not name, and not those who come by themselves: their connections are."""

    async def run() -> None:
        door = Door(trusted)
        asked = [asyncio.create_task(door.ask(client)) for _ in range(2 * MOST)]
        await asyncio.sleep(0)
        assert door.inside == 2 * MOST
        door.may.set()
        await asyncio.gather(*asked)

    asyncio.run(run())
