"""A lift's self-test and candidates in a real browser: run one, see what failed, and what looks swapped."""

import pytest
from playwright.sync_api import Browser, expect

from lifts.decision.verdict import Verdict
from service.domain.people import Role
from service.trials.whole import Trials
from tests.service.api.conftest import House
from tests.service.console.conftest import Served
from tests.service.console.test_console import LIFT, PATIENCE_MS, open_lift, open_page
from tests.service.console.test_site_calibration import house as watched
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, png

pytestmark = pytest.mark.slow
house = watched


def test_a_test_now_and_a_candidate_that_looks_swapped(
    browser: Browser, served: Served, house: House
) -> None:
    """The panel says both, by keyboard alone; dropping a candidate takes it away."""
    drawn = {"open": ("o.png", png(draw_mask(CLOSE_Y))), "close": ("c.png", png(draw_mask(OPEN_Y)))}
    house.enrol(files=drawn)
    house.call("POST", "/lifts/demo-quad/masks/1/activate")
    for number in range(6):
        house.add_passage(f"p-{number}", Verdict.OPEN)
    house.call("POST", "/lifts/demo-quad/candidates", json={"kind": "masks", "version": 2, "shadow": False})
    house.call("POST", "/lifts/demo-quad/replays", json={"candidate": 1})
    while house.runtime.parts.of(Trials).replaying.step():
        pass
    page = open_page(browser, served.link(Role.ADMIN))
    open_lift(page, served)
    panel = page.locator(f"[data-lift={LIFT['id']}] .trials")
    summary = panel.locator("> summary")
    expect(summary).to_contain_text("none yet", timeout=PATIENCE_MS)
    summary.press("Enter")
    panel.get_by_role("button", name="Test now").press("Enter")
    expect(summary).to_contain_text("incomplete", timeout=PATIENCE_MS)
    expect(panel.locator(".checks")).to_contain_text("no stored carrier is known to be closed")
    one = panel.locator("[data-candidate='1']")
    expect(one).to_have_attribute("data-swapped", "true")
    expect(one).to_contain_text("Looks swapped: 6 of 6 verdicts are the opposite")
    expect(one).to_contain_text("Replay done: 6 stored carriers.")
    one.get_by_role("button", name="Use it").press("Enter")
    expect(panel.locator(".outcome")).to_contain_text("it looks swapped", timeout=PATIENCE_MS)
    one.get_by_role("button", name="Drop").press("Enter")
    expect(one).to_have_count(0, timeout=PATIENCE_MS)
