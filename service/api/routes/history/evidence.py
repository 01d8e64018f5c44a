"""The evidence of an alarm: exported as one file that proves itself, and held whatever its age."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter
from fastapi.responses import Response

from service.api.deps import ADMIN, OPERATOR, PROVEN, RuntimeDep
from service.api.problems import responses
from service.api.routes.alarms import AlarmId
from service.api.schemas.alarms import NoteIn
from service.api.threads import vital
from service.audit.evidence import export_evidence
from service.audit.signing import SigningKey
from service.store.upkeep import holds
from service.usecases.beginning import versions_of

router = APIRouter(prefix="/alarms", tags=["alarms"])


@router.get(
    "/{alarm_id}/evidence",
    summary="The evidence of an alarm",
    dependencies=[*OPERATOR, *PROVEN],
    response_class=Response,
    responses={
        200: {
            "content": {"application/zip": {}},
            "description": "A pack, checked by `barwatch verify PACK`.",
        },
        **responses(401, 403, 404, 409, 422, 503),
    },
)
def evidence(alarm_id: AlarmId, runtime: RuntimeDep) -> Response:
    """Export pictures, masks, numbers and records of an alarm; the export is in the audit."""
    versions = versions_of(runtime.engine, runtime.settings)
    data = runtime.settings.data
    pack = export_evidence(
        runtime.store, runtime.pictures, alarm_id, versions, runtime.clips, SigningKey(data)
    )
    named = {"Content-Disposition": f'attachment; filename="alarm-{alarm_id}.zip"'}
    return Response(pack, media_type="application/zip", headers=named)


@router.post(
    "/{alarm_id}/hold",
    summary="Hold an alarm as evidence",
    status_code=204,
    dependencies=OPERATOR,
    responses=responses(400, 401, 403, 404, 409, 413, 422, 503),
)
@vital
def hold(alarm_id: AlarmId, runtime: RuntimeDep, body: NoteIn | None = None) -> None:
    """Keep the alarm, its passage and pictures whatever their age; nobody can delete them meanwhile."""
    note = "" if body is None else body.note
    runtime.store.write(partial(holds.hold, alarm_id=alarm_id, held=True, note=note)).result()


@router.delete(
    "/{alarm_id}/hold",
    summary="Hold an alarm no longer",
    status_code=204,
    dependencies=[*ADMIN, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
@vital
def release(alarm_id: AlarmId, runtime: RuntimeDep) -> None:
    """Let retention and deletion have the alarm again, at its age."""
    runtime.store.write(partial(holds.hold, alarm_id=alarm_id, held=False)).result()
