"""Middleware of every route: limits on the body's size, headers that tell browsers what is allowed."""

from __future__ import annotations

import secrets
from functools import partial

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.auth import COOKIE, TRUSTED, client_address
from service.api.problems import RequestRefusedError, problem_response
from service.audit.notes import AuditNotes
from service.domain.people import ORIGIN, Origin

MAX_JSON_BYTES = 1_000_000
MAX_ANONYMOUS_BYTES = 64_000

REFUSALS = frozenset({401, 403, 429})
"""Answers that the audit counts: somebody was not let in."""

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class SecurityHeaders:
    """Adds the headers to every HTTP answer; what is not a static page is not to be stored by anybody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Origins:
    """Gives every request an id and remembers where it comes from: for the audit, the log and the answer."""

    def __init__(self, app: ASGIApp, notes: AuditNotes) -> None:
        self._app, self._notes = app, notes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)

        async def send_with_id(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
                if message["status"] in REFUSALS:
                    call = f"{scope.get('method', 'WebSocket')} {scope['path']}"
                    self._notes.refused(origin, message["status"], call)
            await send(message)

        address = client_address(HTTPConnection(scope))
        origin = Origin("nobody", address=address, request_id=request_id)
        token = ORIGIN.set(origin)
        try:
            with structlog.contextvars.bound_contextvars(request_id=request_id):
                await self._app(scope, receive, send_with_id)
        finally:
            ORIGIN.reset(token)


class RootPath:
    """Gives every request its whole path below `root_path`, whether a proxy has cut that off or not."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app, self._root = app, root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http" and scope["path"] == self._root:
            await RedirectResponse(f"{self._root}/")(scope, receive, send)
            return
        if scope["type"] in {"http", "websocket"}:
            scope = {**scope, "root_path": self._root}
            if not scope["path"].startswith(f"{self._root}/"):
                scope["path"] = self._root + scope["path"]
        await self._app(scope, receive, send)


class BodyLimit:
    """Refuses bodies that are too large with 413, by their announced length or while they arrive.

    Uploads may be `max_upload_bytes`, other bodies 1 MB, bodies without any credentials 64 kB. Of an upload
    no byte is read before it is known whose it is.
    """

    def __init__(self, app: ASGIApp, max_upload_bytes: int) -> None:
        self._app = app
        self._max_upload_bytes = max_upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit(scope, headers)
        if limit == self._max_upload_bytes and (refusal := await self._refusal(scope)) is not None:
            await refusal(scope, receive, send)
            return
        detail = f"the body is too large: expected at most {limit:,} bytes"
        announced = headers.get("content-length", "0")
        if not announced.isdigit() or int(announced) > limit:
            status, detail = (413, detail) if announced.isdigit() else (400, "Content-Length is no number")
            code = "too_large" if status == 413 else "no_length"
            answer = problem_response(
                status, detail, scope["path"], code=code, headers={"Connection": "close"}
            )
            await answer(scope, receive, send)
            return
        arrived = 0

        async def receive_counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise RequestRefusedError(413, detail, "too_large")
            return message

        await self._app(scope, receive_counted, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer to an upload of somebody who is nobody: before a byte of it is read."""
        connection = HTTPConnection(scope)
        runtime = connection.app.state.runtime
        try:
            await runtime.threads.find_out(connection, partial(runtime.gate.identify, connection))
        except HTTPException as error:
            code = error.code if isinstance(error, RequestRefusedError) else ""
            headers = {**(error.headers or {}), "Connection": "close"}
            return problem_response(
                error.status_code, error.detail, scope["path"], code=code, headers=headers
            )
        return None

    def _limit(self, scope: Scope, headers: Headers) -> int:
        known = TRUSTED in scope or "authorization" in headers or COOKIE in headers.get("cookie", "")
        if not known:
            return MAX_ANONYMOUS_BYTES
        if headers.get("content-type", "").lower().startswith("multipart/form-data"):
            return self._max_upload_bytes
        return MAX_JSON_BYTES
