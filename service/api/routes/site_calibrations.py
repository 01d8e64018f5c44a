"""Site calibrations: propose one from the lift's own passages, show its clusters, activate it, go back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from service.api.deps import OPERATOR, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.schemas.site_calibrations import SiteCalibrationOut, SiteCalibrationsOut
from service.site.learning import MAX_PASSAGES, find_site_calibration
from service.store import lifts, passages, site_calibrations

router = APIRouter(prefix="/lifts/{lift_id}/site-calibrations", tags=["lifts"])


@router.get(
    "",
    summary="The site calibrations so far",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
def history(lift_id: LiftIdPath, runtime: RuntimeDep) -> SiteCalibrationsOut:
    """Return every site calibration that was found, newest first."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        found = site_calibrations.history(session, lift_id)
    arming = runtime.pipeline.arming(lift_id)
    items = [SiteCalibrationOut.of(one, arming) for one in found.items]
    return SiteCalibrationsOut(items=items, unreadable=found.unreadable)


@router.post(
    "",
    summary="Find a site calibration",
    status_code=201,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def find(lift_id: LiftIdPath, runtime: RuntimeDep) -> SiteCalibrationOut:
    """Look at the newest passages again, with reviews where there are any, and propose a site calibration.

    Takes some seconds. No verdict changes before the proposal is activated. 409 while too few passages were
    seen, or too few have their pictures still; 503 while the embedder is down.
    """
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        masks = runtime.active_masks(lift_id)
        watched = passages.watched(session, lift_id, masks.version, masks.model, MAX_PASSAGES)
    found = find_site_calibration(watched, masks, runtime.engine, runtime.pictures.of_passage)
    stored = runtime.store.write(lambda session: site_calibrations.add(session, found)).result()
    return SiteCalibrationOut.of(stored, runtime.pipeline.arming(lift_id))


@router.post(
    "/{version}/activate",
    summary="Judge by a site calibration",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def activate(
    lift_id: LiftIdPath,
    version: Annotated[int, Path(ge=1, le=2**31, description="The site calibration to judge by.")],
    runtime: RuntimeDep,
) -> SiteCalibrationOut:
    """Judge the lift by this site calibration from now on. 409 if it is of other masks or another model."""
    active = runtime.store.write(
        lambda session: site_calibrations.activate(session, lift_id, version)
    ).result()
    runtime.pipeline.reload_masks(lift_id)
    return SiteCalibrationOut.of(active, runtime.pipeline.arming(lift_id))


@router.delete(
    "/active",
    summary="Judge by the masks alone",
    status_code=204,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def deactivate(lift_id: LiftIdPath, runtime: RuntimeDep) -> None:
    """Judge the lift by its masks alone from now on."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
    runtime.store.write(lambda session: site_calibrations.deactivate(session, lift_id)).result()
    runtime.pipeline.reload_masks(lift_id)
