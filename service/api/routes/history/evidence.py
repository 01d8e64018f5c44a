"""The evidence of an alarm as one file that proves itself."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from service.api.deps import OPERATOR, PROVEN, RuntimeDep
from service.api.problems import responses
from service.api.routes.alarms import AlarmId
from service.audit.evidence import export_evidence
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
    pack = export_evidence(runtime.store, runtime.pictures, alarm_id, versions)
    named = {"Content-Disposition": f'attachment; filename="alarm-{alarm_id}.zip"'}
    return Response(pack, media_type="application/zip", headers=named)
