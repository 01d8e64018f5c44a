"""What is kept for how long, how much of it there is, and what shows people."""

from __future__ import annotations

from fastapi import APIRouter

from service.administration.measuring import FolderMeasure
from service.api.deps import OPERATOR, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.administering.keeping import (
    KeptClassOut,
    LiftPrivacyOut,
    RetentionOut,
    SizesOut,
)
from service.store import lifts
from service.store.upkeep.amounts import AmountKept, KeptClass, amounts

router = APIRouter(tags=["health"])

VARIABLES = {
    KeptClass.PASSAGES: "retention_days",
    KeptClass.PICTURES: "retention_days",
    KeptClass.ALARMS: "retention_alarm_days",
    KeptClass.HEALTH_ALARMS: "retention_health_days",
    KeptClass.REVIEWS: "retention_review_days",
    KeptClass.CLIPS: "retention_clip_days",
}
"""The setting that says how long a class is kept; the others stay for good, or until they are let go."""


@router.get(
    "/retention",
    summary="What is kept, and for how long",
    dependencies=OPERATOR,
    responses=responses(401, 403, 503),
)
def retention(runtime: RuntimeDep) -> RetentionOut:
    """Give each class with its age, and each lift with whether people are hidden in what is stored of it.

    The folders are counted aside, at most once in a quarter of an hour, when somebody asks.
    """
    measure, settings = runtime.parts.of(FolderMeasure), runtime.settings
    measure.renew()
    with runtime.store.reading() as session:
        found, enrolled = amounts(session), lifts.listing(session)
    return RetentionOut(
        classes=[_kept(runtime, one) for one in found],
        sizes=None if measure.last is None else SizesOut.model_validate(measure.last),
        counting=measure.busy,
        clips_most_bytes=round(settings.clips_gb * 1e9),
        deleting=not runtime.clock.jump_s,
        hidden=settings.privacy == "blur",
        lifts=[_privacy(runtime, lift.id, lift.name, lift.privacy) for lift in enrolled],
    )


def _kept(runtime: Runtime, one: AmountKept) -> KeptClassOut:
    name = VARIABLES.get(one.kind)
    days = None if name is None else getattr(runtime.settings, name)
    if one.kind is KeptClass.CLIPS:
        days = runtime.settings.rules_of_clips().max_age_days
    variable = None if name is None else f"BARWATCH_{name.upper()}"
    return KeptClassOut(kind=one.kind, count=one.count, oldest=one.oldest, days=days, variable=variable)


def _privacy(runtime: Runtime, lift_id: str, name: str, own: str | None) -> LiftPrivacyOut:
    hidden = runtime.settings.privacy == "blur" if own is None else own == "blur"
    rules = runtime.settings.rules_of_clips("blur" if hidden else "none")
    return LiftPrivacyOut.model_validate(
        {
            "lift_id": lift_id,
            "name": name,
            "hidden": hidden,
            "own": own,
            "no_clips": rules.none,
            "clip_days": rules.max_age_days,
        }
    )
