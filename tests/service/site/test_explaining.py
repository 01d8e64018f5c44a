"""The thresholds beside a stored margin are those that made its verdict, or none."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest

from lifts.decision.clusters import fit_clusters
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import Verdict
from service.domain.masks import SiteCalibrationVersion
from service.site.explaining import PassageDecision, decision_of
from service.store import site_calibrations
from service.store.records import PassageRecord
from tests.service.api.conftest import House, house, make_house

__all__ = ["house", "make_house"]


@pytest.fixture
def lift(house: House) -> House:
    assert house.enrol().status_code == 201
    return house


def learnt(house: House) -> float:
    """Store a site calibration; return its threshold."""
    manifest = house.engine.manifest
    rng = np.random.default_rng(3)
    margins = np.concatenate([rng.normal(0.2, 0.1, 50), rng.normal(1.4, 0.1, 150)])
    site = SiteCalibration(fit_clusters(margins, manifest.calibration.clusters))
    found = SiteCalibrationVersion(
        "demo-quad", 0, 1, manifest.identity, site, tuple(margins.tolist()), 0, False, datetime.now(UTC)
    )
    house.store.write(partial(site_calibrations.add, found=found)).result()
    return site.fit.threshold


def judged(house: House, margin: float, p_open: float, verdict: Verdict = Verdict.OPEN) -> PassageRecord:
    record = house.add_passage()
    confidence = {Verdict.OPEN: p_open, Verdict.CLOSED: 1 - p_open}.get(verdict, max(p_open, 1 - p_open))
    model = house.engine.manifest.identity
    judgement = replace(record.judgement, margin=margin, confidence=confidence, verdict=verdict, model=model)
    return replace(record, judgement=judgement)


def decision(house: House, record: PassageRecord) -> PassageDecision | None:
    with house.store.reading() as session:
        return decision_of(session, record, house.engine.manifest)


def test_the_masks_alone_explain_what_they_decided(lift: House) -> None:
    """A margin just at a threshold has just the band's probability, and the verdict changes there."""
    calibration = lift.engine.manifest.calibration
    found = decision(lift, judged(lift, -0.4, calibration.probability_open(-0.4)))
    assert found is not None
    assert found.site_version == 0
    assert found.open_up_to <= found.closed_from
    assert calibration.probability_open(found.open_up_to) == pytest.approx(calibration.unknown_high)
    assert calibration.probability_open(found.closed_from) == pytest.approx(calibration.unknown_low)
    assert calibration.verdict_of(calibration.probability_open(found.open_up_to - 1e-6)) is Verdict.OPEN
    assert calibration.verdict_of(calibration.probability_open(found.closed_from + 1e-6)) is Verdict.CLOSED


def test_a_lifts_own_calibration_is_known_by_the_confidence_that_it_gave(lift: House) -> None:
    """Of masks alone and own calibration, that one is named whose probability is what was stored."""
    threshold = learnt(lift)
    own = lift.engine.manifest.calibration.with_threshold(threshold)
    for verdict, margin in ((Verdict.OPEN, threshold - 0.2), (Verdict.CLOSED, threshold + 0.2)):
        found = decision(lift, judged(lift, margin, own.probability_open(margin), verdict))
        assert found is not None
        assert found.site_version == 1
        assert found.open_up_to == pytest.approx(own.margin_of(own.unknown_high))


def test_what_nothing_explains_has_no_thresholds(lift: House) -> None:
    """A confidence that no calibration gives, a budget that is gone, another model: nothing is made up."""
    calibration = lift.engine.manifest.calibration
    record = judged(lift, -0.4, calibration.probability_open(-0.4))
    assert decision(lift, record) is not None
    for changes in ({"confidence": 0.5123}, {"budget": 7}, {"model": "another-1"}):
        other = replace(record, judgement=replace(record.judgement, **changes))
        assert decision(lift, other) is None


def test_the_api_says_the_same(lift: House) -> None:
    """GET /passages/{id}/decision has the margin, and null where thresholds are not known."""
    lift.add_passage("p-1")
    answer = lift.call("GET", "/passages/p-1/decision").json()
    assert (answer["margin"], answer["open_up_to"], answer["mask_version"]) == (-0.8, None, 1)
