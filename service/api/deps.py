"""The dependencies that routes declare, as annotated types: the runtime and the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.requests import HTTPConnection

from lifts.schema import LIFT_ID_PATTERN
from service.api.auth import COOKIE
from service.api.entrance import Entrance
from service.api.problems import RequestRefusedError
from service.api.runtime import Runtime
from service.domain.people import EVERYWHERE, ORIGIN, Principal, Role
from service.store import alarms, passages
from service.store.alarms import groups
from service.words.catalogue import Language, Words, words_in

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


async def get_entrance(connection: HTTPConnection) -> Entrance:
    """Return how people come in."""
    entrance = connection.app.state.entrance
    if not isinstance(entrance, Entrance):
        raise TypeError("the application was made without an entrance")
    return entrance


EntranceDep = Annotated[Entrance, Depends(get_entrance)]


async def caller(request: Request, runtime: RuntimeDep) -> Principal:
    """Return who sent the request; looked up once."""
    principal = await runtime.threads.find_out(request, partial(runtime.gate.identify, request))
    recognised(principal)
    return principal


Caller = Annotated[Principal, Depends(caller)]


def require(role: Role, *, anywhere: bool = False) -> Callable[..., Awaitable[Principal]]:
    """Return the dependency that admits `role` and the roles above it, on the lift that the path names.

    anywhere: of a route without a lift, which shows each caller what is theirs; else such a route asks for
    the role on every lift.
    """

    async def check(request: Request, principal: Caller, runtime: RuntimeDep) -> Principal:
        if principal.grants is None:
            check_role(principal, role)
        elif anywhere:
            check_role(replace(principal, grants=None), role)
        else:
            lift = partial(_lift_of, request.path_params, runtime)
            check_role(principal, role, await runtime.threads.find_out(request, lift))
        return principal

    return check


def recognised(principal: Principal) -> None:
    """Note for the audit who sends the request that is being answered."""
    origin = ORIGIN.get()
    if origin is not None:
        origin.name, origin.role = principal.name, principal.role.value
        origin.identity = principal.user_id or principal.token_id or ""


def check_role(principal: Principal, role: Role, lift_id: str = EVERYWHERE) -> None:
    """Raise RequestRefusedError 403 if the principal is below `role` on a lift, or everywhere."""
    if principal.may(role, lift_id):
        return
    has = principal.role.value
    if principal.grants is not None and replace(principal, grants=None).may(role):
        where = "every lift" if lift_id == EVERYWHERE else f"lift {lift_id}"
        detail = f"expected the role {role.value} on {where}, this sign-in has it on others"
        raise RequestRefusedError(403, detail, "other_lift", needed=role.value, has=has)
    detail = f"expected the role {role.value}, this token has {has}"
    raise RequestRefusedError(403, detail, "forbidden", needed=role.value, has=has)


def check_sight(principal: Principal, lift_id: str | None) -> None:
    """Raise RequestRefusedError 403 if a filter asks for a lift that the principal may not see."""
    if lift_id is not None:
        check_role(principal, Role.VIEWER, lift_id)


async def proven(principal: Caller) -> None:
    """Raise RequestRefusedError 403 unless the caller has lately shown who they are; a token always does."""
    check_proven(principal)


def check_proven(principal: Principal) -> None:
    """As `proven`, for a route that only finds out while it works whether what is asked for is dangerous."""
    if not principal.proven:
        raise RequestRefusedError(403, "show again who you are: POST /session/proof", "proof_needed")


async def proven_if_armed(request: Request, principal: Caller, runtime: RuntimeDep) -> None:
    """As `proven`, where the path's lift is armed: what judges it then is not changed lightly."""
    if not principal.proven:
        arming = partial(runtime.pipeline.arming, request.path_params["lift_id"])
        if (await runtime.threads.find_out(request, arming)).armed:
            await proven(principal)


def _lift_of(path: Mapping[str, Any], runtime: Runtime) -> str:
    """Return the lift that a path is about, directly or by an alarm or a passage. Raises NotFoundError."""
    if "lift_id" in path:
        return str(path["lift_id"])
    with runtime.store.reading() as session:
        if "alarm_id" in path:
            return alarms.get(session, str(path["alarm_id"])).lift_id or EVERYWHERE
        if "group_id" in path:
            return groups.members(session, str(path["group_id"]))[0].lift_id or EVERYWHERE
        if "passage_id" in path:
            return passages.get(session, str(path["passage_id"])).lift_id
    return EVERYWHERE


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
SOMEWHERE = [Depends(require(Role.VIEWER, anywhere=True)), *_SCHEMES]
"""Of lists that show each caller what is theirs."""

PROVEN = [Depends(proven)]
"""Of what is dangerous: who is signed in must have shown lately who they are."""

PROVEN_IF_ARMED = [Depends(proven_if_armed)]
MULTIPART = [Depends(multipart_only)]

Operator = Annotated[Principal, Depends(require(Role.OPERATOR))]
Viewer = Annotated[Principal, Depends(require(Role.VIEWER))]
Admin = Annotated[Principal, Depends(require(Role.ADMIN))]

LiftIdPath = Annotated[
    str, Path(pattern=LIFT_ID_PATTERN, description="The lift's id.", examples=["demo-quad"])
]
Cursor = Annotated[
    str | None,
    Query(pattern=r"^[0-9]{1,18}$", description="`next` of one page, to get the page after it."),
]


def _table_words(
    runtime: RuntimeDep,
    language: Annotated[
        Language | None,
        Query(
            description="Of a table that people read: heads and codes in words, times by the resort's clock, "
            "marks as spreadsheets of the language expect. Not given: for programs, alike for ever."
        ),
    ] = None,
) -> Words | None:
    return None if language is None else words_in(language, runtime.settings.calendar().zone)


TableWords = Annotated[Words | None, Depends(_table_words)]
Limit = Annotated[int, Query(ge=1, le=500, description="At most this many items.")]
