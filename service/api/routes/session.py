"""Signing in and out of the console: what somebody shows becomes an HttpOnly cookie."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from service.api.auth import COOKIE, client_address, same_origin, unauthorized
from service.api.deps import SOMEWHERE, Caller, EntranceDep, RuntimeDep, recognised
from service.api.problems import RequestRefusedError, responses
from service.api.runtime import Runtime
from service.api.schemas.people import PersonOut, ProofIn, SignIn, WaysInOut
from service.domain.people import Principal
from service.replicas.answering import from_database
from service.store.people import users

router = APIRouter(prefix="/session", tags=["session"])


@router.post(
    "",
    summary="Sign in",
    response_model_exclude_none=True,
    responses=responses(400, 401, 403, 409, 413, 422, 429, 503),
)
def sign_in(
    body: SignIn, request: Request, response: Response, runtime: RuntimeDep, entrance: EntranceDep
) -> PersonOut:
    """Exchange a token, the key of a one-time link, or a name and a password for a session cookie.

    The cookie is HttpOnly and SameSite=Strict. 401 `code_needed`: the same once more, with a code of the
    second factor. While the database takes no write, the session is held in memory and ends with the service.
    """
    if not same_origin(request, required=False):
        raise RequestRefusedError(403, "sign in from this service's own pages", "foreign_page")
    address = client_address(request)
    if body.token is not None and body.key is None and body.name is None:
        principal = runtime.gate.by_token(body.token, address)
    elif body.key is not None and body.token is None and body.name is None:
        principal = entrance.by_link(body.key, body.code, address)
    elif body.name is not None and body.password is not None and body.key is None and body.token is None:
        principal = entrance.by_password(body.name, body.password, body.code, address)
    else:
        raise RequestRefusedError(422, "expected a token, a key, or name and password", "invalid_request")
    let_in(principal, request, response, runtime)
    return PersonOut.of(principal)


def let_in(principal: Principal, request: Request, response: Response, runtime: Runtime) -> None:
    """Sign somebody in: give the answer a cookie."""
    recognised(principal)
    host = request.client.host if request.client else ""
    cookie = runtime.gate.sessions.issue(principal, host, request.headers.get("user-agent", ""))
    _give(cookie, request, response, runtime)


def _give(cookie: str, request: Request, response: Response, runtime: Runtime) -> None:
    sessions, public_url = runtime.gate.sessions, runtime.settings.public_url or ""
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(sessions.lifetime_s),
        path=runtime.settings.root_path or "/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https" or public_url.startswith("https:"),
    )


@router.get("/ways", summary="How to sign in", responses=responses(503))
@from_database
def ways_in(runtime: RuntimeDep, entrance: EntranceDep) -> WaysInOut:
    """Say what a form for signing in should ask for; nobody is named."""
    with runtime.store.reading() as session:
        passwords = any(user.has_password for user in users.listing(session))
    name = None if entrance.openid is None else runtime.settings.openid_name
    return WaysInOut(passwords=passwords, openid=name)


@router.get(
    "",
    summary="Who am I?",
    dependencies=SOMEWHERE,
    response_model_exclude_none=True,
    responses=responses(401, 503),
)
@from_database
def who_am_i(principal: Caller) -> PersonOut:
    """Return the person to whom the token or cookie belongs."""
    return PersonOut.of(principal)


@router.post(
    "/renew",
    summary="Keep a screen signed in",
    status_code=204,
    dependencies=SOMEWHERE,
    responses=responses(401, 403, 409, 503),
)
def renew(request: Request, response: Response, runtime: RuntimeDep, principal: Caller) -> None:
    """Let this browser's sign-in last as long again: for a screen on a wall, which nobody touches.

    Only a sign-in by a viewer's token can be renewed, and it ends with that token. 409 `not_renewable`: it is
    somebody's, or may do more than look.
    """
    cookie = request.cookies.get(COOKIE)
    if cookie is None or principal.session_id is None or not runtime.gate.sessions.renew(cookie):
        raise RequestRefusedError(409, "only a sign-in by a viewer's token can be renewed", "not_renewable")
    _give(cookie, request, response, runtime)


@router.post(
    "/proof",
    summary="Show again who you are",
    status_code=204,
    dependencies=SOMEWHERE,
    responses=responses(400, 401, 403, 409, 413, 422, 429, 503),
)
def prove(
    body: ProofIn, request: Request, principal: Caller, runtime: RuntimeDep, entrance: EntranceDep
) -> None:
    """Allow this sign-in what is dangerous for some minutes: by its token, the password, or a code.

    A sign-in by a one-time link shows any token that has its role.
    """
    gate, address = runtime.gate, client_address(request)
    if principal.session_id is None:
        return  # a token shows itself with each call
    if principal.user_id is not None:
        with runtime.store.reading() as session:
            user = users.get(session, principal.user_id)
        if body.token is None:
            entrance.prove(user, body.password, body.code, address)
            gate.sessions.prove(principal.session_id)
            return
    elif body.token is not None:
        shown = gate.by_token(body.token, address)
        if shown.token_id == principal.token_id or (principal.token_id is None and shown.may(principal.role)):
            gate.sessions.prove(principal.session_id)
            return
    raise unauthorized("this does not show who you are", "proof_wrong")


@router.delete("", summary="Sign out", status_code=204, responses=responses(403, 503))
def sign_out(request: Request, response: Response, runtime: RuntimeDep) -> None:
    """End the session and delete its cookie; without a session nothing happens."""
    if not same_origin(request, required=False):
        raise RequestRefusedError(403, "sign out from this service's own pages", "foreign_page")
    cookie = request.cookies.get(COOKIE)
    if cookie is not None:
        runtime.gate.sessions.end(cookie)
        runtime.gate.changed()
    response.delete_cookie(COOKIE, path=runtime.settings.root_path or "/", httponly=True, samesite="strict")
