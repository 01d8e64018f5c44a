"""A screen that nobody touches: it says what is so, or that it cannot, and keeps itself going."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from service.domain.people import Role
from tests.service.console import fleet
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, open_page, shown


@pytest.fixture
def wall(browser: Browser, served: Served) -> Page:
    """A wall with two lifts, signed in by a viewer's token."""
    fleet.fill(served.house, 2)
    page = open_page(browser, f"{served.url}/#/wall")
    page.get_by_label("API token").fill(served.house.tokens[Role.VIEWER])
    with page.expect_response("**/session/renew") as renewed:
        page.get_by_role("button", name="Sign in").click()
        shown(page, ".wall .tile[data-need=well]")
    assert renewed.value.status == 204
    return page


@pytest.mark.thorough
def test_it_has_nothing_to_touch_and_says_what_is_worst(wall: Page, served: Served) -> None:
    """No link, no button, no cursor, no scrolling; an alarm is named in letters for four metres."""
    assert wall.locator("a, button, input, select, summary, [tabindex='0']").count() == 0
    assert wall.evaluate("getComputedStyle(document.querySelector('.tile')).cursor") == "none"
    expect(wall.locator("#link")).to_have_text("All 2 lifts are watched · no alarm stands")
    fleet.alarm(served.house, fleet.lift_id(2))
    worst = wall.locator(".worst .critical")
    expect(worst).to_contain_text("Bar open · Gipfel 2", timeout=PATIENCE_MS)
    expect(wall.locator(".tile").first).to_have_attribute("data-need", "open")
    size_px, height_px = wall.evaluate(
        "[parseFloat(getComputedStyle(document.querySelector('.worst .critical')).fontSize), innerHeight]"
    )
    assert size_px / height_px > 1 / 30
    assert wall.evaluate(
        "document.documentElement.scrollHeight <= innerHeight && document.body.scrollWidth <= innerWidth"
    )
    wall.keyboard.press("Escape")
    shown(wall, ".overview")


@pytest.mark.thorough
def test_it_screams_when_no_alarm_can_arrive(wall: Page, served: Served) -> None:
    """The whole screen says it, and since when; nothing on it looks calm."""
    served.stop()
    lost = wall.locator(".lost")
    expect(lost.locator("strong")).to_have_text("NOT CONNECTED", timeout=PATIENCE_MS)
    expect(lost).to_contain_text("No alarm arrives here. Last word")
    assert lost.bounding_box() == {"x": 0, "y": 0, "width": 1280, "height": 720}
    expect(wall.locator(".tile[data-need=well]")).to_have_count(0)


@pytest.mark.thorough
def test_it_loads_itself_again_after_an_update(wall: Page, served: Served) -> None:
    """Once for each build: a proxy that serves old files does not keep it busy."""
    served.house.runtime.gate.changed()
    asked: list[str] = []

    def newer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body=json.dumps({"build": "another"}), content_type="application/json")

    wall.route("**/console/build.json", newer)
    loads: list[str] = []
    wall.on("framenavigated", lambda frame: loads.append(frame.url))
    wall.reload()
    with wall.expect_response("**/console/build.json"):
        shown(wall, ".wall .tile[data-need=well]")
    expect(wall.locator(".wall .tile[data-need=well]")).to_have_count(2, timeout=PATIENCE_MS)
    for _ in range(400):
        if len(asked) >= 2:
            break
        wall.wait_for_timeout(50)
    assert (len(asked), len(loads)) == (2, 2)


@pytest.mark.thorough
def test_a_person_is_told_that_the_screen_will_go_dark(browser: Browser, served: Served) -> None:
    """Who came by a link, or may do more than look, is not kept signed in for ever."""
    fleet.fill(served.house, 1)
    page = open_page(browser, served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/wall")
    expect(page.get_by_text("sign in with a viewer's token")).to_be_visible(timeout=PATIENCE_MS)
