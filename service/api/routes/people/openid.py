"""Signing in at an OpenID provider: there, and back."""

from __future__ import annotations

from functools import partial
from typing import Annotated
from urllib.parse import quote

from cryptography.fernet import InvalidToken
from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session

from service.api.auth import client_address
from service.api.deps import EntranceDep, RuntimeDep
from service.api.entrance import principal_of
from service.api.problems import responses
from service.api.routes.session import let_in
from service.api.runtime import Runtime
from service.domain.errors import BarwatchError, NotFoundError, OpenIdError
from service.people.agreed import Attempt, Identity
from service.store.people import users
from service.store.records import UserRecord

router = APIRouter(prefix="/session/openid", tags=["session"])

COOKIE = "barwatch_openid"
MINUTES = 10
_PART = Query(max_length=4096)


@router.get("", summary="Sign in at the provider", status_code=303, responses=responses(404, 503))
def begin(request: Request, runtime: RuntimeDep, entrance: EntranceDep) -> RedirectResponse:
    """Send the browser to the OpenID provider; 404 if there is none."""
    if entrance.openid is None:
        raise NotFoundError("there is no OpenID provider", "no_openid")
    try:
        url, attempt = entrance.openid.begin(_address(request, runtime))
        sealed = runtime.vault.ring.keys(make=True).encrypt(attempt.model_dump_json().encode())
    except BarwatchError as error:
        return _back(runtime, error.code)
    answer = RedirectResponse(url, 303)
    answer.set_cookie(
        COOKIE,
        sealed.decode(),
        max_age=60 * MINUTES,
        path=f"{runtime.settings.root_path}/session/openid",
        httponly=True,
        samesite="lax",  # the provider's page sends the browser back
        secure=_address(request, runtime).startswith("https:"),
    )
    return answer


@router.get("/back", summary="Back from the provider", status_code=303, responses=responses(404, 422, 503))
def finish(
    request: Request,
    runtime: RuntimeDep,
    entrance: EntranceDep,
    state: Annotated[str, _PART] = "",
    code: Annotated[str, _PART] = "",
) -> RedirectResponse:
    """Sign in whom the provider means, with the roles that its claim gives; the page says what went wrong."""
    if entrance.openid is None:
        raise NotFoundError("there is no OpenID provider", "no_openid")
    try:
        ring = runtime.vault.ring.keys()
        sealed = request.cookies.get(COOKIE, "").encode()
        attempt = Attempt.model_validate_json(ring.decrypt(sealed, ttl=60 * MINUTES))
        identity = entrance.openid.finish(_address(request, runtime), attempt, state, code)
        user = runtime.store.write(partial(_known, identity=identity)).result()
        if user.disabled_at is not None:
            raise OpenIdError("this person is shut out", "openid_no_role")
        answer = _back(runtime)
        let_in(principal_of(user), request, answer, runtime)
    except (InvalidToken, ValidationError):
        answer = _back(runtime, "openid_refused")
    except BarwatchError as error:
        if error.code == "openid_refused":
            runtime.gate.attempts.failed(client_address(request))
        answer = _back(runtime, error.code)
    answer.delete_cookie(COOKIE, path=f"{runtime.settings.root_path}/session/openid")
    return answer


def _known(session: Session, identity: Identity) -> UserRecord:
    """Return the user that the provider means, with the roles it gives them now; make them if need be."""
    user = users.of_subject(session, identity.subject)
    if user is None:
        name, number = identity.name, 2
        while users.named(session, name) is not None:
            name, number = f"{identity.name} ({number})", number + 1
        return users.create(session, name, identity.grants, subject=identity.subject)
    if dict(user.grants) == dict(identity.grants):
        return user
    return users.change(session, user.id, grants=identity.grants)


def _address(request: Request, runtime: Runtime) -> str:
    base = runtime.settings.public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"
    return f"{base}{runtime.settings.root_path}/session/openid/back"


def _back(runtime: Runtime, failed: str = "") -> RedirectResponse:
    return RedirectResponse(
        f"{runtime.settings.root_path}/{'#failed=' + quote(failed) if failed else ''}", 303
    )
