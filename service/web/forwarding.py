"""A replica's requests: those that need nothing but the database are answered here, all others by the leader.

A route that needs nothing else says so itself (`from_database`). Whatever nobody has thought of is passed on:
a stale answer about what the leader holds in memory would be worse than one that takes a millisecond longer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import httpx
import structlog
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from service.domain.leading.leader import Leader
from service.replicas.answering import is_from_database
from service.replicas.following import CLIENT, SCHEME, SECRET
from service.replicas.role import ServiceRole
from service.web.handed import no_leader

log = structlog.get_logger(__name__)

TIMEOUTS = httpx.Timeout(30.0, connect=2.0, pool=5.0)
"""Most calls take milliseconds; the longest wait for the network or a camera. Uploads and downloads may take
long in all, not without a byte moving."""

MOST = httpx.Limits(max_connections=100, max_keepalive_connections=20)

_HOPS = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}
)
"""Headers of one connection, which end with it (RFC 9110, 7.6.1)."""

_OF_EACH = frozenset({b"date", b"server"})
"""Headers that every server adds itself."""

_OURS = (SECRET.encode(), CLIENT.encode(), SCHEME.encode())


class Forwarding:
    """Passes on what this service cannot answer while another one leads.

    Args:
        app: what answers here.
        role: this service's.
        routes: the application's, of which some say that they need the database alone.
        root_path: the path below which the service lies.
        transport: reaches leaders; by HTTP unless a test says otherwise.
    """

    def __init__(
        self,
        app: ASGIApp,
        role: ServiceRole,
        routes: Sequence[BaseRoute],
        root_path: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._app, self._role, self._routes, self._root = app, role, routes, root_path
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            if self._client is not None:
                await self._client.aclose()
        elif scope["type"] != "http" or self._role.mine is not None or self._is_answered_here(scope):
            await self._app(scope, receive, send)
        elif (leader := self._role.leader) is None or not self._role.watched:
            await no_leader(scope["path"])(scope, receive, send)
        else:
            await self._pass_on(leader, scope, receive, send)

    def _is_answered_here(self, scope: Scope) -> bool:
        path = scope["path"].removeprefix(self._root) if self._root else scope["path"]
        asked = {**scope, "path": path or "/", "root_path": ""}
        for route in self._routes:
            match, found = route.matches(asked)
            if match is Match.FULL:
                # Files, and pages that are no part of the API, are the same everywhere.
                page = isinstance(route, Mount) or (isinstance(route, Route) and not route.include_in_schema)
                return page or is_from_database(found.get("endpoint"))
        return False

    async def _pass_on(self, leader: Leader, scope: Scope, receive: Receive, send: Send) -> None:
        if self._client is None:  # of the loop that it is used on
            self._client = httpx.AsyncClient(
                timeout=TIMEOUTS, limits=MOST, trust_env=False, transport=self._transport
            )
        request = self._client.build_request(
            scope["method"],
            _url(leader, scope),
            headers=_headers(leader, scope),
            content=_body(receive) if _has_body(scope) else None,
        )
        begun = False
        try:
            answer = await self._client.send(request, stream=True)
            try:
                await send(
                    {
                        "type": "http.response.start",
                        "status": answer.status_code,
                        "headers": [
                            (name.lower(), value)
                            for name, value in answer.headers.raw
                            if name.lower() not in _HOPS | _OF_EACH
                        ],
                    }
                )
                begun = True
                async for chunk in answer.aiter_raw():
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            finally:
                await answer.aclose()
        except ClientDisconnect:
            return
        except httpx.HTTPError as error:
            log.warning("the leader did not answer", path=scope["path"], reason=repr(error))
            if begun:
                raise  # the connection is cut: half an answer must not look like a whole one
            await no_leader(scope["path"])(scope, receive, send)


def _url(leader: Leader, scope: Scope) -> httpx.URL:
    base = httpx.URL(leader.address)
    path = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope.get("query_string", b"")
    return base.copy_with(raw_path=path + (b"?" + query if query else b""))


def _headers(leader: Leader, scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return the request's own, with what the leader must know of its sender."""
    passed = [(n, v) for n, v in scope["headers"] if n not in _HOPS and n not in _OURS and n != b"expect"]
    if not any(name == b"accept-encoding" for name, _ in passed):
        passed.append((b"accept-encoding", b"identity"))
    client = scope.get("client")
    return [
        *passed,
        (_OURS[0], leader.secret.encode()),
        *(((_OURS[1], str(client[0]).encode()),) if client else ()),
        (_OURS[2], scope["scheme"].encode()),
    ]


def _has_body(scope: Scope) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return
