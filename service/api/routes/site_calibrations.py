"""Site calibrations: propose one from the lift's own passages, activate it, go back.

One is compared beside what judges as a candidate (service.api.routes.trials.candidates).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session

from service.api.deps import OPERATOR, PROVEN, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.site_calibrations import SiteCalibrationOut, SiteCalibrationsOut
from service.domain.masks import SiteCalibrationVersion
from service.site.learning import MAX_PASSAGES, find_site_calibration
from service.site.stored import reader
from service.store import lifts, passages, site_calibrations

router = APIRouter(prefix="/lifts/{lift_id}/site-calibrations", tags=["lifts"])

Version = Annotated[int, Path(ge=1, le=2**31, description="The site calibration.")]


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
        since = lifts.track_since(session, lift_id)
        models = (masks.model, *runtime.engine.manifest.formerly)
        watched = passages.watched(session, lift_id, masks.version, models, MAX_PASSAGES, since)
    read = reader(runtime.pictures, runtime.engine.manifest)
    found = find_site_calibration(watched, masks, runtime.engine, read)
    stored = runtime.store.write(lambda session: site_calibrations.add(session, found)).result()
    return SiteCalibrationOut.of(stored, runtime.pipeline.arming(lift_id))


@router.post(
    "/{version}/activate",
    summary="Judge by a site calibration",
    dependencies=[*OPERATOR, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def activate(lift_id: LiftIdPath, version: Version, runtime: RuntimeDep) -> SiteCalibrationOut:
    """Judge the lift by this site calibration from now on.

    409 if it is of other masks, another model or another track.
    """
    return _taken(runtime, partial(site_calibrations.activate, lift_id=lift_id, version=version))


@router.delete(
    "/active",
    summary="Judge by the masks alone",
    status_code=204,
    dependencies=[*OPERATOR, *PROVEN],
    responses=responses(401, 403, 404, 409, 422, 503),
)
def deactivate(lift_id: LiftIdPath, runtime: RuntimeDep) -> None:
    """Judge the lift by its masks alone from now on."""
    _left(runtime, lift_id, site_calibrations.deactivate)


def _left(runtime: Runtime, lift_id: str, leave: Callable[[Session, str], None]) -> None:
    """Judge a lift without what `leave` takes away from now on."""
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
    runtime.store.write(lambda session: leave(session, lift_id)).result()
    runtime.pipeline.reload_masks(lift_id)


def _taken(runtime: Runtime, change: Callable[[Session], SiteCalibrationVersion]) -> SiteCalibrationOut:
    """Make a change, judge by it from now on, and return what was changed."""
    changed = runtime.store.write(change).result()
    runtime.pipeline.reload_masks(changed.lift_id)
    return SiteCalibrationOut.of(changed, runtime.pipeline.arming(changed.lift_id))
