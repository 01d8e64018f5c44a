"""What is one's own: sign-ins, the password, the second factor."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path

from service.api.deps import PROVEN, SOMEWHERE, Caller, EntranceDep, RuntimeDep
from service.api.problems import RequestRefusedError, responses
from service.api.runtime import Runtime
from service.api.schemas.people import FactorIn, FactorOut, PasswordIn, RecoveryOut, SignInOut, SignInsOut
from service.domain.people import Principal
from service.people import factor
from service.replicas.answering import from_database
from service.store.people import users
from service.store.records import SessionRecord, UserRecord

router = APIRouter(tags=["session"])

SignInId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The sign-in's id.")]
_WRITES = responses(400, 401, 403, 404, 409, 413, 422, 503)


@router.get("/sessions", summary="My sign-ins", dependencies=SOMEWHERE, responses=responses(401, 409, 503))
@from_database
def list_sign_ins(runtime: RuntimeDep, principal: Caller) -> SignInsOut:
    """Give every sign-in of the same person, or of the same token: where from, since when, last used."""
    found = runtime.gate.sessions.listing(_owner(runtime, principal))
    return SignInsOut(items=[SignInOut.of(record, principal.session_id) for record in found])


@router.delete(
    "/sessions",
    summary="Sign out everywhere",
    status_code=204,
    dependencies=SOMEWHERE,
    responses=responses(401, 409, 503),
)
def sign_out_everywhere(runtime: RuntimeDep, principal: Caller) -> None:
    """End all of one's sign-ins at once, this one too, with the alarm feeds that they opened."""
    runtime.gate.sessions.end_all(_owner(runtime, principal))
    runtime.gate.changed()


@router.delete(
    "/sessions/{sign_in_id}",
    summary="End a sign-in",
    status_code=204,
    dependencies=SOMEWHERE,
    responses=responses(401, 404, 409, 422, 503),
)
def end_sign_in(sign_in_id: SignInId, runtime: RuntimeDep, principal: Caller) -> None:
    """End one of one's own sign-ins."""
    runtime.gate.sessions.end_one(_owner(runtime, principal), sign_in_id)
    runtime.gate.changed()


@router.put(
    "/session/password",
    summary="Change my password",
    status_code=204,
    dependencies=[*SOMEWHERE, *PROVEN],
    responses=_WRITES,
)
def change_password(body: PasswordIn, runtime: RuntimeDep, principal: Caller, entrance: EntranceDep) -> None:
    """Set one's own password; one's other sign-ins end."""
    user = _user(runtime, principal)
    hashed = entrance.passwords.hash(body.password, user.name)
    keep = principal.session_id or ""
    runtime.store.write(partial(users.set_password, user_id=user.id, password=hashed, keep=keep)).result()
    runtime.gate.changed()


@router.get(
    "/session/second-factor",
    summary="Prepare a second factor",
    dependencies=[*SOMEWHERE, *PROVEN],
    responses=responses(401, 409, 503),
)
def new_factor(runtime: RuntimeDep, principal: Caller) -> FactorOut:
    """Give a new secret for an authenticator app; nothing is kept before a code of it is shown."""
    user, secret = _user(runtime, principal), factor.new_secret()
    return FactorOut(
        secret=secret,
        address=factor.address_of(secret, user.name),
        picture=factor.picture_of(secret, user.name),
    )


@router.put(
    "/session/second-factor",
    summary="Use a second factor",
    dependencies=[*SOMEWHERE, *PROVEN],
    responses=_WRITES,
)
def use_factor(body: FactorIn, runtime: RuntimeDep, principal: Caller, entrance: EntranceDep) -> RecoveryOut:
    """Ask for a code at each sign-in from now on; gives recovery codes, which are shown this once."""
    codes = entrance.keep_factor(_user(runtime, principal), body.secret, body.code)
    if codes is None:
        raise RequestRefusedError(422, "the code is not one of this secret", "code_wrong")
    return RecoveryOut(codes=list(codes))


@router.delete(
    "/session/second-factor",
    summary="Use no second factor",
    status_code=204,
    dependencies=[*SOMEWHERE, *PROVEN],
    responses=responses(401, 409, 503),
)
def drop_factor(runtime: RuntimeDep, principal: Caller) -> None:
    """Ask for no code any more."""
    user = _user(runtime, principal)
    runtime.store.write(partial(users.set_factor, user_id=user.id, factor=None)).result()


def _owner(runtime: Runtime, principal: Principal) -> SessionRecord:
    """Return a record of whose sign-ins are meant."""
    return SessionRecord(
        principal.name,
        principal.role,
        principal.token_id,
        runtime.gate.sessions.now(),
        user_id=principal.user_id,
    )


def _user(runtime: Runtime, principal: Principal) -> UserRecord:
    if principal.user_id is None:
        raise RequestRefusedError(409, "a token or a link has no password of its own", "no_person")
    with runtime.store.reading() as session:
        return users.get(session, principal.user_id)
