"""Checks a camera's address before a lift is watched through it, and keeps cameras' passwords."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from lifts.addresses import PLACEHOLDER, variable_prefixes
from lifts.schema import SECRET_NAME_PATTERN
from service.api.deps import OPERATOR, Operator, RuntimeDep, check_role
from service.api.problems import responses
from service.api.schemas.cameras import ProbeIn, ProbeOut, SecretIn, SecretOut, SecretsOut
from service.domain.camera import ProbeResult
from service.domain.errors import SecretError
from service.domain.people import Role
from service.station.dialling import TermsWanted, find_terms
from service.station.probe import compared, probe_apart
from service.usecases.camera_urls import check_camera_url

router = APIRouter(prefix="/cameras", tags=["cameras"])

SecretName = Annotated[
    str, Path(pattern=SECRET_NAME_PATTERN, description="What lifts refer to it by.", examples=["demo-quad"])
]


@router.post(
    "/probe",
    summary="Probe a camera",
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 409, 413, 422, 503),
)
def probe(body: ProbeIn, principal: Operator, runtime: RuntimeDep) -> ProbeOut:
    """Open a camera and give its picture, size, rate, codec and delay, or the problem with it.

    Of two streams both are opened, one after the other, and compared; `stream` says whose problem it is.

    A camera that cannot be watched is an answer, not an error: `problem` and `reason` say why. 422: the
    address would not be accepted for a lift either. 409: another camera is being probed. 403: only an
    administrator may use variables of the environment (`${NAME}`), whose values go to whatever host the
    address names; NAME begins with CAMERA_, or with the id of the lift that is given.
    """
    settings, prefixes = runtime.settings, variable_prefixes(body.lift_id)
    networks = settings.networks_of_cameras()
    urls = [body.url] if body.substream is None else [body.url, body.substream]
    for url in urls:
        if PLACEHOLDER.search(url):
            check_role(principal, Role.ADMIN)
        check_camera_url(url, allow_files=settings.allow_file_cameras, prefixes=prefixes, networks=networks)
    found: list[ProbeResult] = []
    for url in urls:
        wanted = TermsWanted(body.lift_id, url, body.credentials)
        try:
            terms = find_terms(wanted, runtime.vault.credentials, networks)
            found.append(probe_apart(url, body.transport, terms))
        except SecretError as error:
            found.append(ProbeResult(problem=error.problem, reason=str(error)))
        if found[-1].problem is not None:
            return ProbeOut.of(found[-1], body.parameters(url), "main" if url is body.url else "sub")
    differs = compared(*found) if len(found) > 1 else None
    if differs is not None:
        return ProbeOut.of(differs, body.parameters(body.url), "sub")
    return ProbeOut.of(found[0], {})


@router.get("/secrets", summary="Stored passwords", dependencies=OPERATOR, responses=responses(401, 403, 503))
def list_secrets(runtime: RuntimeDep) -> SecretsOut:
    """Give the names of the stored users and passwords, and what each is for; never what is in them."""
    return SecretsOut(items=[SecretOut.of(found) for found in runtime.vault.listing()])


@router.put(
    "/secrets/{name}",
    summary="Store a camera's password",
    status_code=204,
    dependencies=OPERATOR,
    responses={201: {"description": "It is new."}, **responses(400, 401, 403, 413, 422, 503)},
)
def put_secret(name: SecretName, body: SecretIn, runtime: RuntimeDep, response: Response) -> None:
    """Store a user and a password, or replace them; cameras use them from their next dialling on.

    They are sent to `host` alone, by whoever refers to them. Nothing gives them back.
    """
    new = runtime.vault.put(name, body.host, body.user.get_secret_value(), body.password.get_secret_value())
    response.status_code = 201 if new else 204


@router.delete(
    "/secrets/{name}",
    summary="Delete a camera's password",
    status_code=204,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def delete_secret(name: SecretName, runtime: RuntimeDep) -> None:
    """Delete a stored user and password; 409 while a lift uses them."""
    runtime.vault.delete(name)
