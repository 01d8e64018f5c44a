"""The carriers that a set-up saw: their pictures, and what a person says of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from service.api.deps import OPERATOR, VIEWER, LiftIdPath, Operator, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.setup import CarriersOut, PickIn
from service.domain.errors import NotFoundError
from service.setup.jobs.state import Pick, SetupJob

router = APIRouter(prefix="/lifts/{lift_id}/setup/carriers", tags=["setup"])

Place = Literal["begin", "middle", "end"]
Number = Annotated[int, Path(ge=1, le=10_000, description="The carrier's number.")]
Revision = Annotated[
    int | None, Query(ge=0, description="Of the carriers that were seen; other ones are refused.")
]
JPEG = {200: {"content": {"image/jpeg": {}}, "description": "A JPEG."}}


@router.get(
    "",
    summary="The carriers seen",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
def list_carriers(lift_id: LiftIdPath, runtime: RuntimeDep) -> CarriersOut:
    """Give the carriers that were cut out, in order of time, and groups of those that look alike."""
    return CarriersOut.of(runtime.setup.board.kept.get(lift_id), runtime.settings.root_path)


@router.get(
    "/{number}/{place}.jpg",
    summary="A carrier's picture",
    dependencies=VIEWER,
    response_class=Response,
    responses={**JPEG, **responses(401, 404, 409, 422, 503)},  # type: ignore[dict-item]
)
def get_carrier_picture(
    lift_id: LiftIdPath, number: Number, place: Place, runtime: RuntimeDep, revision: Revision = None
) -> Response:
    """Give a carrier's registered picture, 200x200; 404 once the carriers are of another revision."""
    job = runtime.setup.board.kept.get(lift_id)
    if revision not in {None, job.revision}:
        raise NotFoundError(f"lift {lift_id!r} has no pictures of revision {revision}", "other_carriers")
    content = picture_of(runtime, job, f"{number}-{place}.jpg")
    return Response(content, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@router.put(
    "/{number}/pick",
    summary="Say what a carrier is",
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 404, 409, 413, 422, 503),
)
def pick_carrier(
    lift_id: LiftIdPath,
    number: Number,
    body: PickIn,
    principal: Operator,
    runtime: RuntimeDep,
    revision: Revision = None,
) -> CarriersOut:
    """Mark a carrier as open or closed, in place of what was said before.

    409: `setup_running`; `other_carriers`: the carriers of `revision` are gone, list them again.
    """
    pick = Pick(state=body.state, occupied=body.occupied, by=principal.name, at=datetime.now(UTC))
    job = runtime.setup.board.pick(lift_id, number, pick, revision)
    return CarriersOut.of(job, runtime.settings.root_path)


@router.delete(
    "/{number}/pick",
    summary="Take back what a carrier is",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def unpick_carrier(
    lift_id: LiftIdPath, number: Number, runtime: RuntimeDep, revision: Revision = None
) -> CarriersOut:
    """Undo a pick. 409 as above."""
    job = runtime.setup.board.pick(lift_id, number, None, revision)
    return CarriersOut.of(job, runtime.settings.root_path)


def picture_of(runtime: Runtime, job: SetupJob, name: str) -> bytes:
    """Return a file of a set-up's pictures. Raises NotFoundError: it is not there, or not yet."""
    try:
        return (runtime.setup.board.kept.pictures(job) / name).read_bytes()
    except OSError:
        raise NotFoundError(
            f"the set-up of lift {job.lift_id!r} has no such picture yet", "no_picture_yet"
        ) from None
