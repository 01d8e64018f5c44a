"""After a camera was moved: the lift is set up anew from where it stands, and gone back to in one tap."""

import time
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lifts.masks import overlap
from service.domain.people import Role
from tests.service.console import setting_up, setup_pages
from tests.service.console.conftest import Served
from tests.service.console.test_at_once import TWICE
from tests.service.console.test_console import PATIENCE_MS, open_page, shown
from tests.service.console.test_masks import kept
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, png

pytestmark = pytest.mark.thorough

LIFT = f"/lifts/{setup_pages.LIFT}"


@pytest.fixture
def page(browser: Browser, served: Served) -> Page:
    """The page of versions of a lift with a track and masks, whose camera has been moved just now."""
    setup_pages.picked(served)
    pictures = {
        f"reference_{name}": (f"{name}.png", png(draw_picture(y_px)))
        for name, y_px in (("open", OPEN_Y), ("close", CLOSE_Y))
    }
    assert served.house.enrol(setup_pages.LIFT, files=pictures).status_code == 201
    served.house.runtime.setup.board._main = setting_up.finding_moved
    made = open_page(browser, served.link(Role.OPERATOR))
    shown(made, "#watch")
    made.set_viewport_size({"width": 1400, "height": 1500})
    made.goto(f"{served.url}/#{LIFT}/setup/after")
    return made


def mask_of(served: Served, version: int, which: str) -> np.ndarray:
    stored = served.house.call("GET", f"{LIFT}/masks/{version}/{which}.png").content
    return np.asarray(cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


def state(served: Served) -> tuple[int, int]:
    """The masks and the track that are in use."""
    tracks = served.house.call("GET", f"{LIFT}/tracks").json()["items"]
    (active,) = [one["version"] for one in tracks if one["active"]]
    return served.house.call("GET", LIFT).json()["mask_version"], active


def carried_over(served: Served) -> None:
    """Wait until the masks of the former track are what the service keeps as drawn."""
    ends_s = time.monotonic() + PATIENCE_MS / 1000
    found: dict[str, Any] = {}
    while time.monotonic() < ends_s:
        found = served.house.call("GET", f"{LIFT}/setup/masks").json()
        drawn = served.house.call("GET", f"{LIFT}/setup/drawn").json()
        is_found = (found["source"], found["state"]) == ("former_masks", "ready")
        if is_found and all(drawn[which]["lines"] == found[which]["lines"] for which in ("open", "close")):
            return
        served.thread.join(0.05)
    raise AssertionError(found)


def test_masks_are_carried_over_and_gone_back_from_in_one_tap(page: Page, served: Served) -> None:
    """Track, picks, one tap that carries the old masks over; both tracks side by side, and back to each."""
    page.get_by_role("button", name="Find the track again").click()
    page.get_by_role("button", name="Watch this track").click(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Carrier 1: Open").click(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Carrier 2: Closed").click()
    page.get_by_role("link", name="Next: Masks").click()
    kept(page)
    page.get_by_role("button", name="Carry over masks v1").click()
    carried_over(served)
    page.get_by_role("button", name="Use these masks").click()
    expect(page.get_by_role("heading", name="Does it see?")).to_be_focused(timeout=PATIENCE_MS)
    assert state(served) == (2, 2)
    for which, y_px in (("open", OPEN_Y), ("close", CLOSE_Y)):
        moved = draw_mask(y_px + setting_up.MOVED_PX)
        assert overlap(moved, mask_of(served, 2, which), tolerance_px=8) > 0.8
    page.get_by_role("link", name="Versions").click()
    for version in (1, 2):
        page.get_by_role("button", name=f"Compare: Tracks v{version}").click(timeout=PATIENCE_MS)
    expect(page.locator("[data-compared='2 1'] img")).to_have_count(2)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Go back: Tracks v1").evaluate(TWICE)
    expect(page.get_by_text("Done: version 1 is in use.")).to_be_visible(timeout=PATIENCE_MS)
    assert state(served) == (1, 1)
    assert len(sent) == 1, sent
    expect(page.locator("[data-version='1'][data-active=true]")).to_have_count(2)
    assert served.house.call("GET", LIFT).json()["armed"] is False
    page.get_by_role("button", name="Go back: Tracks v2").click()
    expect(page.locator("[data-version='2'][data-active=true]")).to_have_count(2, timeout=PATIENCE_MS)
    assert state(served) == (2, 2)


def test_carriers_that_do_not_fit_are_said_not_to(page: Page, served: Served) -> None:
    """Nothing to carry over from: it is said with what to do, and what was drawn stays."""
    page.get_by_role("button", name="Find the track again").click()
    page.get_by_role("button", name="Watch this track").click(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Carrier 1: Open").click(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Carrier 2: Closed").click()
    assert served.house.enrol(setup_pages.LIFT).status_code == 201  # masks without any picture
    page.get_by_role("link", name="Next: Masks").click()
    kept(page)
    before = served.house.call("GET", f"{LIFT}/setup/drawn").json()
    page.get_by_role("button", name="Carry over masks v2").click()
    expect(page.get_by_role("alert").filter(has_text="pictures are gone")).to_be_visible(timeout=PATIENCE_MS)
    assert served.house.call("GET", f"{LIFT}/setup/drawn").json() == before
