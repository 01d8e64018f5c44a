"""Whether the process lives, whether it can work, and what it counted."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy import text

from service.api.deps import RuntimeDep
from service.api.metrics import render
from service.api.schemas.service import LiveOut, ReadyOut
from service.domain.errors import StoreError
from service.host.disk import Room

router = APIRouter(tags=["health"])


@router.get("/health/live", summary="Does the process answer?")
async def live() -> LiveOut:
    """Answer as long as the process does."""
    return LiveOut()


@router.get(
    "/health/ready",
    summary="Can the service judge carriers?",
    responses={503: {"model": ReadyOut, "description": "Not yet, or not any more."}},
)
def ready(runtime: RuntimeDep, response: Response) -> ReadyOut:
    """Answer 200 when the model is verified and loaded, the database answers and can grow, else 503.

    A camera that is lost does not make the service unready: it raises an alarm of its own. Nor does an
    accelerator that was given up, or a disk with little room: both are said.
    """
    try:
        with runtime.store.reading() as session:
            session.execute(text("SELECT 1"))
        database = "ready"
    except StoreError as error:
        database = str(error)
    engine = runtime.engine.status
    disk = runtime.pictures.space.status
    good = engine.state == "ready" and database == "ready" and disk.room is not Room.FULL
    response.status_code = 200 if good else 503
    return ReadyOut(
        status="ready" if good else "not ready",
        engine=engine.state,
        database=database,
        cameras={status.lift_id: status.state.value for status in runtime.cameras.statuses()},
        model=engine.model or None,
        device=engine.device,
        device_lost=engine.device_lost or None,
        disk=str(disk),
    )


@router.get(
    "/metrics",
    summary="Counters for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Prometheus' text format."}},
)
def metrics(runtime: RuntimeDep) -> Response:
    """Give what the service counts, in Prometheus' text format."""
    content, media_type = render(runtime.registry)
    return Response(content, media_type=media_type)
