"""What is said at the top and over every page; what moves nothing there, and is not pressed by mistake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lifts.schema import Lift
from service.domain.camera import CameraState
from service.domain.people import Role
from service.store import lifts
from tests.service.api.conftest import status_of
from tests.service.console.conftest import Served
from tests.service.console.test_console import LIFT, PATIENCE_MS, page, shown

pytestmark = pytest.mark.thorough

__all__ = ["page"]

BOXES = """() => [...document.querySelectorAll(
  ".top h1, main :is(a, button, summary, h2, h3, p, canvas):not(#banners *, .log *, time)"
)].filter((one) => one.checkVisibility()).map((one) => {
  const {left, top, width} = one.getBoundingClientRect();
  return [one.outerHTML.slice(0, 40), Math.round(left), Math.round(top), Math.round(width)];
})"""
# As soon as a banner is there, its button is pressed as by a hand that meant what was there before.
PRESS_AT_ONCE = """() => {
  window.pressed = 0;
  new MutationObserver(() => {
    const button = document.querySelector(".banner .acknowledge");
    if (!button || window.pressed) return;
    window.pressed += 1;
    button.dispatchEvent(new MouseEvent("click", { detail: 1, bubbles: true, cancelable: true }));
  }).observe(document.querySelector("#banners"), { childList: true, subtree: true });
}"""
FOOT_ABOVE_BANNERS = """() => {
  const of = (at) => document.querySelector(at).getBoundingClientRect();
  return of("footer button").bottom <= of("#banners").top;
}"""
REACTION = "() => new Promise((done) => setTimeout(done, 750))"


def settled(page: Page) -> list[Any]:
    """Return where everything is, once all that the page reads at first has come."""
    before: list[Any] = []
    while before != (now := page.evaluate(BOXES)) or not now:
        before = now
        page.evaluate(REACTION)
    return before


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_what_comes_moves_nothing(page: Page, served: Served, size: tuple[int, int]) -> None:
    """Alarms, a longer line at the top: all that somebody may be touching stays where it is."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    expect(page.get_by_role("link", name="Alarms 0 not acknowledged")).to_be_visible()
    shown(page, "#link[data-state=live]")
    before = settled(page)
    assert len(before) > 10
    served.house.raise_alarm("p-1")
    served.house.raise_alarm("p-2")
    expect(page.locator(".banner")).to_contain_text("2 open bars", timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Alarms 2 not acknowledged")).to_be_visible()
    expect(page.locator("#link")).to_contain_text("2 alarms stand")
    assert page.evaluate(BOXES) == before
    page.keyboard.press("End")  # what lies below a banner can be brought above it
    page.wait_for_function(FOOT_ABOVE_BANNERS)
    page.get_by_role("link", name="Alarms 2 not acknowledged").click()
    shown(page, ".lane.open .lane-row")


def test_what_came_below_a_resting_pointer_is_not_pressed(page: Page, served: Served) -> None:
    """A hand that meant the page, and hit the banner that came over it, acknowledges nothing."""
    served.house.raise_alarm("p-1")
    button = page.locator(".banner .acknowledge")
    button.click()
    expect(button).to_have_count(0)  # and the pointer stays there
    page.evaluate(PRESS_AT_ONCE)
    second = served.house.raise_alarm("p-2")
    page.wait_for_function("() => window.pressed === 1")
    page.evaluate(REACTION)
    assert served.house.call("GET", f"/alarms/{second.id}").json()["state"] == "active"
    button.click()
    expect(page.get_by_role("link", name="Alarms 0 not acknowledged")).to_be_visible()
    assert served.house.call("GET", f"/alarms/{second.id}").json()["state"] == "acknowledged"


@pytest.mark.parametrize("scope", ["lift", "camera"])
def test_out_of_service_hides_behind_nothing(page: Page, served: Served, scope: str) -> None:
    """A lift that a person took out of service and whose camera is lost is said to be both, everywhere."""
    house = served.house
    until = (datetime.now(UTC) + timedelta(hours=4)).isoformat()
    body = {"expiry": until, "reason": "rope inspection", "scope": scope}
    taken = house.call("POST", "/lifts/demo-quad/out-of-service", Role.OPERATOR, json=body)
    assert taken.status_code < 300, taken.text
    says = "Demo quad: out of service"
    expect(page.locator("#link")).to_contain_text(says, timeout=PATIENCE_MS)
    house.cameras.by_lift["demo-quad"] = status_of("demo-quad", CameraState.LOST)
    expect(page.locator("#link")).to_contain_text(f"{says}, camera lost", timeout=PATIENCE_MS)
    expect(page.locator(".card .pill")).to_have_text("camera lost")
    expect(page.locator(".card .out-of-service")).to_contain_text("rope inspection")
    page.get_by_role("link", name="All lifts").click()
    tile = page.locator(".tile .need")
    expect(tile).to_have_text("out of service rope inspection · camera lost", timeout=PATIENCE_MS)


def test_a_line_longer_than_its_place_is_turned_in_it(page: Page, served: Served) -> None:
    """Two of its lines are seen; keys, wheel and fingers show the rest. Nothing else moves or is covered."""
    page.set_viewport_size({"width": 390, "height": 844})
    shown(page, "#link[data-state=live]")
    line = page.locator("#link span")
    expect(line).to_have_attribute("data-cut", "false")
    before = settled(page)
    for n in range(4):
        lift = {**LIFT, "id": f"long-{n}", "name": f"Chairlift number {n} of an uncommonly long name"}
        served.house.store.write(partial(lifts.put, lift=Lift.model_validate(lift))).result()
        served.house.enrol(f"long-{n}")
        served.house.cameras.by_lift[f"long-{n}"] = status_of(f"long-{n}", CameraState.LOST)
    expect(line).to_have_attribute("data-cut", "true", timeout=PATIENCE_MS)
    assert page.evaluate(BOXES) == before
    line.focus()
    page.keyboard.press("End")
    page.wait_for_function(
        "() => { const line = document.querySelector('#link span');"
        " return line.scrollTop + line.clientHeight >= line.scrollHeight - 1 && line.scrollTop > 0; }"
    )
    assert page.evaluate(BOXES) == before
