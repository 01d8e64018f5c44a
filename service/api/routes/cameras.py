"""Checks a camera's address before a lift is watched through it."""

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
    summary="Probe a camera",
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 409, 413, 422, 503),
)
def probe(body: ProbeIn, principal: Operator, runtime: RuntimeDep) -> ProbeOut:
    """Open a camera and give its picture, size, rate, codec and delay, or the problem with it.

    A camera that cannot be watched is an answer, not an error: `problem` and `reason` say why. 422: the
    address would not be accepted for a lift either. 409: another camera is being probed. 403: only an
    administrator may use variables of the environment (`${NAME}`), whose values go to whatever host the
    address names.
    """
    if PLACEHOLDER.search(body.url):
        check_role(principal, Role.ADMIN)
    check_camera_url(body.url, allow_files=runtime.settings.allow_file_cameras)
    return ProbeOut.of(probe_apart(body.url, body.transport))
