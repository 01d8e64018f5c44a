"""The pages of a set-up, for checks of their looks, and for screenshots."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.service.console import setting_up
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, shown

LIFT = "new-six"


def begin(served: Served, finds: Any = setting_up.finding) -> None:
    """Start a set-up; what it finds comes from the process that is given."""
    served.house.runtime.setup.board._main = finds
    body = {"url": "rtsp://10.0.0.12/live", "name": "New six"}
    assert served.house.call("POST", f"/lifts/{LIFT}/setup", json=body).status_code == 202


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


SETUP_PAGES = [setup_address, setup_waiting, setup_track, setup_pick]
