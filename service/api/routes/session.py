"""Signing in and out of the console: a token or a one-time key becomes an HttpOnly cookie."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from service.api.auth import COOKIE, client_address, same_origin, unauthorized
from service.api.deps import VIEWER, RuntimeDep, Viewer, recognised
from service.api.problems import responses
from service.api.schemas.service import PersonOut, SignIn

router = APIRouter(prefix="/session", tags=["session"])


@router.post("", summary="Sign in", responses=responses(400, 401, 403, 413, 422, 429, 503))
def sign_in(body: SignIn, request: Request, response: Response, runtime: RuntimeDep) -> PersonOut:
    """Exchange a token, or the key of a one-time link, for a session cookie (HttpOnly, SameSite=Strict).

    While the database takes no write, the session is held in memory and ends with the service.
    """
    if not same_origin(request, required=False):
        raise HTTPException(403, "sign in from this service's own pages")
    if (body.token is None) == (body.key is None):
        raise HTTPException(422, "expected either token or key")
    gate = runtime.gate
    if body.token is not None:
        principal = gate.by_token(body.token, client_address(request))
    else:
        found = gate.sessions.redeem(body.key or "")
        if found is None:
            if not gate.attempts.failed(client_address(request)):
                raise HTTPException(429, "too many wrong keys from this address", {"Retry-After": "30"})
            raise unauthorized("this link was used already or is too old: sign in with a token")
        principal = found
    recognised(principal)
    response.set_cookie(
        COOKIE,
        gate.sessions.issue(principal),
        max_age=int(gate.sessions.lifetime_s),
        path=runtime.settings.root_path or "/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https" or (runtime.settings.public_url or "").startswith("https:"),
    )
    return PersonOut(name=principal.name, role=principal.role)


@router.get("", summary="Who am I?", dependencies=VIEWER, responses=responses(401))
def who_am_i(principal: Viewer) -> PersonOut:
    """Return the person to whom the token or cookie belongs."""
    return PersonOut(name=principal.name, role=principal.role)


@router.delete("", summary="Sign out", status_code=204, responses=responses(403, 503))
def sign_out(request: Request, response: Response, runtime: RuntimeDep) -> None:
    """End the session and delete its cookie; without a session nothing happens."""
    if not same_origin(request, required=False):
        raise HTTPException(403, "sign out from this service's own pages")
    cookie = request.cookies.get(COOKIE)
    if cookie is not None:
        runtime.gate.sessions.end(cookie)
    response.delete_cookie(COOKIE, path=runtime.settings.root_path or "/", httponly=True, samesite="strict")
