"""People: who there is, what each may do, how they get in."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy.orm import Session

from service.api.deps import ADMIN, PROVEN, Caller, EntranceDep, RuntimeDep
from service.api.problems import RequestRefusedError, responses
from service.api.schemas.people import (
    LinkOut,
    NewUserOut,
    UserChange,
    UserIn,
    UserOut,
    UsersOut,
    tag_of_user,
)
from service.api.tags import TAGGED, IfUnchanged, tagged
from service.replicas.answering import from_database
from service.store.database import guarded
from service.store.people import users
from service.store.records import UserRecord

router = APIRouter(prefix="/users", tags=["people"])

UserId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="The person's id.")]
_WRITES = responses(400, 401, 403, 404, 409, 413, 422, 503)


@router.get("", summary="The people", dependencies=ADMIN, responses=responses(401, 503))
@from_database
def list_users(runtime: RuntimeDep) -> UsersOut:
    """Give everybody, those who are shut out too."""
    with runtime.store.reading() as session:
        return UsersOut(items=[UserOut.of(record) for record in users.listing(session)])


@router.post(
    "",
    summary="Add a person",
    status_code=201,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(400, 401, 409, 413, 422, 503),
)
def add_user(body: UserIn, runtime: RuntimeDep, entrance: EntranceDep) -> NewUserOut:
    """Add somebody, with a password, or with a link that signs them in once so that they choose one."""
    hashed = None if body.password is None else entrance.passwords.hash(body.password, body.name)
    create = partial(users.create, name=body.name, grants=body.roles, password=hashed)
    record = runtime.store.write(create).result()
    key = None if hashed is not None else entrance.new_link(record.id)
    return NewUserOut(**UserOut.of(record).model_dump(), key=key)


@router.put(
    "/{user_id}",
    summary="Change a person",
    dependencies=[*ADMIN, *PROVEN],
    responses={**TAGGED, **_WRITES, **responses(412)},
)
def change_user(
    user_id: UserId,
    body: UserChange,
    runtime: RuntimeDep,
    principal: Caller,
    entrance: EntranceDep,
    response: Response,
    unchanged: IfUnchanged,
) -> UserOut:
    """Change roles, set a password, shut somebody out or let them in again; their sign-ins follow at once."""
    if principal.user_id == user_id and (body.disabled or body.roles is not None):
        raise RequestRefusedError(409, "nobody takes their own rights away", "own_rights")
    with runtime.store.reading() as session:
        record = users.get(session, user_id)
    hashed = None if body.password is None else entrance.passwords.hash(body.password, record.name)

    def change(session: Session) -> UserRecord:
        if hashed is not None:
            users.set_password(session, user_id, hashed)
        return users.change(session, user_id, grants=body.roles, disabled=body.disabled)

    tag = unchanged.on(lambda session: tag_of_user(users.get(session, user_id)))
    shown = UserOut.of(runtime.store.write(guarded(change, tag)).result())
    runtime.gate.changed()
    return tagged(shown, shown.tag, response)


@router.post(
    "/{user_id}/link",
    summary="Make a link for a person",
    status_code=201,
    dependencies=[*ADMIN, *PROVEN],
    responses=_WRITES,
)
def make_link(user_id: UserId, entrance: EntranceDep) -> LinkOut:
    """Give a key that signs somebody in once, within three days; a second factor is still asked for."""
    return LinkOut(key=entrance.new_link(user_id))


@router.delete(
    "/{user_id}/second-factor",
    summary="Take a lost second factor away",
    status_code=204,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 404, 409, 422, 503),
)
def reset_factor(user_id: UserId, runtime: RuntimeDep) -> None:
    """Ask this person for no code until they set a new one up."""
    runtime.store.write(partial(users.set_factor, user_id=user_id, factor=None)).result()
