"""The leader's door for replicas: the secret of its claim lets them say where a request came from.

A replica passes a request on as it came, with its sender's own token or cookie: the leader itself recognises
who asks, and the audit names them. What only the replica can know is where the request came from.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.alarms.hub import AlarmHub
from service.api.problems import problem_response
from service.domain.people import Principal
from service.replicas.following import (
    CLIENT,
    PRINCIPAL_JSON,
    SCHEME,
    SECRET,
    STANDING,
    STANDING_JSON,
    TICKETS,
    Standing,
)
from service.replicas.role import ServiceRole

RETRY_AFTER_S = 2

_OURS = frozenset(name.encode() for name in (SECRET, CLIENT, SCHEME))
_OF_PROXIES = (b"x-forwarded-", b"forwarded")


class FromReplicas:
    """Answers what replicas ask, and gives what they pass on its client's address and scheme.

    Args:
        app: what is called.
        role: this service's.
        hub: what is shown beside stored alarms.
        redeem: uses a ticket up.
    """

    def __init__(
        self, app: ASGIApp, role: ServiceRole, hub: AlarmHub, redeem: Callable[[str], Principal | None]
    ) -> None:
        self._app, self._role, self._hub, self._redeem = app, role, hub, redeem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        shown = Headers(scope=scope).get(SECRET) if scope["type"] == "http" else None
        if shown is None:
            await self._app(scope, receive, send)
            return
        mine = self._role.mine
        if mine is None or not mine.secret or not _same(shown, mine.secret):
            await no_leader(scope["path"])(scope, receive, send)
        elif scope["path"] == STANDING:
            standing = Standing(mine.fence, self._hub.unstored, self._hub.status)
            await _json(STANDING_JSON.dump_json(standing))(scope, receive, send)
        elif scope["path"] == TICKETS:
            ticket = (await Request(scope, receive).body()).decode(errors="replace")
            await _json(PRINCIPAL_JSON.dump_json(self._redeem(ticket)))(scope, receive, send)
        else:
            await self._app(_believed(scope), receive, send)


def _same(shown: str, secret: str) -> bool:
    return secrets.compare_digest(shown.encode(), secret.encode())


def no_leader(path: str) -> Response:
    """Return the 503 of a call that only a leader can answer, where none does."""
    return problem_response(
        503,
        "no service is known to watch now: another one takes over within seconds",
        path,
        code="no_leader",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )


def _believed(scope: Scope) -> Scope:
    headers = Headers(scope=scope)
    kept = [
        (name, value)
        for name, value in scope["headers"]
        if name not in _OURS and not name.startswith(_OF_PROXIES)
    ]
    client = headers.get(CLIENT)
    return {
        **scope,
        "client": None if client is None else (client, 0),
        "scheme": headers.get(SCHEME, scope["scheme"]),
        "headers": kept,
    }


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")
