"""The panel of a lift's site calibration in a real browser: two clusters, GO or NO-GO, and using it."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.clusters import fit_clusters
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import Verdict
from lifts.schema import Lift
from service.domain.masks import SiteCalibrationVersion
from service.domain.people import Role
from service.domain.trials.candidate import Comparison
from service.store import lifts, passages, site_calibrations
from service.store.trials import comparisons
from service.store.trials.comparisons import LIVE
from tests.service.api.conftest import House
from tests.service.console.conftest import Served
from tests.service.console.test_console import LIFT, PATIENCE_MS, open_lift, open_page

pytestmark = pytest.mark.thorough

LIFT_ID = "demo-quad"


@pytest.fixture
def house(served: Served) -> House:
    """A lift with masks and no passages."""
    served.house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    assert served.house.enrol(LIFT_ID).status_code == 201
    served.house.arm(LIFT_ID)
    return served.house


def propose(house: House, *, apart: float = 1.2, **changes: Any) -> SiteCalibrationVersion:
    """Store a proposal from 150 closed and 50 open carriers whose clusters are so far apart."""
    manifest = house.engine.manifest
    assert manifest.calibration.clusters is not None
    rng = np.random.default_rng(3)
    margins = np.concatenate([rng.normal(0.2, 0.1, 50), rng.normal(0.2 + apart, 0.1, 150)])
    site = SiteCalibration(fit_clusters(margins, manifest.calibration.clusters))
    found = SiteCalibrationVersion(
        LIFT_ID, 0, 1, manifest.identity, site, tuple(margins.tolist()), 12, False, datetime.now(UTC)
    )
    return house.store.write(partial(site_calibrations.add, found=replace(found, **changes))).result()


def watch(house: House, numbers: range) -> None:
    """Store passages that were judged by the lift's masks."""
    for number in numbers:
        record = house.add_passage(f"template-{number}", Verdict.CLOSED)
        judgement = replace(record.judgement, model=house.engine.manifest.identity)
        record = replace(record, id=f"watched-{number}", judgement=judgement)
        house.store.write(partial(passages.add, record=record)).result()


def opened(browser: Browser, served: Served, role: Role = Role.OPERATOR) -> tuple[Page, Locator]:
    """The page and the lift's panel, opened by the keyboard alone."""
    page = open_page(browser, served.link(role))
    open_lift(page, served)
    panel = page.locator(f"[data-lift={LIFT_ID}] .own")
    summary = panel.locator("summary")
    # Hidden until the first answer is there, and what is hidden takes no key.
    expect(summary).to_be_visible(timeout=PATIENCE_MS)
    expect(summary).to_contain_text("what this lift's own carriers say")
    summary.press("Enter")
    expect(panel).to_have_attribute("open", "")
    return page, panel


def button(panel: Locator, name: str) -> Locator:
    return panel.get_by_role("button", name=f"{name}: Demo quad")


def test_the_two_clusters_are_shown_and_gone_by(browser: Browser, served: Served, house: House) -> None:
    """Bars on both sides of the threshold, in words too; the operator goes by it, and back to the masks."""
    found = propose(house)
    _, panel = opened(browser, served)
    picture = panel.get_by_role("img", name="Margins of 200 carriers: 50 below the threshold")
    expect(picture).to_be_visible(timeout=PATIENCE_MS)
    for part in (".bar.open", ".bar.closed", ".threshold", ".zero"):
        expect(picture.locator(part).first).to_be_attached()
    line = float(picture.locator(".threshold").get_attribute("x1") or 0)
    assert float(picture.locator(".zero").get_attribute("x1") or 0) < line
    for bar in picture.locator(".bar.open").all():
        ends = float(bar.get_attribute("x") or 0) + float(bar.get_attribute("width") or 0)
        assert ends <= line + 0.2
    heights = picture.locator(".bar").evaluate_all(
        "bars => bars.map((bar) => Number(bar.getAttribute('height')))"
    )
    assert max(heights) == pytest.approx(112, abs=0.1)
    expect(panel.locator(".decision")).to_contain_text("GO: the two clusters overlap by less than 0.1%")
    expect(panel.locator(".origin")).to_contain_text("from 200 carriers, 12 of them reviewed · 25% open")
    expect(panel.locator(".use")).to_have_text("Not in use: the lift is judged by its masks alone.")
    expect(button(panel, "Use the masks alone")).to_be_hidden()

    button(panel, "Use this calibration").press("Enter")
    expect(panel.locator(".use")).to_have_text("In use: the lift is judged by this threshold.")
    expect(panel.locator("summary")).to_contain_text("GO · in use")
    expect(button(panel, "Use this calibration")).to_be_hidden()
    masks = house.runtime.pipeline.active_masks(LIFT_ID)
    assert masks is not None
    assert masks.site is not None
    assert masks.site.version == found.version
    expect(button(panel, "Recalculate")).to_be_focused()

    button(panel, "Use the masks alone").click()
    expect(panel.locator(".use")).to_have_text("Not in use: the lift is judged by its masks alone.")
    expect(panel.get_by_role("status")).to_contain_text("by its masks alone from now on")
    masks = house.runtime.pipeline.active_masks(LIFT_ID)
    assert masks is not None
    assert masks.site is None


def test_a_proposal_is_compared_as_a_candidate(browser: Browser, served: Served, house: House) -> None:
    """It decides nothing; what it judges otherwise is counted and listed, until somebody ends that."""
    propose(house)
    page, panel = opened(browser, served)
    button(panel, "Compare in shadow").press("Enter")
    expect(panel.locator(".shadow")).to_contain_text("see the candidates below", timeout=PATIENCE_MS)
    expect(button(panel, "Compare in shadow")).to_have_count(0)
    expect(panel.locator(".use")).to_have_text("Not in use: the lift is judged by its masks alone.")
    said = [
        Comparison(f"watched-{number}", datetime.now(UTC), Verdict.CLOSED, 0.9, other, 0.9)
        for number, other in enumerate((Verdict.CLOSED, Verdict.OPEN))
    ]
    keep = partial(comparisons.add, lift_id=LIFT_ID, candidate=1, replay=LIVE, found=said)
    house.store.write(keep).result()
    trials = page.locator(f"[data-lift={LIFT_ID}] .trials")
    expect(trials.locator("summary").first).to_contain_text("1 candidate")
    trials.locator("summary").first.press("Enter")
    one = trials.locator("[data-candidate='1']")
    one.get_by_role("button", name="Judge along no longer").press("Enter")
    expect(one).to_contain_text("2 carriers compared, 1 judged otherwise", timeout=PATIENCE_MS)
    one.get_by_text("Where it differs").press("Enter")
    expect(one.locator(".disagreements li")).to_contain_text("decided closed, the candidate open")
    masks = house.runtime.pipeline.active_masks(LIFT_ID)
    assert masks is not None
    assert masks.site is None


def test_clusters_that_overlap_are_no_go(browser: Browser, served: Served, house: House) -> None:
    """The reason is shown, and what the lift is judged by instead: here an earlier threshold."""
    propose(house)
    house.call("POST", f"/lifts/{LIFT_ID}/site-calibrations/1/activate", Role.OPERATOR)
    propose(house, apart=0.3)
    _, panel = opened(browser, served)
    expect(panel.locator("summary")).to_contain_text("NO-GO · not in use", timeout=PATIENCE_MS)
    expect(panel.locator(".decision")).to_have_text(
        re.compile(r"NO-GO: the two clusters overlap by \d+\.\d%, too much")
    )
    expect(panel.locator(".use")).to_contain_text("judged by an earlier threshold")
    expect(button(panel, "Use the masks alone")).to_be_visible()


def test_a_viewer_sees_the_clusters_and_no_button(browser: Browser, served: Served, house: House) -> None:
    """The same words and picture, and nothing to press."""
    propose(house)
    _, panel = opened(browser, served, Role.VIEWER)
    expect(panel.get_by_role("img")).to_be_visible(timeout=PATIENCE_MS)
    expect(panel.locator(".use")).to_have_text("Not in use: the lift is judged by its masks alone.")
    expect(panel.locator("button")).to_have_count(0)


def test_before_there_is_any_the_missing_carriers_are_counted(
    browser: Browser, served: Served, house: House
) -> None:
    """Too early: the panel says how many are still needed; proposals of other masks are not shown."""
    propose(house, model="another")
    propose(house, mask_version=7)
    watch(house, range(13))
    _, panel = opened(browser, served)
    expect(panel.locator("summary")).to_contain_text("nothing yet", timeout=PATIENCE_MS)
    expect(panel.locator(".use")).to_contain_text("No proposal yet")
    expect(panel.get_by_role("img")).to_have_count(0)
    expect(button(panel, "Use this calibration")).to_be_hidden()
    button(panel, "Recalculate").click()
    expect(panel.get_by_role("status")).to_have_text(
        "Too early: 13 of 20 carriers seen well enough so far, 7 still needed.", timeout=PATIENCE_MS
    )
    watch(house, range(13, 20))
    button(panel, "Recalculate").click()
    expect(panel.get_by_role("img")).to_be_visible(timeout=PATIENCE_MS)
    expect(panel.get_by_role("status")).to_have_text("Calculated from 20 carriers.")


def test_an_operator_sees_where_the_bar_was_seen(browser: Browser, served: Served, house: House) -> None:
    """A button lays the network's map over the pictures of the last carrier, and takes it away again."""
    house.add_passage()
    page = open_page(browser, served.link(Role.VIEWER))
    open_lift(page, served)
    card = page.locator(f"[data-lift={LIFT_ID}]")
    button = card.get_by_role("button", name="Where was the bar seen?")
    expect(button).to_be_visible(timeout=PATIENCE_MS)
    seen = card.locator(".pictures .seen")
    expect(seen).to_have_count(3)
    expect(seen.first).to_be_hidden()
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(seen.first).to_be_visible()
    expect(seen.first).to_have_js_property("naturalWidth", 200)
    button.press("Enter")
    expect(seen.first).to_be_hidden()


def test_separate_clusters_are_no_go_for_a_lift_that_is_not_armed(
    browser: Browser, served: Served, house: House
) -> None:
    """Swapped masks separate the carriers as well as the correct ones: the panel says why there is no GO."""
    propose(house)
    counts = {"open": 1, "open_wrong": 1, "closed": 1, "closed_wrong": 1}
    house.arm(LIFT_ID, Arming(ArmingReason.MASKS_SWAPPED, counts))
    _, panel = opened(browser, served)
    expect(panel.locator(".short")).to_have_text("NOT ARMED · not in use", timeout=PATIENCE_MS)
    expect(panel.locator(".decision")).to_contain_text("but the lift is not armed: the masks are swapped")
    expect(panel.locator(".decision")).to_have_attribute("data-go", "false")
