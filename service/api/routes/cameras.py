"""Whether an address is a camera's, before a lift is watched by it."""

from __future__ import annotations

from fastapi import APIRouter

from lifts.addresses import PLACEHOLDER
from service.api.deps import OPERATOR, Operator, RuntimeDep, check_role
from service.api.problems import responses
from service.api.schemas.cameras import ProbeIn, ProbeOut
from service.domain.people import Role
from service.station.probe import probe_apart
from service.usecases.camera_urls import check_camera_url

router = APIRouter(prefix="/cameras", tags=["cameras"])


@router.post(
    "/probe",
    summary="Look at a camera once",
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 409, 413, 422, 503),
)
def probe(body: ProbeIn, principal: Operator, runtime: RuntimeDep) -> ProbeOut:
    """Open a camera and give its picture, size, rate, codec and delay, or the problem with it.

    A camera that cannot be watched is an answer, not an error: `problem` and `reason` say why. 422: the
    address could not be stored either. 409: another camera is being looked at. 403: only an administrator may
    name the variables of the service (`${NAME}`), whose values go to whatever host the address names.
    """
    if PLACEHOLDER.search(body.url):
        check_role(principal, Role.ADMIN)
    check_camera_url(body.url, allow_files=runtime.settings.allow_file_cameras)
    return ProbeOut.of(probe_apart(body.url, body.transport))
