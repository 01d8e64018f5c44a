"""Pictures that are deleted on request."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from service.api.deps import ADMIN, PROVEN, RuntimeDep
from service.api.problems import RequestRefusedError, responses
from service.api.routes.passages import PassageId
from service.api.schemas.audit import DeletedOut
from service.usecases.clips import delete_clips_between, delete_clips_of
from service.usecases.deletion import delete_pictures, delete_pictures_between

router = APIRouter(prefix="/passages", tags=["passages"])


@router.delete(
    "/pictures",
    summary="Delete pictures of a time",
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 422, 503),
)
def delete_range(
    runtime: RuntimeDep,
    from_: Annotated[AwareDatetime, Query(alias="from", description="Of passages seen at or after this.")],
    to: Annotated[AwareDatetime, Query(description="Of passages seen before this.")],
    lift_id: Annotated[str | None, Query(max_length=64, description="Of this lift only.")] = None,
) -> DeletedOut:
    """Delete pictures, maps and clips of a time; the records stay, and held ones keep theirs."""
    if from_ >= to:
        raise RequestRefusedError(422, "expected `from` before `to`", "invalid_request")
    done, files = delete_pictures_between(runtime.store, runtime.pictures, from_, to, lift_id)
    files += delete_clips_between(runtime.store, runtime.clips, from_, to, lift_id)
    return DeletedOut(passages=done, files=files)


@router.delete(
    "/{passage_id}/pictures",
    summary="Delete a passage's pictures",
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def delete_of_passage(passage_id: PassageId, runtime: RuntimeDep) -> DeletedOut:
    """Delete pictures, maps and clip of one passage; its record stays. 409 while an alarm of it is held."""
    files = delete_pictures(runtime.store, runtime.pictures, passage_id)
    files += delete_clips_of(runtime.store, runtime.clips, [passage_id])
    return DeletedOut(passages=int(files > 0), files=files)
