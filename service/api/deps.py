"""The dependencies that routes declare, as annotated types: the runtime and the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from fastapi import Depends, Path, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.requests import HTTPConnection

from lifts.schema import LIFT_ID_PATTERN
from service.api.auth import COOKIE
from service.api.problems import RequestRefusedError
from service.api.runtime import Runtime
from service.api.sessions import Principal
from service.domain.people import ORIGIN, Role

# For the OpenAPI description only: Authenticator reads the headers itself, for WebSockets too.
_BEARER = HTTPBearer(auto_error=False, description="An API token.")
_COOKIE = APIKeyCookie(name=COOKIE, auto_error=False, description="The console's session.")


async def get_runtime(connection: HTTPConnection) -> Runtime:
    """Return what the composition root handed to the application."""
    runtime = connection.app.state.runtime
    if not isinstance(runtime, Runtime):
        raise TypeError("the application was made without a runtime")
    return runtime


RuntimeDep = Annotated[Runtime, Depends(get_runtime)]


def require(role: Role) -> Callable[[Request, RuntimeDep], Awaitable[Principal]]:
    """Return the dependency that admits `role` and the roles above it."""

    async def check(request: Request, runtime: RuntimeDep) -> Principal:
        principal = await runtime.threads.find_out(request, partial(runtime.gate.identify, request))
        recognised(principal)
        check_role(principal, role)
        return principal

    return check


def recognised(principal: Principal) -> None:
    """Note for the audit who sends the request that is being answered."""
    origin = ORIGIN.get()
    if origin is not None:
        origin.name, origin.role = principal.name, principal.role.value
        origin.identity = principal.token_id or ""


def check_role(principal: Principal, role: Role) -> None:
    """Raise RequestRefusedError 403 if the principal is below `role`."""
    if not principal.may(role):
        has = principal.role.value
        detail = f"expected the role {role.value}, this token has {has}"
        raise RequestRefusedError(403, detail, "forbidden", needed=role.value, has=has)


async def multipart_only(request: Request) -> None:
    """Raise RequestRefusedError 415 unless the body is a multipart form: no other fields can be read."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        detail = f"expected multipart/form-data, got {kind[:80] or 'no content type'}"
        raise RequestRefusedError(415, detail, "not_a_form")


_SCHEMES = [Security(_BEARER), Security(_COOKIE)]
VIEWER = [Depends(require(Role.VIEWER)), *_SCHEMES]
OPERATOR = [Depends(require(Role.OPERATOR)), *_SCHEMES]
ADMIN = [Depends(require(Role.ADMIN)), *_SCHEMES]
MULTIPART = [Depends(multipart_only)]

Operator = Annotated[Principal, Depends(require(Role.OPERATOR))]
Viewer = Annotated[Principal, Depends(require(Role.VIEWER))]

LiftIdPath = Annotated[
    str, Path(pattern=LIFT_ID_PATTERN, description="The lift's id.", examples=["demo-quad"])
]
Cursor = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{1,18}$", description="`next` of one page, to get the page after it."),
]
Limit = Annotated[int, Query(ge=1, le=500, description="At most this many items.")]
