"""Site calibrations: propose one from the lift's own passages, compare it in shadow, activate it, go back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy.orm import Session

from service.api.deps import OPERATOR, PROVEN, VIEWER, Cursor, LiftIdPath, Limit, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.site_calibrations import (
    DisagreementOut,
    DisagreementsOut,
    SiteCalibrationOut,
    SiteCalibrationsOut,
)
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
        counts = site_calibrations.shadow_counts(session, lift_id)
    arming = runtime.pipeline.arming(lift_id)
    items = [SiteCalibrationOut.of(one, arming, counts.get(one.version)) for one in found.items]
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
    """Judge the lift by this site calibration from now on; what was in shadow is no longer.

    409 if it is of other masks, another model or another track.
    """
    return _taken(runtime, partial(site_calibrations.activate, lift_id=lift_id, version=version))


@router.post(
    "/{version}/shadow",
    summary="Compare a site calibration in shadow",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def put_in_shadow(lift_id: LiftIdPath, version: Version, runtime: RuntimeDep) -> SiteCalibrationOut:
    """Judge the lift's passages by this site calibration as well; verdicts and alarms stay as they are.

    One at a time: it takes the place of an earlier one. 409 if the lift is judged by it already, or if it is
    of other masks, another model or another track.
    """
    return _taken(runtime, partial(site_calibrations.put_in_shadow, lift_id=lift_id, version=version))


@router.delete(
    "/shadow",
    summary="Compare no longer",
    status_code=204,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def end_shadow(lift_id: LiftIdPath, runtime: RuntimeDep) -> None:
    """Take the site calibration out of shadow. It stays a proposal; what was compared stays too."""
    _left(runtime, lift_id, site_calibrations.end_shadow)


@router.get(
    "/{version}/disagreements",
    summary="Carriers judged differently in shadow",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
def list_disagreements(
    lift_id: LiftIdPath, version: Version, runtime: RuntimeDep, cursor: Cursor = None, limit: Limit = 50
) -> DisagreementsOut:
    """Give a page of the carriers that the site calibration judged differently in shadow, newest first."""
    before = None if cursor is None else int(cursor)
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        page = site_calibrations.disagreements(session, lift_id, version, before, limit)
    return DisagreementsOut(
        items=[DisagreementOut.model_validate(one) for one in page.items],
        next=None if page.next is None else str(page.next),
        unreadable=page.unreadable,
    )


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
    with runtime.store.reading() as session:
        counts = site_calibrations.shadow_counts(session, changed.lift_id)
    arming = runtime.pipeline.arming(changed.lift_id)
    return SiteCalibrationOut.of(changed, arming, counts.get(changed.version))
