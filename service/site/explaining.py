"""By which thresholds a stored passage was decided."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lifts.decision.calibration import Calibration, VerdictBand
from lifts.decision.verdict import Judgement, Verdict
from service.inference.artefact import Manifest
from service.store import budgets, site_calibrations
from service.store.records import PassageRecord

SAME = 1e-9
"""Probabilities closer than this come from the same numbers: they are computed alike and stored in full."""


@dataclass(frozen=True, slots=True)
class PassageDecision:
    """The thresholds that a passage's margin was compared with.

    open_up_to: the bar was open up to this margin. closed_from: closed from this one on.
    probability_open: of the margin, calibrated, 0..1. site_version: the lift's own calibration; 0: none.
    """

    open_up_to: float
    closed_from: float
    probability_open: float
    site_version: int


def decision_of(session: Session, record: PassageRecord, manifest: Manifest) -> PassageDecision | None:
    """Return the thresholds of a passage's verdict, or None where they are not known any more.

    A passage does not say which site calibration judged it. So each that may have is tried: only one whose
    probability of this margin is the stored confidence is believed, and only if no other one explains it too.

    Raises StoreError.
    """
    judgement = record.judgement
    models = (manifest.identity, *manifest.formerly)
    if judgement.model not in models or (judgement.verdict is Verdict.UNKNOWN and judgement.margin == 0):
        return None
    band = _band(session, record)
    if judgement.budget and band is None:
        return None
    candidates = {0: manifest.calibration}
    for version in site_calibrations.history(session, record.lift_id).items:
        if (version.mask_version, version.model in models) == (judgement.mask_version, True):
            threshold = version.calibration.fit.threshold
            candidates[version.version] = manifest.calibration.with_threshold(threshold)
    found = {
        version: calibration.with_band(band)
        for version, calibration in candidates.items()
        if _explains(calibration, judgement)
    }
    if len({(one.scale, one.offset) for one in found.values()}) != 1:
        return None
    site_version, calibration = max(found.items(), key=lambda item: item[0])
    if not 0 < calibration.unknown_low <= calibration.unknown_high < 1:
        return None
    return PassageDecision(
        open_up_to=calibration.margin_of(calibration.unknown_high),
        closed_from=calibration.margin_of(calibration.unknown_low),
        probability_open=calibration.probability_open(judgement.margin),
        site_version=site_version,
    )


def _explains(calibration: Calibration, judgement: Judgement) -> bool:
    p_open = calibration.probability_open(judgement.margin)
    if judgement.verdict is Verdict.UNKNOWN:
        return abs(max(p_open, 1 - p_open) - judgement.confidence) < SAME
    confidence = p_open if judgement.verdict is Verdict.OPEN else 1 - p_open
    return abs(confidence - judgement.confidence) < SAME


def _band(session: Session, record: PassageRecord) -> VerdictBand | None:
    if not record.judgement.budget:
        return None
    history = budgets.history(session, record.lift_id).items
    return next((one.band for one in history if one.version == record.judgement.budget), None)
