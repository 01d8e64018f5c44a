"""Key figures, a lift's budget and escalated alarms in a real browser."""

import os
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lifts.schema import Lift
from service.domain.escalation.plan import EscalationCall, EscalationStep
from service.store import lifts
from service.store.alarms.escalating import escalate
from tests.service.api.operating.test_budgets import planted
from tests.service.console.conftest import Served
from tests.service.console.test_console import LIFT, PATIENCE_MS, open_lift, open_page

SCREENS = os.environ.get("SCREENS")
"""A folder for pictures of what the test sees."""


def picture(page: Page, name: str) -> None:
    if SCREENS:
        page.screenshot(path=str(Path(SCREENS) / f"{name}.png"), full_page=True)


@pytest.mark.slow
def test_what_an_operator_sees_and_sets(browser: Browser, served: Served) -> None:
    """A lift gets a budget after its price was seen; an alarm that waits says so; the figures have limits."""
    house = served.house
    house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    planted(house)
    alarm = house.raise_alarm("p1")
    page = open_page(browser, served.link())
    open_lift(page, served)
    panel = page.locator(".budget")
    panel.locator("summary").click()
    expect(panel).to_contain_text("none: judged as lifts are in general", timeout=PATIENCE_MS)
    panel.get_by_label("How many").fill("20")
    panel.get_by_role("button", name="What would it cost?").click()
    expect(panel.locator("tbody tr").first).to_contain_text("False alarms a day", timeout=PATIENCE_MS)
    picture(page, "budget-asked")
    panel.get_by_role("button", name="Judge the lift so").click()
    expect(panel.locator("summary")).to_contain_text("at most 20 false alarms a day", timeout=PATIENCE_MS)
    panel.get_by_label("How many").fill("0.01")
    panel.get_by_role("button", name="What would it cost?").click()
    expect(panel.get_by_role("status")).to_contain_text("So little cannot be promised", timeout=PATIENCE_MS)
    panel.get_by_role("button", name="Take the budget back").click()
    expect(panel.get_by_role("status")).to_contain_text("as lifts are in general", timeout=PATIENCE_MS)

    call = EscalationCall(alarm.id, 2, (EscalationStep(30), EscalationStep(60, (), "Anna")))
    house.store.write(partial(escalate, calls=[call])).result()
    banner = page.locator(f"[data-alarm='{alarm.id}'].banner")
    expect(banner).to_contain_text("step 2. Now Anna is to look.", timeout=PATIENCE_MS)
    expect(page).to_have_title("‼ 1 · Barwatch")
    picture(page, "escalated")

    page.get_by_role("link", name="Key figures").click()
    row = page.locator("tr[data-figure=peak_10_minutes]")
    expect(row).to_contain_text("good", timeout=PATIENCE_MS)
    assert row.locator("td").all_inner_texts() == ["1", "10", "10", "good"]
    expect(page.locator(".listed").first).to_contain_text("Bar open")
    picture(page, "figures")
    page.get_by_label("Lift").select_option("demo-quad")
    page.get_by_label("Time").select_option("1")
    expect(page.locator("tr[data-figure=per_hour]")).to_be_visible()
