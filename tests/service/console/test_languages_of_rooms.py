"""The set-up, the masks' drawing and the wall in each language: words fit, and none is English."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from service.domain.alarm import AlarmKind
from tests.service.console.conftest import Served
from tests.service.console.everything import fill
from tests.service.console.setup_pages import (
    LIFT,
    enrolled,
    open_step,
    picked,
    setup_track,
    setup_waiting,
)
from tests.service.console.test_accessibility import SCREENS, SIZES, small, take_picture
from tests.service.console.test_alarm_room import go, put
from tests.service.console.test_console import PATIENCE_MS, shown
from tests.service.console.test_languages import ENGLISH, GIVEN, KEY, PLACE, TITLES

CLIPPED = """[...document.querySelectorAll("button, a.target, a.go, select, .taps")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)"""
"""What a control says beyond its own edge."""

Opened = Callable[[Page, Served], None]


def address(page: Page, served: Served) -> None:
    page.goto(served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/setup")
    shown(page, "form")


def pick(page: Page, served: Served) -> None:
    picked(served)
    open_step(page, served, "pick")
    shown(page, "a.go")


def masks(page: Page, served: Served) -> None:
    picked(served)
    open_step(page, served, "masks")
    shown(page, ".knob")
    page.wait_for_load_state("networkidle")


def proof(page: Page, served: Served) -> None:
    enrolled(served)
    open_step(page, served, "proof")
    shown(page, "[data-passage=n-1]")


def after(page: Page, served: Served) -> None:
    picked(served)
    for _ in range(2):
        assert served.house.enrol(LIFT).status_code == 201
    open_step(page, served, "after")
    page.wait_for_load_state("networkidle")


def wall(page: Page, served: Served) -> None:
    page.goto(served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/wall")
    page.wait_for_load_state("networkidle")


ROOMS: tuple[Opened, ...] = (address, setup_waiting, setup_track, pick, masks, proof, after, wall)


@pytest.mark.slow
@pytest.mark.parametrize("language", TITLES)
@pytest.mark.parametrize("room", ROOMS)
def test_a_room_fits_in_each_language(browser: Browser, served: Served, room: Opened, language: str) -> None:
    """On a phone and on a desk: no English, key or place; nothing beyond the edge; targets for gloves."""
    fill(served.house)
    context = browser.new_context(locale=language)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    room(page, served)
    found: dict[str, Any] = {}
    for size in ("phone", "desktop"):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(100)
        if SCREENS:
            take_picture(page, Path(SCREENS) / f"{room.__name__}-{language}-{size}.png")
        said = GIVEN.sub("", page.locator("body").inner_text())
        for pattern in (ENGLISH, KEY, PLACE):
            if lines := [line for line in said.splitlines() if pattern.search(line)]:
                found[f"{size} {pattern.pattern[:12]}"] = lines
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found[f"{size} beyond the edge"] = page.evaluate("document.documentElement.scrollWidth")
        if clipped := page.evaluate(CLIPPED):
            found[f"{size} clipped"] = clipped
        if room is not wall and (thin := small(page)):  # nobody touches the wall: it has no targets
            found[f"{size} small"] = thin
    context.close()
    assert found == {}


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["en", *TITLES])
def test_a_groups_button_says_how_many_it_acknowledges(
    browser: Browser, served: Served, language: str
) -> None:
    """A hundred open bars of one lift, on a desk: nothing of the button is cut off."""
    for number in range(100):
        put(served.house, AlarmKind.BAR_OPEN, "demo-quad", f"p-{number}")
    context = browser.new_context(locale=language, viewport={"width": 1400, "height": 900})
    page = context.new_page()
    page.goto(served.link())
    shown(page, "#watch")
    go(page, served, "alarms")
    button = page.locator(".lane.open [data-part=acknowledge]")
    expect(button).to_contain_text("100", timeout=PATIENCE_MS)
    over = button.evaluate("b => [b.scrollWidth - b.clientWidth, b.scrollHeight - b.clientHeight]")
    context.close()
    assert over == [0, 0]
