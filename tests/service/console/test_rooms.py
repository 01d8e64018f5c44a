"""Rooms of what once took the API: escalation, a lift's control, candidates. In a real browser."""

from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from lifts.schema import Lift
from service.domain.escalation.plan import EscalationCall, EscalationStep
from service.domain.people import Role
from service.store import lifts
from service.store.alarms.escalating import escalate
from tests.service.api.conftest import House
from tests.service.console.conftest import Served
from tests.service.console.test_accessibility import SCREENS, SIZES, findings, small, take_picture
from tests.service.console.test_console import LIFT, PATIENCE_MS


@pytest.fixture
def house(served: Served) -> House:
    """A lift with masks and no passages."""
    served.house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    assert served.house.enrol("demo-quad").status_code == 201
    return served.house


def room(browser: Browser, served: Served, address: str, role: Role = Role.ADMIN) -> Page:
    """The page at an address, as somebody who has just signed in."""
    page = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(served.link(role))
    expect(page.locator("#who")).to_contain_text(role.value)
    page.goto(f"{served.url}/#{address}")
    return page


def everybody_can_use(page: Page, name: str) -> None:
    """No finding of axe-core, no target that a glove misses, nothing beyond the edge of a phone."""
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert findings(page) == []
        for size in SIZES if SCREENS else ():
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            take_picture(page, Path(SCREENS or "") / f"{name}-{size}-{scheme}.png")
    width, height = SIZES["phone"]
    page.set_viewport_size({"width": width, "height": height})
    assert small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_rule_of_escalation_is_set_and_a_standing_alarm_shows_its_step(
    browser: Browser, served: Served, house: House
) -> None:
    """A wrong time is said at its field, which gets the keyboard; whom each step reaches stands there."""
    alarm = house.raise_alarm("p1")
    house.call(
        "POST",
        "/outputs",
        json={
            "id": "pager",
            "kind": "webhook",
            "name": "Pager",
            "settings": {"url": "https://hook.example/"},
        },
    )
    page = room(browser, served, "/escalation")
    waits = page.locator(f"[data-waits='{alarm.id}']")
    expect(waits).to_contain_text("no step yet · step 1 comes after 1 min")
    page.get_by_label("Alarms of").select_option("demo-quad")
    after = page.get_by_label("After how many seconds")
    after.fill("0")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text("At least 5.")).to_be_visible()
    expect(after).to_be_focused()
    everybody_can_use(page, "escalation-refused")
    after.fill("15")
    page.get_by_role("button", name="Add a step").click()
    page.get_by_label("After how many seconds").nth(1).fill("15")
    page.get_by_label("Who is to look").nth(1).fill("Anna")
    page.get_by_label("Pager").nth(1).check()
    page.get_by_role("button", name="Save the rule").press("Enter")
    expect(page.get_by_text("Each step has to come later than the one before.")).to_be_visible()
    page.get_by_label("After how many seconds").nth(1).fill("90")
    page.get_by_role("button", name="Save the rule").press("Enter")
    rule = page.locator(".entries li").filter(has_text="Demo quad")
    expect(rule).to_contain_text(
        "After 1 min 30 s: the page becomes louder, Anna is to look, Pager gets the alarm"
    )
    (stored,) = house.call("GET", "/escalation").json()["rules"]
    assert stored == {
        "lift_id": "demo-quad",
        "priority": None,
        "steps": [
            {"after_s": 15.0, "outputs": [], "person": ""},
            {"after_s": 90.0, "outputs": ["pager"], "person": "Anna"},
        ],
    }
    steps = (EscalationStep(15), EscalationStep(90, ("pager",), "Anna"))
    house.store.write(partial(escalate, calls=[EscalationCall(alarm.id, 2, steps)])).result()
    expect(waits).to_contain_text("at step 2 of 2 · Anna is to look · Pager got it · nobody else is called")
    expect(rule.locator("[data-here=true]")).to_contain_text("1 alarm is at this step")
    rule.get_by_role("button", name="Change").click()
    everybody_can_use(page, "escalation")
    rule.get_by_role("button", name="Delete").click()
    expect(rule).to_have_count(0)
    assert house.call("GET", "/escalation").json()["rules"] == []
