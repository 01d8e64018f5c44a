"""The audit's whole check, self-tests' records of every lift, what judges and what judges along."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from lifts.schema import LIFT_ID_PATTERN
from service.administration.checking import AuditCheck
from service.administration.records import signed_records
from service.api.deps import ADMIN, VIEWER, Cursor, Limit, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.administering.records import (
    AllCandidatesOut,
    AuditCheckOut,
    AuditChecksOut,
    JudgingModelOut,
    LiftCandidateOut,
    ModelMetricOut,
    SignedRecordOut,
    SignedRecordsOut,
)
from service.api.schemas.trials.candidates import CandidateOut
from service.audit.signing import SigningKey
from service.store import lifts
from service.store.trials import candidates
from service.trials.whole import Trials
from service.variables.promoted import promoted_name

router = APIRouter()


@router.get(
    "/audit/check",
    summary="The last whole check of the audit",
    tags=["audit"],
    dependencies=ADMIN,
    responses=responses(401, 403, 503),
)
def check(runtime: RuntimeDep) -> AuditChecksOut:
    """Say up to which entry all was followed, when and what was found; and whether it is being done now."""
    return _checks(runtime)


@router.post(
    "/audit/check",
    summary="Check all of the audit now",
    tags=["audit"],
    status_code=202,
    dependencies=ADMIN,
    responses=responses(401, 403, 409, 503),
)
def begin_check(runtime: RuntimeDep) -> AuditChecksOut:
    """Begin to follow every entry, row, picture and signature, as `barwatch verify` does."""
    runtime.parts.of(AuditCheck).begin()
    return _checks(runtime)


@router.get(
    "/self-tests",
    summary="Self-tests of every lift",
    tags=["self-tests"],
    dependencies=VIEWER,
    responses=responses(401, 403, 422, 503),
)
def self_tests(
    runtime: RuntimeDep,
    lift_id: Annotated[str | None, Query(pattern=LIFT_ID_PATTERN, description="Of this lift only.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> SignedRecordsOut:
    """Give their records, newest first, each with whether its signature holds and the audit names it."""
    own = {SigningKey(runtime.settings.data).public()}
    before = None if cursor is None else int(cursor)
    with runtime.store.reading() as session:
        found, following = signed_records(session, own, lift_id, before, limit)
    items = [SignedRecordOut.model_validate(one) for one in found]
    return SignedRecordsOut(items=items, next=None if following is None else str(following))


@router.get(
    "/models/judging",
    summary="The model that judges",
    tags=["candidates"],
    dependencies=VIEWER,
    responses=responses(401, 403, 422, 503),
)
def judging(runtime: RuntimeDep) -> JudgingModelOut:
    """Give its identity, what it was trained and measured on, and by what it calls a carrier open."""
    manifest, settings = runtime.engine.manifest, runtime.settings
    more: dict[str, Any] = manifest.model_extra or {}
    measured = more.get("metrics", ())
    return JudgingModelOut(
        identity=manifest.identity,
        name=manifest.name,
        version=manifest.version,
        digest=manifest.digest,
        sha256=manifest.sha256,
        file_digest=manifest.file_digest,
        promoted=promoted_name(settings.data),
        fixed=settings.model is not None,
        signed=settings.model_key() is not None,
        trained=_plain(more.get("training")),
        calibrated_on=_plain(more.get("calibrated_on")),
        closed_up_to=manifest.calibration.unknown_low,
        open_from=manifest.calibration.unknown_high,
        golden_passages=len(manifest.golden_passages),
        metrics=[ModelMetricOut.model_validate(one) for one in measured if isinstance(one["value"], float)],
    )


@router.get(
    "/candidates",
    summary="What judges along, or judges, on any lift",
    tags=["candidates"],
    dependencies=VIEWER,
    responses=responses(401, 403, 503),
)
def all_candidates(runtime: RuntimeDep) -> AllCandidatesOut:
    """Give the candidates of every lift that are in shadow or were promoted, with what they said so far."""
    trials = runtime.parts.of(Trials)
    with runtime.store.reading() as session:
        names = {lift.id: lift.name for lift in lifts.listing(session)}
        found = candidates.at_work(session)
    items = []
    for one in found:
        live = trials.summary(one.lift_id, one.number, 0)
        shape = CandidateOut.of(one, live, trials.summary(one.lift_id, one.number))
        items.append(LiftCandidateOut(lift_name=names.get(one.lift_id, one.lift_id), **shape.model_dump()))
    return AllCandidatesOut(items=items)


def _plain(found: object) -> dict[str, Any]:
    """Return what a manifest says as numbers and words: lists of photographs are of no use to a reader."""
    if not isinstance(found, dict):
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str | int | float)}


def _checks(runtime: Runtime) -> AuditChecksOut:
    checks = runtime.parts.of(AuditCheck)
    now, last = checks.now, checks.last()
    shape = None
    if last is not None:
        at, by, found = last
        shape = AuditCheckOut.model_validate(
            {"at": at, "by": by, **{name: getattr(found, name) for name in found.__slots__}}
        )
    return AuditChecksOut(
        begun_at=None if now is None else now.begun_at, by="" if now is None else now.by.name, last=shape
    )
