"""Outputs and notifications on the page, in a real browser."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from service.domain.people import Role
from service.store.delivery import set_aside
from service.store.delivery.set_aside import SetAside
from tests.service.console.conftest import Served
from tests.service.console.test_console import open_page
from tests.service.outputs.receiver import HttpReceiver

NOTE = """() => {
  self.shown = [];
  self.registration.showNotification = async (title, { body, data }) => {
    self.shown.push([title, body, data.url]);
  };
}"""
"""Chromium without windows shows no notifications: what would be shown is noted."""

ACTIVE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/console/");
  return registration?.active?.state === "activated";
}"""


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.go_away()


@pytest.mark.thorough
def test_an_admin_sets_an_output_up(browser: Browser, served: Served, receiver: HttpReceiver) -> None:
    """Added off, with filters; tested, switched on, changed, deleted; its secret is shown once."""
    page = open_page(browser, f"{served.link(Role.ADMIN)}")
    expect(page.locator("#who")).to_contain_text("admin")
    page.goto(f"{served.url}/#/admin/outputs")
    page.get_by_label("Name").fill("Hut")
    page.get_by_label("Address").fill("nonsense")
    page.get_by_label("Bar open").check()
    page.get_by_role("button", name="Add an output").click()
    expect(page.locator(".problem").first).to_have_text("the service does not take this value")
    page.get_by_label("Address").fill(receiver.url)
    page.get_by_role("button", name="Add an output").click()
    entry = page.locator(".entries li")
    expect(entry).to_contain_text("Webhook · off")
    expect(page.locator(".secret")).to_contain_text("whsec_")
    expect(page.get_by_label("Address")).to_have_value("")
    page.get_by_role("button", name="Test Hut").click()
    expect(page.get_by_text("Hut: the test arrived.")).to_be_visible()
    page.get_by_role("button", name="Switch on Hut").click()
    expect(entry).to_contain_text("Webhook · delivers")
    assert served.house.call("GET", "/outputs").json()["items"][0]["kinds"] == ["bar_open"]
    receiver.answer = lambda _: (500, {})
    page.get_by_role("button", name="Test Hut").click()
    expect(page.get_by_text("Hut: it does not take what is sent (500).")).to_be_visible()
    page.get_by_role("button", name="Change Hut").click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()  # the form of a new one is gone
    page.get_by_label("Name").fill("Station")
    page.get_by_label("Only alarms that a step of escalation gives to it").check()
    page.get_by_role("button", name="Save").click()
    expect(entry.locator("strong")).to_have_text("Station")
    assert served.house.call("GET", "/outputs").json()["items"][0]["escalated"] is True
    alarm = served.house.raise_alarm("p-1")
    output = served.house.call("GET", "/outputs").json()["items"][0]["id"]
    refused = SetAside(output, alarm.seq, alarm.id, alarm.kind, "rejected", 422, 6, datetime.now(UTC))
    served.house.store.write(
        partial(set_aside.put, refused=[refused], seq=refused.seq, delivered_at=None)
    ).result()
    page.reload()
    expect(entry).to_contain_text("1 refused and set aside")
    page.get_by_role("button", name="Send again what Station refused").click()
    page.get_by_role("button", name="Leave out for good what Station refused").click()
    expect(entry).not_to_contain_text("set aside")
    page.get_by_role("button", name="Delete Station").click()
    expect(entry).to_have_count(0)


@pytest.mark.thorough
def test_what_is_pushed_is_shown(browser: Browser, served: Served) -> None:
    """The worker shows what the service says of an alarm and of what was missed; where a click leads."""
    page = open_page(browser, served.link())
    page.evaluate("() => navigator.serviceWorker.register('/console/push.js')")
    _until(page, ACTIVE)
    (worker,) = page.context.service_workers
    worker.evaluate(NOTE)
    notice = {"type": "alarm", "id": "a", "severity": "critical", "title": "Garde-corps ouvert · Demo quad"}
    url = f"{served.url}/#/alarms/a"
    said = {"message": "Garde-corps ouvert sur un siège occupé", "note": "2 avant elle ne sont pas arrivées."}
    _push(page, served.url, {**notice, **said, "url": url, "missed": 2})
    for _ in range(1500):
        if shown := worker.evaluate("() => self.shown"):
            break
        page.wait_for_timeout(20)
    assert shown == [[notice["title"], "\n".join(said.values()), url]]


def _until(page: Page, found: str) -> Any:
    """Return what a function of the page finds in the end; Playwright itself takes a promise for found."""
    for _ in range(1500):
        if result := page.evaluate(found):
            return result
        page.wait_for_timeout(20)
    raise AssertionError(f"never found: {found}")


def _push(page: Page, origin: str, notice: dict[str, Any]) -> None:
    """Hand a message to the worker as a push service would."""
    devtools, found = page.context.new_cdp_session(page), []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(20)
    message = {"origin": origin, "registrationId": found[0]["registrationId"], "data": json.dumps(notice)}
    devtools.send("ServiceWorker.deliverPushMessage", message)
