"""Finds the band of probabilities that follows from a lift's budget (`lifts.decision.budgets`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from lifts.decision.budgets.choosing import (
    BudgetOutcome,
    BudgetRefusal,
    BudgetRefusedError,
    BudgetWish,
    band_cost,
    choose,
)
from lifts.decision.budgets.rates import LiftEvidence, ThresholdCost, gather
from lifts.decision.calibration import Calibration
from service.domain.errors import ConflictError
from service.domain.masks import BudgetVersion, MaskVersion
from service.inference.artefact import Manifest
from service.store import budgets

MAX_PASSAGES = 50_000
"""The newest are used; a busy lift has them in two weeks, and they are read in about a second."""

OPERATING_HOURS = 8
"""A day of operation, where none has been seen to its end yet."""

_SENTENCES = {
    BudgetRefusal.TOO_FEW_PASSAGES: "{seen:.0f} carriers that may be occupied were judged as the lift is "
    "judged now; a budget takes {needed:.0f}",
    BudgetRefusal.TOO_FEW_OPEN: "{seen:.0f} of the lift's carriers were open; a budget takes {needed:.0f}",
    BudgetRefusal.TOO_FEW_REVIEWED: "{seen:.0f} of the lift's carriers were reviewed; a budget takes "
    "{needed:.0f}",
    BudgetRefusal.TOO_FEW_FOR_WISH: "so little cannot be promised from {seen:.0f} carriers; it takes "
    "{needed:.0f}",
    BudgetRefusal.CANNOT_BE_MET: "open and closed carriers look too much alike on this lift: at most "
    "{wish:g} cannot be had, {best:.3g} could",
    BudgetRefusal.TOO_MANY_MISSED: "{missed:.0f} of 1,000 open carriers might be missed; more than "
    "{most:.0f} are not allowed",
    BudgetRefusal.MORE_THAN_ACCEPTED: "{missed:.0f} of 1,000 open carriers might be missed, more than the "
    "{most:.0f} that were accepted: choose the budget again",
    BudgetRefusal.TOO_MANY_FALSE_ALARMS: "{false_alarms:.0f} false alarms a day would come; more than "
    "{most:.0f} nobody hears",
}


def evidence_of(session: Session, masks: MaskVersion, manifest: Manifest) -> LiftEvidence:
    """Return what the lift's passages say, judged as it is judged now.

    Raises:
        ConflictError: the model holds no prior for the clusters.
        NotFoundError: there is no such lift.
    """
    prior = manifest.calibration.clusters
    if prior is None:
        raise ConflictError("this model holds no prior for the clusters: export it again", "no_prior")
    models, since = (masks.model, *manifest.formerly), budgets.judged_since(session, masks.lift_id)
    found = budgets.margins(session, masks.lift_id, masks.version, models, since, MAX_PASSAGES)
    return gather(
        [one.margin for one in found],
        [one.is_open for one in found],
        carriers_a_day(one.seen_at for one in found),
        prior,
    )


def calibration_of(masks: MaskVersion, manifest: Manifest) -> Calibration:
    """Return the calibration that the lift's margins are judged by, with the model's own band."""
    site = masks.site
    if site is None:
        return manifest.calibration
    return manifest.calibration.with_threshold(site.calibration.fit.threshold)


def find_budget(
    wish: BudgetWish, evidence: LiftEvidence, masks: MaskVersion, manifest: Manifest, by: str
) -> BudgetVersion:
    """Return the budget that follows from a wish, not stored yet.

    Raises ConflictError, whose code is a BudgetRefusal: too little is known, or the wish cannot be met.
    """
    try:
        found: BudgetOutcome = choose(wish, evidence, calibration_of(masks, manifest))
    except BudgetRefusedError as error:
        raise ConflictError(sentence_of(error), error.reason.value, **error.parameters) from error
    return version_of(found, wish, masks, by)


def sentence_of(refusal: BudgetRefusedError) -> str:
    """Return in words why no threshold follows."""
    return _SENTENCES[refusal.reason].format_map(refusal.parameters)


def version_of(found: BudgetOutcome, wish: BudgetWish, masks: MaskVersion, by: str) -> BudgetVersion:
    """Return an outcome as a budget of the lift, not stored yet."""
    return BudgetVersion(
        lift_id=masks.lift_id,
        version=0,
        wish=wish,
        mask_version=masks.version,
        model=masks.model,
        site_version=masks.site_version,
        band=found.band,
        threshold=found.threshold,
        cost=found.cost,
        default=found.default,
        numbers=found.numbers,
        by=by,
        active=False,
        created_at=datetime.now(UTC),
    )


def cost_now(evidence: LiftEvidence, masks: MaskVersion, manifest: Manifest) -> ThresholdCost | None:
    """Return what the band costs that the lift is judged by now; None without any passage."""
    if not len(evidence.margins):
        return None
    own = calibration_of(masks, manifest).with_band(masks.lift_references().band)
    return band_cost(evidence, own, own.unknown_low, own.unknown_high)


def carriers_a_day(seen_at: Iterable[datetime]) -> float:
    """Return how many carriers a day of operation has: the most of any day (UTC).

    Where all are of one day, which may not be over, what its hours show is carried on to OPERATING_HOURS.
    """
    times = list(seen_at)
    days, hours = Counter(at.date() for at in times), {(at.date(), at.hour) for at in times}
    busiest = float(max(days.values(), default=0))
    if len(days) == 1:
        return max(busiest, OPERATING_HOURS * len(times) / len(hours))
    return busiest
