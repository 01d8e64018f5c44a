"""How much of the service one client may use at once, whoever brings it.

Connections are bounded by the address that they come from (`service.web.connections`). Behind a trusted proxy
all come from one address, and are not. There each request under way, and each open feed, takes one connection
of the proxy's; so these are bounded, by the client's address as the proxy knows it.
"""

from __future__ import annotations

from collections import Counter

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.auth import client_address
from service.api.problems import problem_response
from service.variables.networks import Network
from service.web.proxies import address_of

log = structlog.get_logger(__name__)

MOST_OF_ONE = 256
"""Requests and feeds of one client at once: as many as connections of one address."""

CLOSE_BUSY = 1013


class ClientShares:
    """Refuses a client's next request while it has too many under way: 503, or 1013 for a WebSocket.

    Args:
        app: what is called.
        trusted: the proxies' networks. Whom a proxy does not name has its address, and is not bounded here.
        most: of one client.
    """

    def __init__(self, app: ASGIApp, trusted: tuple[Network, ...], most: int = MOST_OF_ONE) -> None:
        self._app, self._trusted, self._most = app, trusted, most
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        client = self._client(scope)
        if client is None:
            await self._app(scope, receive, send)
            return
        if self._open[client] >= self._most:
            log.warning("a client has too much under way", address=client)
            await _refuse(scope, receive, send)
            return
        self._open[client] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    def _client(self, scope: Scope) -> str | None:
        if not self._trusted or scope["type"] not in {"http", "websocket"} or not scope.get("client"):
            return None
        address = address_of(scope["client"][0])
        if address is None or any(address in network for network in self._trusted):
            return None
        return client_address(HTTPConnection(scope))


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()  # the handshake
        await send({"type": "websocket.close", "code": CLOSE_BUSY})
        return
    headers = {"Retry-After": "5", "Connection": "close"}
    detail = "too many requests of this client are under way"
    await problem_response(503, detail, scope["path"], code="busy", headers=headers)(scope, receive, send)
