"""Outputs: what leaves for other systems, how it is, and a test."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.orm import Session

from lifts.schema import LIFT_ID_PATTERN
from service.api.deps import ADMIN, PROVEN, RuntimeDep
from service.api.problems import RequestRefusedError, responses
from service.api.schemas.delivery.outputs import (
    NewOutputOut,
    OutputChange,
    OutputIn,
    OutputOut,
    OutputsOut,
    OutputTestOut,
    tag_of_output,
)
from service.api.tags import TAGGED, IfUnchanged, tagged
from service.outputs.base.output import OutputSettings
from service.outputs.kinds import KINDS
from service.outputs.whole import Outputs
from service.store.delivery import outputs as stored
from service.store.delivery.outputs import StoredOutput

router = APIRouter(prefix="/outputs", tags=["outputs"])

OutputId = Annotated[str, Path(pattern=LIFT_ID_PATTERN, description="The output's id.", examples=["hut"])]
_WRITES = {**TAGGED, **responses(400, 401, 403, 404, 409, 412, 413, 422, 503)}


def _outputs(runtime: RuntimeDep) -> Outputs:
    return runtime.parts.of(Outputs)


OutputsDep = Annotated[Outputs, Depends(_outputs)]


@router.get("", summary="The outputs", dependencies=ADMIN, responses=responses(401, 503))
def list_outputs(outputs: OutputsDep) -> OutputsOut:
    """Give every output and how it is."""
    found = outputs.listing()
    return OutputsOut(items=[OutputOut.of(each, health, outputs.secrets_of(each)) for each, health in found])


@router.get(
    "/{output_id}",
    summary="One output",
    dependencies=ADMIN,
    responses={**TAGGED, **responses(401, 404, 422, 503)},
)
def get_output(output_id: OutputId, outputs: OutputsDep, response: Response) -> OutputOut:
    """Give an output and how it is."""
    shown = _shown(outputs, output_id)
    return tagged(shown, shown.tag, response)


@router.post(
    "",
    summary="Make an output",
    status_code=201,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(400, 401, 403, 409, 413, 422, 503),
)
def make_output(body: OutputIn, outputs: OutputsDep) -> NewOutputOut:
    """Make an output, which is off unless `enabled` says otherwise, and begins with the next alarm."""
    if body.kind not in KINDS:
        detail = f"kind: expected one of {', '.join(KINDS)}"
        raise RequestRefusedError(422, detail, "no_such_kind", name=body.kind)
    output = _stored(body.id or secrets.token_hex(8), body.kind, body)
    given = {name: secret for name, secret in body.secrets.items() if secret is not None}
    made = outputs.create(output, given)
    return NewOutputOut(**_shown(outputs, output.id).model_dump(), made=made)


@router.put("/{output_id}", summary="Change an output", dependencies=[*ADMIN, *PROVEN], responses=_WRITES)
def change_output(
    output_id: OutputId, body: OutputChange, outputs: OutputsDep, response: Response, unchanged: IfUnchanged
) -> OutputOut:
    """Change everything but id and kind. One that stays on goes on where it was."""
    before, _ = outputs.get(output_id)
    output = _stored(output_id, before.kind, body)
    outputs.change(output, body.secrets, unchanged.on(partial(_tag, output_id=output_id)))
    shown = _shown(outputs, output_id)
    return tagged(shown, shown.tag, response)


@router.delete(
    "/{output_id}",
    summary="Delete an output",
    status_code=204,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 412, 422, 503),
)
def delete_output(output_id: OutputId, outputs: OutputsDep, unchanged: IfUnchanged) -> None:
    """Delete an output with its secrets, for good."""
    outputs.delete(output_id, unchanged.on(partial(_tag, output_id=output_id)))


@router.post(
    "/{output_id}/test",
    summary="Test an output",
    dependencies=ADMIN,
    responses=responses(401, 403, 404, 422, 503),
)
def test_output(output_id: OutputId, outputs: OutputsDep) -> OutputTestOut:
    """Send a test to the receiver, also while the output is off, and say how that went. Takes seconds."""
    began_s = time.monotonic()
    error = outputs.test(output_id)
    return OutputTestOut.of(error, 1000 * (time.monotonic() - began_s), datetime.now(UTC))


def _tag(session: Session, output_id: str) -> str:
    return tag_of_output(stored.get(session, output_id))


def _shown(outputs: Outputs, output_id: str) -> OutputOut:
    output, health = outputs.get(output_id)
    return OutputOut.of(output, health, outputs.secrets_of(output))


def _stored(output_id: str, kind: str, body: OutputChange) -> StoredOutput:
    settings = _checked(kind, body.settings)
    return StoredOutput(output_id, kind, body.name, body.enabled, body.filters(), settings, None)


def _checked(kind: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return the settings complete, as plain JSON. Raises RequestValidationError."""
    try:
        checked: OutputSettings = KINDS[kind].settings.model_validate(settings)
    except ValidationError as error:
        wrong = [{**each, "loc": ("body", "settings", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(wrong) from None
    return checked.model_dump(mode="json")
