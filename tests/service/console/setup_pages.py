"""The pages of a set-up, for checks of their looks, and for screenshots."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from service.domain.people import Role
from service.store import passages
from tests.service.console import setting_up
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, open_page, shown

LIFT = "new-six"


def begin(served: Served, finds: Any = setting_up.finding) -> None:
    """Start a set-up; what it finds comes from the process that is given."""
    served.house.runtime.setup.board._main = finds
    body = {"url": "rtsp://10.0.0.12/live", "name": "New six"}
    assert served.house.call("POST", f"/lifts/{LIFT}/setup", json=body).status_code == 202


def at_step(
    browser: Browser, served: Served, step: str, role: Role = Role.OPERATOR, lift: str = LIFT
) -> Page:
    """Return a window of its own at a step of a lift's set-up, high enough for all of it."""
    page = open_page(browser, served.link(role))
    shown(page, "#watch")
    page.set_viewport_size({"width": 1400, "height": 1500})
    page.goto(f"{served.url}/#/lifts/{lift}/setup/{step}")
    return page


def open_step(page: Page, served: Served, step: str) -> None:
    page.goto(served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/lifts/{LIFT}/setup/{step}")


def setup_address(page: Page, served: Served) -> None:
    page.goto(served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/setup")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_role("alert").filter(has_text="name")).to_be_visible(timeout=PATIENCE_MS)


def setup_present(page: Page, served: Served) -> None:
    begin(served)
    assert await_end(served)["state"] == "ready"
    page.goto(served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/lifts/{LIFT}/setup")
    shown(page, ".handle.end")


def setup_again(page: Page, served: Served) -> None:
    begin(served)
    open_step(page, served, "address")
    expect(page.get_by_label("Address")).to_have_value("rtsp://10.0.0.12/live", timeout=PATIENCE_MS)


def setup_waiting(page: Page, served: Served) -> None:
    begin(served, setting_up.looking)
    open_step(page, served, "carriers")
    shown(page, ".live img")


def setup_track(page: Page, served: Served) -> None:
    begin(served)
    open_step(page, served, "carriers")
    shown(page, ".handle.end")


def setup_pick(page: Page, served: Served) -> None:
    begin(served)
    open_step(page, served, "pick")
    page.get_by_role("button", name="Carrier 1: Open").click()
    page.get_by_role("button", name="Carrier 2: Closed").click()
    shown(page, "a.go")


def picked(served: Served) -> None:
    """A set-up with its track watched, and one carrier of either state picked."""
    begin(served)
    assert await_end(served)["state"] == "ready"
    assert served.house.call("POST", f"/lifts/{LIFT}/setup/watch").status_code == 200
    for number, state in ((1, "open"), (2, "closed")):
        path = f"/lifts/{LIFT}/setup/carriers/{number}/pick"
        assert served.house.call("PUT", path, json={"state": state}).status_code == 200


def await_end(served: Served, lift: str = LIFT) -> dict[str, Any]:
    while True:
        job: dict[str, Any] = served.house.call("GET", f"/lifts/{lift}/setup").json()
        if job["state"] != "running":
            return job
        served.thread.join(0.05)


def setup_masks(page: Page, served: Served) -> None:
    picked(served)
    open_step(page, served, "masks")
    page.get_by_text("Kept.", exact=True).wait_for(timeout=3 * PATIENCE_MS)
    page.locator(".knob").first.focus()


def enrolled(served: Served) -> None:
    """A set-up whose masks are enrolled, after three carriers."""
    picked(served)
    assert served.house.enrol(LIFT).status_code == 201
    for number in range(3):
        record = served.house.add_passage(f"t-{number}")
        record = replace(record, id=f"n-{number}", number=number + 1, lift_id=LIFT)
        served.house.store.write(partial(passages.add, record=record)).result()


def setup_proof(page: Page, served: Served) -> None:
    enrolled(served)
    open_step(page, served, "proof")
    page.get_by_role("button", name="Carrier 2 is: Open").click()
    shown(page, "[data-passage=n-1] [aria-pressed=true]")


def setup_after(page: Page, served: Served) -> None:
    picked(served)
    for _ in range(2):
        assert served.house.enrol(LIFT).status_code == 201
    open_step(page, served, "after")
    page.get_by_role("button", name="Compare: Masks v1").click()
    page.get_by_role("button", name="Compare: Masks v2").click()
    shown(page, ".pair")


SETUP_PAGES = [
    *(setup_waiting, setup_track, setup_pick),
    pytest.param(setup_present, marks=pytest.mark.slow),
    pytest.param(setup_again, marks=pytest.mark.slow),
    *(setup_masks, setup_proof, setup_after),
]
