"""API tokens: list them, make one, revoke one."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path

from service.api.deps import ADMIN, PROVEN, RuntimeDep
from service.api.problems import RequestRefusedError, responses
from service.api.schemas.people import NewTokenOut, TokenIn, TokenOut, TokensOut
from service.replicas.answering import from_database
from service.store import tokens

router = APIRouter(prefix="/tokens", tags=["people"])

TokenId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The token's id.")]


@router.get("", summary="The tokens", dependencies=ADMIN, responses=responses(401, 503))
@from_database
def list_tokens(runtime: RuntimeDep) -> TokensOut:
    """Give every token, those that no longer work too; never the token itself."""
    now = runtime.gate.sessions.now()
    with runtime.store.reading() as session:
        return TokensOut(items=[TokenOut.of(record, now) for record in tokens.listing(session)])


@router.post(
    "",
    summary="Make a token",
    status_code=201,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(400, 401, 413, 422, 503),
)
def make_token(body: TokenIn, runtime: RuntimeDep) -> NewTokenOut:
    """Make a token and give it, this once: only its hash is stored."""
    now = runtime.gate.sessions.now()
    if body.expires_at is not None and body.expires_at <= now:
        raise RequestRefusedError(422, "expires_at is over already", "expired_already")
    make = partial(
        tokens.create, name=body.name, role=body.role, lifts=body.lifts, expires_at=body.expires_at
    )
    token, record = runtime.store.write(make).result()
    return NewTokenOut(**TokenOut.of(record, now).model_dump(), token=token)


@router.delete(
    "/{token_id}",
    summary="Revoke a token",
    status_code=204,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 404, 409, 422, 503),
)
def revoke_token(token_id: TokenId, runtime: RuntimeDep) -> None:
    """Make a token useless for good; its sign-ins and alarm feeds end at once."""
    runtime.store.write(partial(tokens.revoke, token_id=token_id)).result()
    runtime.gate.changed()
