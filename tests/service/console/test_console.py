"""The operators' page in a real browser."""

import re
from functools import partial

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from lifts.decision.verdict import Verdict
from lifts.schema import Lift
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState, Snapshot
from service.domain.people import Role
from service.store import lifts
from tests.service.api.conftest import status_of
from tests.service.console.conftest import PATIENCE_MS as PATIENCE_MS  # noqa: PLC0414 - others take it from here
from tests.service.console.conftest import Served


def open_page(browser: Browser, address: str) -> Page:
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    if "#key=" in address:
        shown(page, "#watch")  # who goes elsewhere before the key is exchanged is not signed in
    return page


def open_lift(page: Page, served: Served, lift_id: str = "demo-quad") -> None:
    """Go to a lift's own page, once somebody is signed in."""
    shown(page, "#watch")
    page.goto(f"{served.url}/#/lifts/{lift_id}")
    shown(page, ".card .verdict")  # all of it was read


@pytest.fixture
def page(browser: Browser, served: Served) -> Page:
    """A lift's own page, of a signed-in operator; its camera is live."""
    house = served.house
    house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    house.enrol()
    house.arm()
    house.cameras.by_lift["demo-quad"] = status_of("demo-quad")
    jpeg = cv2.imencode(".jpg", np.full((90, 160, 3), 128, np.uint8))[1].tobytes()
    house.runtime.pipeline.on_event(Snapshot("demo-quad", jpeg, 0.0))
    page = open_page(browser, served.link())
    open_lift(page, served)
    return page


LIFT = {
    "id": "demo-quad",
    "name": "Demo quad",
    "camera": {"url": "rtsp://camera.example/x", "width": 640, "height": 480},
}


def shown(page: Page, selector: str) -> None:
    expect(page.locator(selector).first).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.thorough
def test_the_link_signs_in_and_leaves_the_address_bar(page: Page) -> None:
    """One link opens the page; its key is gone from the address; the feed says that it is live."""
    shown(page, "#link[data-state=live]")
    assert "key=" not in page.url
    expect(page.locator("#who")).to_have_text("the operator (operator)")
    expect(page.locator(".card h3")).to_have_text("Demo quad")
    expect(page.locator(".card .view")).to_be_visible(timeout=PATIENCE_MS)


def test_an_alarm_arrives_and_is_acknowledged(page: Page, served: Served) -> None:
    """The banner cannot be overlooked, shows the evidence, and goes when the operator acknowledges."""
    shown(page, "#link[data-state=live]")
    record = served.house.add_passage("p-1")
    alarm = served.house.raise_alarm("p-1")
    shown(page, ".banner.critical")
    expect(page.locator(".banner.critical strong")).to_contain_text("Bar open · Demo quad")
    assert page.title().startswith("▲ 1")
    expect(page.locator(".pictures img:not(.seen)")).to_have_count(len(record.pictures), timeout=PATIENCE_MS)
    expect(page.locator(".verdict")).to_have_text("open")
    page.locator(".banner .acknowledge").click()
    expect(page.locator(".banner")).to_have_count(0)
    expect(page.locator(f"[data-alarm='{alarm.id}'] .state")).to_have_text("acknowledged")
    found = served.house.call("GET", f"/alarms/{alarm.id}").json()
    assert (found["state"], found["events"][-1]["actor"]) == ("acknowledged", "the operator")


@pytest.mark.thorough
def test_an_alarm_before_the_lifts_are_known_gets_its_name_later(page: Page, served: Served) -> None:
    """The alarm is shown at once with the lift's id, and with its name as soon as that has been read."""
    shown(page, "#link[data-state=live]")
    served.house.add_passage("p-1")
    served.house.raise_alarm("p-1")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/overview"), hold)
    page.reload()
    expect(page.locator(".banner.critical strong")).to_contain_text("Bar open · demo-quad")
    for route in held:
        route.continue_()
    page.unroute(re.compile(r"/overview"))
    expect(page.locator(".banner.critical strong")).to_contain_text("Bar open · Demo quad")


@pytest.mark.thorough
def test_silence_never_looks_like_safety(page: Page, served: Served) -> None:
    """A lost camera and a lost service are reported in words, at once and unmistakably."""
    shown(page, "#link[data-state=live]")
    served.house.cameras.by_lift["demo-quad"] = status_of("demo-quad", CameraState.LOST)
    expect(page.locator("#link")).to_contain_text(
        "0 of 1 lifts watched · Demo quad: camera lost", timeout=PATIENCE_MS
    )
    served.stop()
    expect(page.locator("#link")).to_contain_text("NOT CONNECTED", timeout=PATIENCE_MS)
    expect(page.locator("body")).to_have_class(re.compile("not-connected"))
    assert "not connected" in page.title()


@pytest.mark.thorough
def test_what_was_missed_arrives_after_the_feed_was_cut(page: Page, served: Served) -> None:
    """The feed is cut and comes back by itself; alarms of the meantime are there."""
    page.clock.install()
    page.reload()
    shown(page, "#link[data-state=live]")
    page.context.set_offline(True)
    page.clock.fast_forward(11_000)  # no heartbeat for as long as two take
    expect(page.locator("#link")).to_contain_text("NOT CONNECTED", timeout=PATIENCE_MS)
    served.house.raise_alarm("p-missed")
    served.house.raise_alarm(None, AlarmKind.CAMERA_FROZEN)
    page.context.set_offline(False)
    expect(page.locator("#link")).to_contain_text("2 alarms stand", timeout=PATIENCE_MS)
    expect(page.locator(".banner")).to_have_count(2, timeout=PATIENCE_MS)


@pytest.mark.thorough
def test_signing_in_by_token_and_out(browser: Browser, served: Served) -> None:
    """A wrong token is refused with a reason; a viewer sees alarms but no button; signing out ends it."""
    served.house.raise_alarm("p-1")
    served.house.add_passage("p-1", Verdict.CLOSED)
    page = open_page(browser, served.url)
    page.get_by_label("API token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong", timeout=PATIENCE_MS)
    page.get_by_label("API token").fill(served.house.tokens[Role.VIEWER])
    page.get_by_role("button", name="Sign in").click()
    shown(page, ".banner.critical")
    expect(page.locator(".acknowledge")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    shown(page, "#sign-in")
    expect(page.locator("#link")).to_contain_text("NOT CONNECTED")


@pytest.mark.thorough
def test_the_reference_is_drawn(browser: Browser, served: Served) -> None:
    """/docs shows every call of the API without anything from elsewhere."""
    page = open_page(browser, f"{served.url}/docs")
    paths = served.house.client.get("/openapi.json").json()["paths"]
    calls = sum(len(methods) for methods in paths.values())
    expect(page.locator("#calls article")).to_have_count(calls, timeout=PATIENCE_MS)


@pytest.mark.thorough
def test_pages_load_nothing_from_elsewhere_and_break_no_rule(page: Page, served: Served) -> None:
    """No request leaves this host, and the browser reports no error or breach of the content policy."""
    problems: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.link(Role.ADMIN))
    page.reload()
    shown(page, "#link[data-state=live]")
    assert asked
    assert all(url.startswith(served.url) for url in asked)
    assert problems == []
