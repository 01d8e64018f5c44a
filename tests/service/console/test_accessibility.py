"""Everybody can use the page: axe-core finds nothing, gloves hit every target, nothing needs a mouse."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from service.console import build
from tests.service.console.account_pages import ACCOUNT_PAGES, account, administration, health
from tests.service.console.alarm_pages import ALARM_PAGES
from tests.service.console.conftest import Served
from tests.service.console.covered import DOCUMENTS, SHOWS, documents, looked_at, paths, shows
from tests.service.console.everything import fill
from tests.service.console.review_pages import REVIEW_PAGES
from tests.service.console.setup_pages import SETUP_PAGES, setup_address
from tests.service.console.test_console import PATIENCE_MS, shown

LEAST_PX = 44
SIZES = {"desktop": (1400, 900), "tablet": (820, 1180), "phone": (390, 844)}
SCREENS = os.environ.get("SCREENS")
"""Folder for pictures of every page, at every size, in light and dark: `make screens` looks at them."""
TARGETS = "a, button, summary, input, select, textarea, [role=button], [tabindex='0']"

TOUCHED = TARGETS.replace("input,", "input:not(.choice input), .choice,")
"""A tick is pressed anywhere on its label."""


def overview(page: Page, served: Served) -> None:
    page.goto(served.link())
    shown(page, "#link[data-state=degraded]")
    shown(page, ".tile[data-need=blind]")


def filtered(page: Page, served: Served) -> None:
    overview(page, served)
    page.get_by_label("Find a lift").fill("double")
    shown(page, ".hides[data-needy]")


def wall(page: Page, served: Served) -> None:
    overview(page, served)
    page.goto(f"{served.url}/#/wall")
    shown(page, ".wall .tile[data-need=blind]")


def everything(page: Page, served: Served) -> None:
    page.goto(served.link())
    shown(page, "#link[data-state=degraded]")
    page.goto(f"{served.url}/#/lifts/demo-quad")
    page.locator(".place summary").click()
    page.locator("[data-lift=demo-quad] .own summary").click()
    page.locator("[data-lift=demo-quad] .budget summary").click()
    page.get_by_role("button", name="Where was the bar seen?").click()
    page.locator("[data-lift=demo-quad] .trials > summary").click()
    page.locator("[data-lift=demo-quad] .differing summary").click()
    shown(page, ".disagreements li")


def signing_in(page: Page, served: Served) -> None:
    page.goto(served.url)
    page.get_by_label("API token").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).not_to_be_empty(timeout=PATIENCE_MS)


def reference(page: Page, served: Served) -> None:
    page.goto(f"{served.url}/docs")
    shown(page, "#calls article")
    for summary in page.locator("#calls summary").all()[:3]:
        summary.click()


def figures(page: Page, served: Served) -> None:
    page.goto(served.link())
    page.get_by_role("link", name="Key figures").click()
    shown(page, "tr[data-figure=waiting]")


def reports(page: Page, served: Served) -> None:
    page.goto(served.link())
    page.get_by_role("link", name="Reports").click()
    shown(page, "#report-lifts")


def nowhere(page: Page, served: Served) -> None:
    page.goto(served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/no/such/page")
    expect(page.get_by_role("link", name="Back to the lifts")).to_be_visible(timeout=PATIENCE_MS)


def cut_off(page: Page, served: Served) -> None:
    page.goto(served.link())
    shown(page, "#link[data-state=degraded]")
    served.stop()
    expect(page.locator("#link")).to_contain_text("NOT CONNECTED", timeout=PATIENCE_MS)


ROUND: list[Any] = [
    *(signing_in, overview, filtered, wall, everything, figures, reports, nowhere, reference),
    *(*ALARM_PAGES, setup_address, account, administration, health, cut_off),
]
"""Pages that one window of one service can show one after the other: nobody is signed in at first."""

ALONE: list[Any] = [*SETUP_PAGES, *REVIEW_PAGES, *ACCOUNT_PAGES]


@pytest.fixture(
    params=[*(pytest.param(size, marks=pytest.mark.slow) for size in ("desktop", "tablet")), "phone"]
)
def page(request: pytest.FixtureRequest, browser: Browser, served: Served) -> Iterator[Page]:
    """An empty page of a browser; the service holds everything that can be shown."""
    fill(served.house)
    width, height = SIZES[request.param]
    context = browser.new_context(locale="en-GB", viewport={"width": width, "height": height})
    made = context.new_page()
    made.set_default_timeout(PATIENCE_MS)
    yield made
    context.close()


def take_picture(page: Page, path: Path) -> None:
    """Write a picture of all of the page, as in a window that is high enough: what sticks to its edge too."""
    size = page.viewport_size
    assert size is not None
    for _ in range(2):  # in a higher window alarms take more room at its lower edge
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": height})
    page.evaluate("scrollTo(0, 0)")
    page.screenshot(path=path)
    page.set_viewport_size(size)


COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of axe-core that a colour scheme can break."""


def findings(page: Page, rules: list[str] | None = None) -> list[str]:
    """Return what axe-core finds by its rules, or by all of them, with the elements; [] for nothing."""
    if not page.evaluate("'axe' in window"):
        page.evaluate((build.PACKAGES / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"], **({"runOnly": rules} if rules else {})}
    found: dict[str, Any] = page.evaluate("(options) => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {node['html'][:150]}: {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def small(page: Page) -> list[str]:
    """Return the targets that a glove misses."""
    boxes = page.locator(TOUCHED).evaluate_all(
        "all => all.map((one) => [one.outerHTML.slice(0, 120), one.getBoundingClientRect().toJSON()])"
    )
    visible = [(html, box) for html, box in boxes if box["width"] and box["height"]]
    assert visible
    return [
        f"{html}: {json.dumps(box)}"
        for html, box in visible
        if min(box["width"], box["height"]) < LEAST_PX - 0.01
    ]


def test_no_page_is_forgotten() -> None:
    """Each page of the table is shown by a screen that is looked at here, or in a test of its room."""
    screens = {(where if callable(where) else where.values[0]).__name__ for where in ROUND + ALONE}
    assert screens | looked_at() == set(SHOWS)
    assert set(paths()) - set(SHOWS.values()) == set()
    assert set(SHOWS.values()) - set(paths()) == {"none", None}
    assert documents() == DOCUMENTS


@pytest.mark.thorough
@pytest.mark.parametrize("where", [pytest.param(ROUND, id="round"), *ALONE])
def test_everybody_can_use_every_page(
    page: Page, served: Served, where: Any, request: pytest.FixtureRequest
) -> None:
    """No finding of axe-core in light, none on colours in dark; no small target, nothing beyond the edge."""
    for each in where if isinstance(where, list) else [where]:
        page.goto("about:blank")
        each(page, served)
        shows(page, each.__name__)
        usable(page, each, request.node.callspec.params["page"])


COVERED = """document.querySelector(".top") ?
  document.querySelector(".top").offsetHeight - parseFloat(getComputedStyle(document.body).paddingTop) : 0"""
"""By how many pixels the line at the top lies over what the page begins with."""


def usable(page: Page, where: Any, size: str) -> None:
    """Check a page that is shown."""
    schemes: tuple[tuple[Any, Any], ...] = (("light", None), ("dark", COLOURS))
    for scheme, rules in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        if SCREENS:
            take_picture(page, Path(SCREENS) / f"{where.__name__}-{size}-{scheme}.png")
        assert findings(page, rules) == [], where.__name__
    if where is wall:
        assert page.locator(TARGETS).count() == 0  # nobody touches it
    else:
        assert small(page) == [], where.__name__
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), where.__name__
    assert page.evaluate(COVERED) <= 0, where.__name__


@pytest.mark.thorough
@pytest.mark.parametrize("page", ["desktop"], indirect=True)
@pytest.mark.parametrize("where", [everything, overview, nowhere])
def test_the_keyboard_reaches_everything(page: Page, served: Served, where: Any) -> None:
    """Tab comes to every target, once around, and each shows that it is reached."""
    where(page, served)
    targets = page.locator(TARGETS)
    visible = targets.evaluate_all(
        "all => all.map((one, number) => { one.number = number; return one.checkVisibility() })"
    )
    wanted = {number for number, shown in enumerate(visible) if shown}
    reached: dict[int, str] = {}
    for _ in range(2 * len(visible)):
        page.keyboard.press("Tab")
        number, outline = page.evaluate(
            "[document.activeElement.number ?? -1, getComputedStyle(document.activeElement).outlineStyle]"
        )
        reached[number] = outline
    reached.pop(-1, None)  # the page itself, between the last target and the first
    assert wanted
    assert set(reached) == wanted
    assert set(reached.values()) == {"solid"}


AS_SOON_AS_DRAWN = """([address, selector]) => new Promise((done) => {
  new MutationObserver((_, watch) => {
    const link = document.querySelector(selector);
    if (!link) return;
    watch.disconnect();
    link.focus();
    link.click();
    done();
  }).observe(document.querySelector("main"), { childList: true, subtree: true });
  location.hash = address;
})"""
"""Goes to a page, and on by a link of it before the browser has shown it: as on a machine that is busy."""


@pytest.mark.thorough
@pytest.mark.parametrize("page", ["desktop"], indirect=True)
def test_another_page_begins_at_its_beginning(page: Page, served: Served) -> None:
    """Going to another page puts the keyboard there; alarms and the line at the top stay; back works."""
    nowhere(page, served)
    expect(page.locator(".banner.critical")).to_be_visible()
    page.get_by_role("link", name="Back to the lifts").press("Enter")
    expect(page.locator(".overview")).to_be_visible()
    expect(page.locator("main")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("link", name="Back to the lifts")).to_be_visible()
    expect(page.locator(".banner.critical")).to_be_visible()
    page.locator(".banner.critical strong a").press("Enter")  # which is still there afterwards
    shown(page, ".one-alarm")
    expect(page.locator("main")).to_be_focused()
    page.evaluate(AS_SOON_AS_DRAWN, ["#/no/such/page", "main > #watch > .note a"])
    expect(page.locator(".overview")).to_be_visible()
    expect(page.locator("main")).to_be_focused()
